import { hasExperts, hasMixedStages, shardWidths, stageRanks } from './engine-facts.ts';
import { EVERY_VERSION } from './engine-version.ts';
import type { PairRow, SupportRow } from './support-row.ts';

/** What no engine does, whatever its flags. */
export const COMMON_ROWS: readonly SupportRow[] = [
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.parallelism.expertParallel > 1 && !hasExperts(f),
    why: 'has no experts to spread in a dense model',
    source: 'by definition',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => stageRanks(f) % f.parallelism.expertParallel !== 0,
    why: 'spreads experts over groups of its tensor and data ranks only',
    source: 'flag tables of all three engines (2026-11)',
  },
  {
    versions: EVERY_VERSION,
    isAsked: hasMixedStages,
    why: 'starts every pod of a replica alike, so that stages on different accelerators cannot be deployed',
    source:
      'one pod template per role of a pod group (LeaderWorkerSet API v1); other ways are not written yet',
  },
];

/** Values of a block with one scale (`weight_block_size` of fp8 checkpoints). */
const BLOCK = 128;

/** Blocks of fp8 weights that a cut would split; vLLM and SGLang refuse to load them. */
export const SPLIT_BLOCKS: SupportRow = {
  versions: EVERY_VERSION,
  isAsked: (f) => f.weightPrecision === 'fp8-block' && shardWidths(f).some((width) => width % BLOCK !== 0),
  why: `loads fp8 weights in blocks only if every rank holds whole blocks of ${BLOCK}, which this cut of the feed-forwards splits`,
  source:
    'vllm issues 17569 (2025-05) and 54178 (2026-08); sglang issues 3345 (2025-02) and 26107 (2026-05): output size not divisible by block_n = 128',
};

/** What joins no two pools, whatever the engine. */
export const COMMON_PAIRS: readonly PairRow[] = [
  {
    isAsked: (prefill, decode) => prefill.engine !== decode.engine || prefill.version !== decode.version,
    why: 'hands KV caches over to the same engine and version only',
    source: 'docs.vllm.ai, NixlConnector Compatibility Matrix (2026-08); for the others *assumed*',
  },
  {
    isAsked: (prefill, decode) => prefill.kvPrecision !== decode.kvPrecision,
    why: 'needs the KV cache of prefill and decode in one format',
    source:
      'docs.vllm.ai, NixlConnector Compatibility Matrix, "What must match between P and D" (2026-08); for the others *assumed*',
  },
];
