import { COMMON_PAIRS, COMMON_ROWS } from './common-rows.ts';
import { feedForwardRanks } from './engine-facts.ts';
import { EVERY_VERSION } from './engine-version.ts';
import type { EngineSupport, SupportRow } from './support-row.ts';

const PARALLELISM = 'nvidia.github.io/TensorRT-LLM, Parallelism in TensorRT LLM (1.x, read 2026-11)';
const QUANTIZATION = 'nvidia.github.io/TensorRT-LLM, Quantization (1.x, read 2026-11)';

const ROWS: readonly SupportRow[] = [
  ...COMMON_ROWS,
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.parallelism.dataParallel > 1 && f.parallelism.tensorParallel > 1,
    why: 'runs attention either data parallel or tensor parallel over all ranks of a stage, not both',
    source: PARALLELISM,
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => feedForwardRanks(f) !== f.parallelism.tensorParallel,
    why: 'cuts dense feed-forwards as it cuts attention',
    source:
      'tensorrt_llm/_torch/models, modeling_deepseekv3.py and modeling_llama.py (1.x): with attention DP the MLP is whole',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.parallelism.contextParallel > 1,
    why: 'runs context parallelism (Helix) in decode servers of latent-attention models only, with its ranks as tensor ranks of the feed-forward, which is not the cut modelled here',
    source: 'nvidia.github.io/TensorRT-LLM, Helix Parallelism (2026)',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.nodes > 1,
    why: 'needs an MPI launcher for replicas over several nodes, which is not written',
    source: 'nvidia.github.io/TensorRT-LLM, trtllm-serve, multi-node serving with Slurm (1.x, read 2026-11)',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.role !== 'aggregated',
    why: 'joins prefill and decode by a server with a fixed list of addresses (`trtllm-serve disaggregated`), which replicas that come and go do not have',
    source: 'nvidia.github.io/TensorRT-LLM, Disaggregated Serving (1.x, read 2026-11)',
  },
  {
    versions: { before: '1.2.0' },
    isAsked: (f) => f.stages !== undefined,
    why: 'takes a list of layers per stage from 1.2.0 only',
    source:
      'tensorrt_llm/llmapi/llm_args.py, pp_partition (1.2.1, a prototype); earlier releases *assumed* to lack it',
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.weightPrecision === 'int8',
    why: 'runs no int8 weights on its PyTorch backend',
    source: QUANTIZATION,
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => f.weightPrecision === 'fp8' && f.isPreparedCheckpoint === false,
    why: 'makes no fp8 weights while loading and no fp8 checkpoint is declared',
    source: QUANTIZATION,
  },
  {
    versions: EVERY_VERSION,
    isAsked: (f) => !['bf16', 'fp8', 'nvfp4'].includes(f.kvPrecision),
    why: 'keeps its KV cache in bf16, fp8 or nvfp4 only',
    source: QUANTIZATION,
  },
];

/** What TensorRT-LLM 1.x behind `trtllm-serve` cannot do. */
export const TENSORRT_LLM_SUPPORT: EngineSupport = {
  engine: 'tensorrt-llm',
  versions: { from: '1.0.0', before: '2.0.0' },
  rows: ROWS,
  pairs: COMMON_PAIRS,
};
