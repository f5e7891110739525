import type { EngineTable, FlagRow, FlagValue } from './flag-table.ts';
import { BOOTSTRAP_PORT, GROUP_PORT, HTTP_PORT, feedForwardRanks } from './launch.ts';
import type { Launch } from './launch.ts';
import { EVERY_VERSION } from '../../catalog/index.ts';

const SERVER_ARGUMENTS = 'docs.sglang.io, Server Arguments (0.5, read 2026-11)';
const MULTI_NODE = 'docs.sglang.io, Server Arguments, "To run tensor parallelism on multiple nodes"';

const DISAGGREGATION = 'docs.sglang.io, PD Disaggregation (0.5, read 2026-11)';
const LAYERS = 'sglang/srt/distributed/utils.py, get_pp_indices (0.5)';

const GROUP = ['leader', 'worker'] as const;

/** SGLang's tensor parallel size counts the attention data parallel ranks that share it. */
const tensorRanks = (l: Launch): number => l.parallelism.tensorParallel * l.parallelism.dataParallel;

const ROWS: readonly FlagRow[] = [
  row('model', '--model-path', (l) => l.model),
  row('servedName', '--served-model-name', (l) => l.servedName),
  row('endpoint', '--host', () => '0.0.0.0'),
  row('endpoint', '--port', (l) => l.port ?? HTTP_PORT),
  row('metrics', '--enable-metrics', () => true),
  row('tensorParallel', '--tp-size', tensorRanks),
  row('pipelineParallel', '--pp-size', (l) => unlessOne(l.parallelism.pipelineParallel)),
  row('dataParallel', '--dp-size', (l) => unlessOne(l.parallelism.dataParallel)),
  row('dataParallel', '--enable-dp-attention', (l) => (l.parallelism.dataParallel > 1 ? true : undefined)),
  row('expertParallel', '--ep-size', (l) => unlessOne(l.parallelism.expertParallel)),
  row('weightPrecision', '--dtype', (l) => (l.weightPrecision === 'bf16' ? 'bfloat16' : undefined)),
  row('weightPrecision', '--quantization', onlineQuantization),
  row('feedForwardParallel', '--moe-dense-tp-size', denseRanks),
  row('kvPrecision', '--kv-cache-dtype', kvCacheType),
  // Under data-parallel attention SGLang divides both limits by its ranks (server_args.py, 0.5); ours are per rank.
  row(
    'maxBatchedTokens',
    '--chunked-prefill-size',
    (l) => l.batch.maxBatchedTokens * l.parallelism.dataParallel,
  ),
  row('maxSequences', '--max-running-requests', (l) => l.batch.maxSequences * l.parallelism.dataParallel),
  row('maxModelLength', '--context-length', (l) => l.maxModelLength),
  row('memoryShare', '--mem-fraction-static', staticMemoryShare),
  handOver('--disaggregation-mode', (l) => l.role),
  handOver('--disaggregation-transfer-backend', () => 'nixl'),
  handOver('--disaggregation-bootstrap-port', () => BOOTSTRAP_PORT),
  group('--nnodes', (l) => l.nodes),
  group('--node-rank', (l) => (l.position === 'leader' ? 0 : '$(LWS_WORKER_INDEX)')),
  group('--dist-init-addr', () => `$(LWS_LEADER_ADDRESS):${GROUP_PORT}`),
];

/** SGLang behind its OpenAI-compatible server. The radix (prefix) cache is on unless switched off, so it has no row. */
export const SGLANG: EngineTable = {
  engine: 'sglang',
  versions: { from: '0.5.0', before: '0.6.0' },
  image: (release) => `docker.io/lmsysorg/sglang:v${release}`,
  command: ['python3', '-m', 'sglang.launch_server'],
  healthPath: '/health',
  metrics: {
    finished: 'sglang:num_requests_total',
    inFlight: ['sglang:num_running_reqs', 'sglang:num_queue_reqs'],
    path: '/metrics',
    source: 'docs.sglang.io, Production Metrics (0.5)',
  },
  rows: ROWS,
  configRows: [],
  environmentRows: [
    {
      versions: EVERY_VERSION,
      field: 'stageLayers',
      name: 'SGLANG_PP_LAYER_PARTITION',
      value: (l) => l.stageLayers?.join(','),
      source: LAYERS,
    },
  ],
  handOverPorts: (role) => (role === 'prefill' ? [{ name: 'bootstrap', port: BOOTSTRAP_PORT }] : []),
  source: SERVER_ARGUMENTS,
};

function row(field: FlagRow['field'], flag: string, value: FlagRow['value']): FlagRow {
  return { versions: EVERY_VERSION, field, flag, value, source: SERVER_ARGUMENTS };
}

function group(flag: string, value: FlagRow['value']): FlagRow {
  return { ...row('nodes', flag, value), positions: GROUP, isExpanded: true, source: MULTI_NODE };
}

/** A flag of prefill and decode pods alone. */
function handOver(flag: string, value: FlagRow['value']): FlagRow {
  return {
    ...row('role', flag, (l) => (l.role === 'aggregated' ? undefined : value(l))),
    source: DISAGGREGATION,
  };
}

/** With data-parallel attention dense layers are cut over all ranks of a stage, or, by this flag, not at all. */
function denseRanks({ parallelism: p, hasDenseLayers }: Launch): FlagValue {
  const ranks = feedForwardRanks(p);
  if (hasDenseLayers === false || ranks === p.tensorParallel * p.dataParallel) return undefined;
  return ranks === 1 ? 1 : { unsupported: `it cannot cut dense feed-forwards over ${ranks} ranks` };
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
      return 'fp8_e4m3';
    case 'fp8-block':
    case 'int8':
    case 'int4':
    case 'nvfp4':
    case 'mxfp4':
      return { unsupported: `it keeps no KV cache in ${launch.kvPrecision}` };
  }
}

/** Weights and KV cache as a share of the accelerator, rounded down to thousandths; left to the engine when unplanned. */
function staticMemoryShare(launch: Launch): number | undefined {
  const memory = launch.memory;
  if (memory === undefined || memory.kvCache <= 0) return undefined;
  return Math.floor(((memory.weights + memory.kvCache) / memory.capacity) * 1000) / 1000;
}
