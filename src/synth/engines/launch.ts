import type { BatchLimits, MemoryMap, Parallelism, Precision, Role } from '../../model/index.ts';

/** Which pod of a replica is started: the only one, the one that answers, or a helper of a group of several nodes. */
export type GroupPosition = 'single' | 'leader' | 'worker';

/** Everything that decides the command line of one engine process group. */
export interface Launch {
  /** Hugging Face id or path of the checkpoint to load. */
  readonly model: string;
  /** Whether that checkpoint was declared for the weight precision; then it already holds weights in that format. */
  readonly isPreparedCheckpoint: boolean;
  /** Model name that clients ask for; the same for every pod set of a workload. */
  readonly servedName: string;
  readonly role: Role;
  readonly parallelism: Parallelism;
  /** Whether the model has dense feed-forwards or shared experts; absent: it has. */
  readonly hasDenseLayers?: boolean;
  /** Layers of each pipeline stage in order; absent: the engine's own even split. */
  readonly stageLayers?: readonly number[];
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  readonly batch: BatchLimits;
  /** Longest sequence served, tokens. */
  readonly maxModelLength: number;
  /** Memory of one rank as planned; absent when the plan does not hold it. */
  readonly memory?: MemoryMap;
  /** Pods of one replica. */
  readonly nodes: number;
  readonly position: GroupPosition;
  /** Port at which it answers; absent: `HTTP_PORT`. */
  readonly port?: number;
}

/** The decisions that a flag table must express; `field` of a row names the one it writes. */
export type LaunchField =
  | 'model'
  | 'role'
  | 'servedName'
  | 'endpoint'
  | 'metrics'
  | 'requestLog'
  | 'tensorParallel'
  | 'pipelineParallel'
  | 'dataParallel'
  | 'expertParallel'
  | 'contextParallel'
  | 'feedForwardParallel'
  | 'stageLayers'
  | 'weightPrecision'
  | 'kvPrecision'
  | 'maxBatchedTokens'
  | 'maxSequences'
  | 'maxModelLength'
  | 'memoryShare'
  | 'prefixCache'
  | 'chunkedPrefill'
  | 'nodes';

/** Port on which every engine answers; the container port is named `http`. */
export const HTTP_PORT = 8000;

/** Port of the prefill pods at which decode pods ask for a KV cache (SGLang's default, docs.sglang.io, 0.5). */
export const BOOTSTRAP_PORT = 8998;

/** Port of the hand-shake between prefill and decode pods (vLLM's default, NixlConnector Usage Guide, 2026). */
export const SIDE_CHANNEL_PORT = 5600;

/** Port of the rendezvous of the pods of one replica; *assumed* free in the pod. */
export const GROUP_PORT = 29_500;

/** Where checkpoints are kept in the container. */
export const MODEL_CACHE = '/model-cache';

/** Where the engine's configuration file is mounted, for engines that need one. */
export const CONFIG_FOLDER = '/etc/plimsoll';

/**
 * Fields that hold something else than the engine's own behaviour on one accelerator: each must be written by a row
 * of the table, or the launch cannot be expressed.
 */
export function demandedFields(launch: Launch): readonly LaunchField[] {
  const p = launch.parallelism;
  const demands: readonly (readonly [LaunchField, boolean])[] = [
    ['tensorParallel', p.tensorParallel > 1],
    ['pipelineParallel', p.pipelineParallel > 1],
    ['dataParallel', p.dataParallel > 1],
    ['expertParallel', p.expertParallel > 1],
    ['contextParallel', p.contextParallel > 1],
    ['feedForwardParallel', feedForwardRanks(p) !== p.tensorParallel],
    ['stageLayers', launch.stageLayers !== undefined],
    ['role', launch.role !== 'aggregated'],
    ['weightPrecision', launch.weightPrecision !== 'bf16'],
    ['kvPrecision', launch.kvPrecision !== 'bf16'],
    ['nodes', launch.nodes > 1],
  ];
  return demands.filter(([, isDemanded]) => isDemanded).map(([field]) => field);
}

/** Ranks over which dense feed-forwards are cut. */
export function feedForwardRanks(p: Parallelism): number {
  return p.feedForwardParallel ?? p.tensorParallel;
}
