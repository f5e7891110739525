import { COMMON_PAIRS, COMMON_ROWS, SPLIT_BLOCKS } from './common-rows.ts';
import { feedForwardRanks, stageRanks } from './engine-facts.ts';
import { EVERY_VERSION } from './engine-version.ts';
import type { EngineSupport, SupportRow } from './support-row.ts';

const ROWS: readonly SupportRow[] = [
  ...COMMON_ROWS,
  {
    versions: EVERY_VERSION,
    isAsked: (f) => ![1, stageRanks(f)].includes(f.parallelism.expertParallel),
    why: 'spreads experts over all tensor × data ranks or none',
    source:
      'docs.vllm.ai, Expert Parallel Deployment: the size follows from TP × DP (0.10 to 0.29, read 2026-11)',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => feedForwardRanks(f) !== f.parallelism.tensorParallel,
    why: 'cuts dense feed-forwards by tensor parallelism alone',
    source: 'docs.vllm.ai, Data Parallel Deployment: only expert layers span DP ranks (read 2026-11)',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.parallelism.contextParallel > 1,
    why: 'adds no ranks for context parallelism: decode context parallelism works inside the tensor ranks, and no attention of the releases known here cuts prompts over further ranks',
    source:
      'vllm/config/parallel.py, decode_context_parallel_size (2026-09); PRs 28723 and 28988 (closed), issue 47846 (2026-07, version 0.24)',
  },
  {
    versions: { before: '0.12.0' },
    isAsked: (f) => f.nodes > 1,
    why: 'starts replicas over several nodes without Ray from 0.12.0 only',
    source: 'vllm PR 23691 (merged 2025-11)',
  },
  {
    versions: { before: '0.11.0' },
    isAsked: (f) => f.role !== 'aggregated',
    why: 'documents the NIXL hand-over from prefill to decode from 0.11.0 only',
    source: 'docs.vllm.ai/en/v0.11.0, NixlConnector Usage Guide',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.role !== 'aggregated' && f.parallelism.pipelineParallel > 1,
    why: 'hands no KV cache over from or to pipelines (NixlConnector)',
    source: 'vllm issues 40674 (2026-04) and 52913 (2026-08); PR 45880 (2026-06) is for another connector',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => !['bf16', 'fp8'].includes(f.kvPrecision),
    why: 'keeps its KV cache in bf16 or fp8 only',
    source: 'docs.vllm.ai, Quantized KV Cache (0.19, read 2026-11)',
  },
  SPLIT_BLOCKS,
];

/** What vLLM 0.9 to 0.27 cannot do. */
export const VLLM_SUPPORT: EngineSupport = {
  engine: 'vllm',
  versions: { from: '0.9.0', before: '0.28.0' },
  rows: ROWS,
  pairs: COMMON_PAIRS,
};
