import { COMMON_PAIRS, COMMON_ROWS, SPLIT_BLOCKS } from './common-rows.ts';
import { feedForwardRanks, hasDenseLayers, hasExperts, stageRanks } from './engine-facts.ts';
import type { EngineFacts } from './engine-facts.ts';
import { EVERY_VERSION } from './engine-version.ts';
import type { EngineSupport, SupportRow } from './support-row.ts';

/** With attention data parallelism dense layers are cut over all ranks of a stage or, with experts, not at all. */
function hasOtherFeedForward(f: EngineFacts): boolean {
  const ranks = feedForwardRanks(f);
  return hasDenseLayers(f) && ranks !== stageRanks(f) && !(hasExperts(f) && ranks === 1);
}

const ROWS: readonly SupportRow[] = [
  ...COMMON_ROWS,
  {
    versions: EVERY_VERSION,
    isAsked: hasOtherFeedForward,
    why: 'cuts dense feed-forwards over all tensor × data ranks or, in models with experts, not at all',
    source:
      'sglang server_args.py: moe_dense_tp_size is 1 or unset (2026); docs/advanced_features/tp_dp_dp_attention_explainer.md (2026)',
  },
  {
    versions: { before: '0.5.8' },
    isAsked: (f) => f.parallelism.dataParallel > 1 && !hasExperts(f),
    why: 'runs data-parallel attention of dense models from 0.5.8 only',
    source: 'sglang PR 15268 (2025-12); the first release that holds it is *assumed*',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.parallelism.contextParallel > 1,
    why: 'takes the ranks of context parallelism out of the tensor ranks instead of adding them',
    source:
      'sglang server_args.py, attn_cp_size and dcp_size (0.5.14 and later, read 2026-11); docs, dcp.md (2026)',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => !['bf16', 'fp8'].includes(f.kvPrecision),
    why: 'keeps its KV cache in bf16 or fp8 only, as far as its flags are known here',
    source: 'docs.sglang.io, Quantized KV Cache (0.5, read 2026-11); its fp4 cache is not written',
  },
  SPLIT_BLOCKS,
];

/** What SGLang 0.5 cannot do. */
export const SGLANG_SUPPORT: EngineSupport = {
  engine: 'sglang',
  versions: { from: '0.5.0', before: '0.6.0' },
  rows: ROWS,
  pairs: [
    ...COMMON_PAIRS,
    {
      isAsked: (prefill, decode) => {
        const stages = decode.parallelism.pipelineParallel;
        return stages !== 1 && stages !== prefill.parallelism.pipelineParallel;
      },
      why: 'needs decode replicas without a pipeline, or with as many stages as prefill',
      source: 'sglang PR 14265 (merged 2025-12)',
    },
  ],
};
