import type { EngineTable, FlagRow } from './flag-table.ts';
import { GROUP_PORT, HTTP_PORT } from './launch.ts';
import type { Launch } from './launch.ts';
import { EVERY_VERSION } from './version.ts';

const SERVER_ARGUMENTS = 'docs.sglang.io, Server Arguments (0.5, read 2026-11)';
const MULTI_NODE = 'docs.sglang.io, Server Arguments, "To run tensor parallelism on multiple nodes"';

const GROUP = ['leader', 'worker'] as const;

/** SGLang's tensor parallel size counts the attention data parallel ranks that share it. */
const tensorRanks = (l: Launch): number => l.parallelism.tensorParallel * l.parallelism.dataParallel;

const ROWS: readonly FlagRow[] = [
  row('model', '--model-path', (l) => l.model),
  row('servedName', '--served-model-name', (l) => l.servedName),
  row('endpoint', '--host', () => '0.0.0.0'),
  row('endpoint', '--port', () => HTTP_PORT),
  row('metrics', '--enable-metrics', () => true),
  row('tensorParallel', '--tp-size', tensorRanks),
  row('pipelineParallel', '--pp-size', (l) => unlessOne(l.parallelism.pipelineParallel)),
  row('dataParallel', '--dp-size', (l) => unlessOne(l.parallelism.dataParallel)),
  row('dataParallel', '--enable-dp-attention', (l) => (l.parallelism.dataParallel > 1 ? true : undefined)),
  row('expertParallel', '--ep-size', (l) => unlessOne(l.parallelism.expertParallel)),
  row('weightPrecision', '--dtype', (l) => (l.weightPrecision === 'bf16' ? 'bfloat16' : undefined)),
  row('weightPrecision', '--quantization', onlineQuantization),
  row('kvPrecision', '--kv-cache-dtype', kvCacheType),
  row('maxBatchedTokens', '--chunked-prefill-size', (l) => l.batch.maxBatchedTokens),
  row('maxSequences', '--max-running-requests', (l) => l.batch.maxSequences),
  row('maxModelLength', '--context-length', (l) => l.maxModelLength),
  row('memoryShare', '--mem-fraction-static', staticMemoryShare),
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
  source: SERVER_ARGUMENTS,
};

function row(field: FlagRow['field'], flag: string, value: FlagRow['value']): FlagRow {
  return { versions: EVERY_VERSION, field, flag, value, source: SERVER_ARGUMENTS };
}

function group(flag: string, value: FlagRow['value']): FlagRow {
  return { ...row('nodes', flag, value), positions: GROUP, isExpanded: true, source: MULTI_NODE };
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
