import type { JsonObject } from '../files.ts';
import type { ConfigRow, EngineTable, FlagRow } from './flag-table.ts';
import { CONFIG_FOLDER, HTTP_PORT, feedForwardRanks } from './launch.ts';
import type { Launch } from './launch.ts';
import { EVERY_VERSION } from '../../catalog/index.ts';

const SERVE =
  'nvidia.github.io/TensorRT-LLM, trtllm-serve (1.1, 1.2), and tensorrt_llm/commands/serve.py (2026)';
const CONFIG = 'nvidia.github.io/TensorRT-LLM, LLM API reference, KvCacheConfig and TorchLlmArgs (1.x)';

/** Why prefill and decode are not run apart (Disaggregated Serving, 1.x, read 2026-11). */
const FIXED_SERVERS =
  'its disaggregated server takes a fixed list of addresses, which replicas that come and go do not have';

const ROWS: readonly FlagRow[] = [
  row('model', '', (l) => l.model),
  row('endpoint', '--host', () => '0.0.0.0'),
  row('endpoint', '--port', (l) => l.port ?? HTTP_PORT),
  row('endpoint', '--backend', () => 'pytorch'),
  row('tensorParallel', '--tp_size', (l) => l.parallelism.tensorParallel * l.parallelism.dataParallel),
  row('pipelineParallel', '--pp_size', (l) => l.parallelism.pipelineParallel),
  row('expertParallel', '--ep_size', (l) => unlessOne(l.parallelism.expertParallel)),
  row('maxBatchedTokens', '--max_num_tokens', (l) => l.batch.maxBatchedTokens),
  row('maxSequences', '--max_batch_size', (l) => l.batch.maxSequences),
  row('maxModelLength', '--max_seq_len', (l) => l.maxModelLength),
  row('weightPrecision', '', weightFormat),
  row('role', '', (l) => (l.role === 'aggregated' ? undefined : { unsupported: FIXED_SERVERS })),
  row('dataParallel', '', attentionRanks),
  row('feedForwardParallel', '', (l) =>
    feedForwardRanks(l.parallelism) === l.parallelism.tensorParallel
      ? undefined
      : { unsupported: 'it cuts dense feed-forwards as it cuts attention' },
  ),
  row('kvPrecision', '--extra_llm_api_options', () => `${CONFIG_FOLDER}/config.yaml`),
];

const CONFIG_ROWS: readonly ConfigRow[] = [
  config('chunkedPrefill', () => ({ enable_chunked_prefill: true })),
  config('metrics', () => ({ return_perf_metrics: true })),
  config('prefixCache', () => ({ kv_cache_config: { enable_block_reuse: true } })),
  config('kvPrecision', kvCacheType),
  config('memoryShare', freeMemoryShare),
  {
    ...config('stageLayers', (l) =>
      l.stageLayers === undefined ? undefined : { pp_partition: l.stageLayers },
    ),
    versions: { from: '1.2.0' },
  },
  config('dataParallel', (l) => (l.parallelism.dataParallel > 1 ? { enable_attention_dp: true } : undefined)),
];

/**
 * TensorRT-LLM behind `trtllm-serve` with the PyTorch backend. Decisions without a flag go into its options file.
 * Replicas over several nodes need an MPI launcher and are refused. Clients ask for the checkpoint's own name.
 */
export const TENSORRT_LLM: EngineTable = {
  engine: 'tensorrt-llm',
  versions: { from: '1.0.0', before: '2.0.0' },
  image: (release) => `nvcr.io/nvidia/tensorrt-llm/release:${release}`,
  command: ['trtllm-serve'],
  healthPath: '/health',
  metrics: {
    finished: 'trtllm_request_success_total',
    inFlight: [],
    path: '/prometheus/metrics',
    source: 'nvidia.github.io/TensorRT-LLM, trtllm-serve metrics (1.1)',
  },
  rows: ROWS,
  configRows: CONFIG_ROWS,
  environmentRows: [],
  handOverPorts: () => [],
  source: SERVE,
};

function row(field: FlagRow['field'], flag: string, value: FlagRow['value']): FlagRow {
  return { versions: EVERY_VERSION, field, flag, value, source: SERVE };
}

function config(field: ConfigRow['field'], value: ConfigRow['value']): ConfigRow {
  return { versions: EVERY_VERSION, field, value, source: CONFIG };
}

function unlessOne(size: number): number | undefined {
  return size > 1 ? size : undefined;
}

/** Attention runs data parallel over all ranks of a stage or over none. */
function attentionRanks({ parallelism: p }: Launch): { readonly unsupported: string } | undefined {
  return p.dataParallel > 1 && p.tensorParallel > 1
    ? { unsupported: 'it runs attention either data or tensor parallel, not both' }
    : undefined;
}

/** The PyTorch backend reads the weight format from the checkpoint and makes none while loading. */
function weightFormat(launch: Launch): { readonly unsupported: string } | undefined {
  return launch.weightPrecision === 'fp8' && !launch.isPreparedCheckpoint
    ? { unsupported: 'it reads fp8 weights from a quantised checkpoint only; declare checkpoints.fp8' }
    : undefined;
}

function kvCacheType(launch: Launch): JsonObject | { readonly unsupported: string } {
  switch (launch.kvPrecision) {
    case 'bf16':
      return { kv_cache_config: { dtype: 'auto' } };
    case 'fp8':
      return { kv_cache_config: { dtype: 'fp8' } };
    case 'nvfp4':
      return { kv_cache_config: { dtype: 'nvfp4' } };
    case 'fp8-block':
    case 'int8':
    case 'int4':
    case 'mxfp4':
      return { unsupported: `it keeps no KV cache in ${launch.kvPrecision}` };
  }
}

/** KV cache as a share of what weights and activations leave free, rounded down to thousandths. */
function freeMemoryShare(launch: Launch): JsonObject | undefined {
  const memory = launch.memory;
  if (memory === undefined || memory.kvCache <= 0) return undefined;
  const free = memory.capacity - memory.weights - memory.activations;
  const share = Math.floor((memory.kvCache / free) * 1000) / 1000;
  return { kv_cache_config: { free_gpu_memory_fraction: share } };
}
