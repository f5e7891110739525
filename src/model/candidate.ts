import type { Bytes, Joules, RequestsPerSecond, Seconds, Watts } from '../units/index.ts';
import type { Precision } from './accelerator.ts';
import type { Parallelism } from './parallelism.ts';
import type { LatencyMetric, Percentile } from './slo.ts';
import type { EngineName } from './workload.ts';
import type { Evidence } from './provenance.ts';

/** Limits of a batch: tokens per step and sequences in flight. */
export interface BatchLimits {
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
}

/** What a replica does: all phases, or one of them. */
export type Role = 'aggregated' | 'prefill' | 'decode';

/** One way to run one replica of a workload on the nodes of one pool. */
export interface Candidate {
  /** `<workload>/<pool>/<engine>-<weight precision>-<parallelism>-b<batch>x<seqs>`; unique and stable. */
  readonly id: string;
  readonly workload: string;
  readonly pool: string;
  readonly instanceType: string;
  readonly accelerator: string;
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly role: Role;
  readonly parallelism: Parallelism;
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  readonly batch: BatchLimits;
  /** Longest sequence served, tokens. */
  readonly maxModelLength: number;
  /** The pods of one replica: `nodes` pods with `acceleratorsPerNode` each. */
  readonly podGroup: PodGroup;
  /** In pipeline order where stages differ in hardware or layers; absent: all alike, layers spread as evenly as can be. */
  readonly stages?: readonly PipelineStage[];
  /** Why the engine cannot run it as modelled; absent where it can. Such candidates are chosen only when asked for. */
  readonly notExecutable?: string;
}

/** One stage of a pipeline whose stages are not alike. */
export interface PipelineStage {
  readonly pool: string;
  readonly instanceType: string;
  readonly accelerator: string;
  /** Transformer layers it holds, ≥ 1. */
  readonly layers: number;
}

/** The pods one replica needs; they start and fail together. */
export interface PodGroup {
  readonly nodes: number;
  readonly acceleratorsPerNode: number;
  /** Requests of one pod beside its accelerators. */
  readonly cpuMillicores: number;
  readonly memory: Bytes;
  /** Shared memory for collectives, part of `memory`. */
  readonly sharedMemory: Bytes;
}

/** Where the memory of one accelerator goes, bytes per rank. */
export interface MemoryMap {
  readonly capacity: Bytes;
  readonly weights: Bytes;
  readonly activations: Bytes;
  readonly reserve: Bytes;
  /** What is left for the KV cache; negative when the weights alone do not fit. */
  readonly kvCache: number;
  /** KV blocks of the replica (each `blockTokens` tokens); 0 when it does not fit. */
  readonly kvBlocks: number;
  readonly blockTokens: number;
}

/** A number with the interval that holds it at the stated confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Percentiles of one latency in seconds. */
export type LatencySummary = Readonly<Record<'mean' | Percentile, Estimate>>;

/** What a simulation at one request rate showed. */
export interface LoadEvidence {
  /** Rate offered to one replica. */
  readonly requestRate: RequestsPerSecond;
  readonly requests: number;
  readonly latency: Readonly<Record<LatencyMetric, LatencySummary>>;
  /** Share of requests within every limit of the SLO. */
  readonly goodputShare: number;
  readonly outputTokensPerSecond: number;
  /** Share of time in which a step ran, 0..1. */
  readonly busyShare: number;
  readonly meanBatch: number;
  readonly peakKvShare: number;
  readonly preemptions: number;
  /** False when load grew faster than it was served: percentiles then mean nothing. */
  readonly isStationary: boolean;
}

/** The largest request rate one replica sustains within its SLO. */
export interface Capacity {
  readonly rate: Estimate;
  /** Limit that breaks first above the rate: `tpot.p99`, `ttft.p99`, or `stability`. */
  readonly limitedBy: string;
  /** Simulation at `rate.value`. */
  readonly evidence: LoadEvidence;
}

/** A candidate that survived pruning, with what was measured of it. */
export interface EvaluatedCandidate {
  readonly candidate: Candidate;
  readonly memory: MemoryMap;
  readonly capacity: Capacity;
  /** Board power of the whole replica at capacity, and energy per output token. */
  readonly power: Watts;
  readonly energyPerOutputToken: Joules;
  /** From pod start until it serves (image, weights, graph capture). */
  readonly startup: Seconds;
  /** Cheapest price of the accelerators of one replica per hour on demand, in micro-dollars. */
  readonly listCostPerHour: number;
  /** Where the performance numbers come from, and their relative error at 80 % confidence. */
  readonly evidence: Evidence;
  readonly modelError: number;
}

/** Why a candidate is out. Stable reason codes; `explain` prints their meaning. */
export type RejectionReason =
  | 'invalid-parallelism'
  | 'unsupported-precision'
  | 'does-not-divide-node'
  | 'out-of-memory'
  | 'kv-too-small'
  | 'not-executable'
  | 'step-exceeds-tpot'
  | 'prefill-exceeds-ttft'
  | 'dominated'
  | 'bound-exceeds-best'
  | 'unstable'
  | 'slo-not-met'
  | 'costlier'
  | 'limit-exceeded'
  | 'not-measured';

/** A rejected candidate and the figure that decided it. */
export interface Rejection {
  readonly candidate: string;
  readonly workload: string;
  readonly pool: string;
  readonly reason: RejectionReason;
  /** The deciding figure in words: `needs 142 GiB of 80 GiB`. */
  readonly detail: string;
}
