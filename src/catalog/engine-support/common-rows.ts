import { hasExperts, hasMixedStages, stageRanks } from './engine-facts.ts';
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
