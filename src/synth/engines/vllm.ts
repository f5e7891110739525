import { MEMORY_UTILISATION } from '../../perf/index.ts';
import type { EngineTable, EnvironmentRow, FlagRow } from './flag-table.ts';
import { GROUP_PORT, HTTP_PORT, SIDE_CHANNEL_PORT, feedForwardRanks } from './launch.ts';
import type { Launch } from './launch.ts';
import { EVERY_VERSION } from '../../catalog/index.ts';
import type { VersionRange } from '../../catalog/index.ts';

const ENGINE_ARGUMENTS = 'docs.vllm.ai, Engine Arguments (0.8.5 to 0.20, read 2026-11)';
const PARALLELISM =
  'docs.vllm.ai, Parallelism and Scaling, "Running vLLM with MultiProcessing"; vllm PR 23691 (merged 2025-11)';
const REQUEST_LOG = 'vllm PR 21739 (2025-08) renamed the flag, PR 29402 removed the old one in 0.12.0';

/** Request logging is switched off by another flag since 0.10.1. */
const OLD_REQUEST_LOG: VersionRange = { before: '0.10.1' };
const NEW_REQUEST_LOG: VersionRange = { from: '0.10.1' };
/** Several nodes without Ray, each started with its rank. */
const NATIVE_GROUPS: VersionRange = { from: '0.12.0' };

/** Prefill and decode apart, joined by the NIXL connector. */
const NIXL: VersionRange = { from: '0.11.0' };
const NIXL_GUIDE = 'docs.vllm.ai, NixlConnector Usage Guide (0.11.0 to 2026-09)';
const LAYERS = 'vllm/envs.py and distributed/utils.py, get_pp_indices (0.19)';

const GROUP = ['leader', 'worker'] as const;
/** Address of the pod itself (Kubernetes, "Downward API"). */
const POD_ADDRESS = { fieldPath: 'status.podIP' } as const;

const SERVING_ROWS: readonly FlagRow[] = [
  row('model', '', (l) => l.model),
  row('servedName', '--served-model-name', (l) => l.servedName),
  row('endpoint', '--host', () => '0.0.0.0'),
  row('endpoint', '--port', (l) => l.port ?? HTTP_PORT),
  {
    versions: OLD_REQUEST_LOG,
    field: 'requestLog',
    flag: '--disable-log-requests',
    value: () => true,
    source: REQUEST_LOG,
  },
  {
    versions: NEW_REQUEST_LOG,
    field: 'requestLog',
    flag: '--no-enable-log-requests',
    value: () => true,
    source: REQUEST_LOG,
  },
];

const SHAPE_ROWS: readonly FlagRow[] = [
  row('tensorParallel', '--tensor-parallel-size', (l) => l.parallelism.tensorParallel),
  row('pipelineParallel', '--pipeline-parallel-size', (l) => l.parallelism.pipelineParallel),
  row('dataParallel', '--data-parallel-size', (l) => unlessOne(l.parallelism.dataParallel)),
  row('expertParallel', '--enable-expert-parallel', (l) =>
    l.parallelism.expertParallel > 1 ? true : undefined,
  ),
  row('weightPrecision', '--dtype', (l) => (l.weightPrecision === 'bf16' ? 'bfloat16' : undefined)),
  row('weightPrecision', '--quantization', onlineQuantization),
  row('feedForwardParallel', '', (l) =>
    feedForwardRanks(l.parallelism) === l.parallelism.tensorParallel
      ? undefined
      : { unsupported: 'it cuts dense feed-forwards by tensor parallelism alone' },
  ),
  row('kvPrecision', '--kv-cache-dtype', kvCacheType),
  row('maxBatchedTokens', '--max-num-batched-tokens', (l) => l.batch.maxBatchedTokens),
  row('maxSequences', '--max-num-seqs', (l) => l.batch.maxSequences),
  row('maxModelLength', '--max-model-len', (l) => l.maxModelLength),
  row('memoryShare', '--gpu-memory-utilization', () => MEMORY_UTILISATION),
  row('chunkedPrefill', '--enable-chunked-prefill', () => true),
  row('prefixCache', '--enable-prefix-caching', () => true),
  {
    versions: NIXL,
    field: 'role',
    flag: '--kv-transfer-config',
    value: kvTransfer,
    source: NIXL_GUIDE,
  },
];

const GROUP_ROWS: readonly FlagRow[] = [
  group('--distributed-executor-backend', () => 'mp'),
  group('--nnodes', (l) => l.nodes),
  group('--node-rank', (l) => (l.position === 'leader' ? 0 : '$(LWS_WORKER_INDEX)')),
  group('--master-addr', () => '$(LWS_LEADER_ADDRESS)'),
  group('--master-port', () => GROUP_PORT),
  { ...group('--headless', () => true), positions: ['worker'] },
];

const ENVIRONMENT_ROWS: readonly EnvironmentRow[] = [
  {
    ...variable('nodes', 'VLLM_HOST_IP', (l) => (l.nodes > 1 ? POD_ADDRESS : undefined)),
    versions: NATIVE_GROUPS,
  },
  handOver('VLLM_NIXL_SIDE_CHANNEL_HOST', POD_ADDRESS),
  handOver('VLLM_NIXL_SIDE_CHANNEL_PORT', String(SIDE_CHANNEL_PORT)),
  {
    ...variable('stageLayers', 'VLLM_PP_LAYER_PARTITION', (l) => l.stageLayers?.join(',')),
    source: LAYERS,
  },
];

/**
 * vLLM behind its OpenAI-compatible server. Weights in a format other than bf16 come from a prepared checkpoint;
 * without one fp8 is made while loading, and the other formats are taken to be the checkpoint's own.
 */
export const VLLM: EngineTable = {
  engine: 'vllm',
  versions: { from: '0.9.0', before: '0.28.0' },
  image: (release) => `docker.io/vllm/vllm-openai:v${release}`,
  command: ['vllm', 'serve'],
  healthPath: '/health',
  metrics: {
    finished: 'vllm:request_success_total',
    inFlight: ['vllm:num_requests_running', 'vllm:num_requests_waiting'],
    path: '/metrics',
    source: 'docs.vllm.ai, Metrics (0.12.0)',
  },
  rows: [...SERVING_ROWS, ...SHAPE_ROWS, ...GROUP_ROWS],
  configRows: [],
  environmentRows: ENVIRONMENT_ROWS,
  handOverPorts: (role) => (role === 'aggregated' ? [] : [{ name: 'nixl', port: SIDE_CHANNEL_PORT }]),
  source: ENGINE_ARGUMENTS,
};

function row(field: FlagRow['field'], flag: string, value: FlagRow['value']): FlagRow {
  return { versions: EVERY_VERSION, field, flag, value, source: ENGINE_ARGUMENTS };
}

function group(flag: string, value: FlagRow['value']): FlagRow {
  return {
    versions: NATIVE_GROUPS,
    field: 'nodes',
    flag,
    positions: GROUP,
    isExpanded: true,
    value,
    source: PARALLELISM,
  };
}

function variable(
  field: EnvironmentRow['field'],
  name: string,
  value: EnvironmentRow['value'],
): EnvironmentRow {
  return { versions: EVERY_VERSION, field, name, value, source: PARALLELISM };
}

/** A variable of prefill and decode pods alone. */
function handOver(name: string, value: ReturnType<EnvironmentRow['value']>): EnvironmentRow {
  return {
    versions: NIXL,
    field: 'role',
    name,
    value: (l) => (l.role === 'aggregated' ? undefined : value),
    source: NIXL_GUIDE,
  };
}

/** The connector does not tell roles apart, the router does; they are named for the reader all the same. */
function kvTransfer(launch: Launch): string | undefined | { readonly unsupported: string } {
  if (launch.role === 'aggregated') return undefined;
  if (launch.parallelism.pipelineParallel > 1) {
    return { unsupported: 'its NIXL connector hands no KV cache over from or to pipelines' };
  }
  const role = launch.role === 'prefill' ? 'kv_producer' : 'kv_consumer';
  return JSON.stringify({ kv_connector: 'NixlConnector', kv_role: role });
}

function unlessOne(size: number): number | undefined {
  return size > 1 ? size : undefined;
}

function onlineQuantization(launch: Launch): string | undefined {
  const isEightBitFloat = launch.weightPrecision === 'fp8' || launch.weightPrecision === 'fp8-block';
  return isEightBitFloat && !launch.isPreparedCheckpoint ? 'fp8' : undefined;
}

function kvCacheType(launch: Launch): string | { readonly unsupported: string } {
  switch (launch.kvPrecision) {
    case 'bf16':
      return 'auto';
    case 'fp8':
      return 'fp8';
    case 'fp8-block':
    case 'int8':
    case 'int4':
    case 'nvfp4':
    case 'mxfp4':
      return { unsupported: `it keeps no KV cache in ${launch.kvPrecision}` };
  }
}
