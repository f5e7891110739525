import type { LatencyLimit, LoadEvidence, RequestColumns, Role } from '../../model/index.ts';
import type { Seconds } from '../../units/index.ts';
import type { EngineSettings } from '../engine-options.ts';
import type { StepTimeModel } from '../step-time-model.ts';
import type { Routing } from './router.ts';
import type { FleetTimeline } from './timeline.ts';

/** Replicas with one role and the same scheduler settings; their speed may differ. */
export interface ReplicaPool extends EngineSettings {
  readonly name: string;
  readonly role: Role;
  /** One entry per replica, ≥ 1. */
  readonly replicas: readonly StepTimeModel[];
}

/**
 * How KV gets from prefill to decode replicas. All KV of the prompt is moved but what the chosen decode replica finds in
 * its prefix cache, from the end of the prompt's last step on; the prefill replica keeps the blocks until the last byte
 * has left.
 */
export interface KvTransfer {
  /** KV bytes of one prompt token over all layers, ≥ 0. */
  readonly bytesPerToken: number;
  /** Bandwidth of every prefill replica, and of every decode replica, bytes per second, > 0. */
  readonly sendBandwidth: number;
  readonly receiveBandwidth: number;
  /** From the last byte sent until the decode replica may schedule the request. */
  readonly latency: Seconds;
  /**
   * Layers sent one by one while the prompt is computed; 1 (default): nothing is sent before the prompt is done. With L
   * layers, at most all but 1/L of the bytes go out during the prompt's own computing time, at the rate that one more
   * transfer would get over its links when the prompt is done (*assumed*: those bytes slow down no other transfer).
   */
  readonly overlappedLayers?: number;
}

/** A fleet and how its run is measured; common to open and closed loop. */
export interface FleetOptions {
  /** All pools aggregated, or at least one prefill and one decode pool and none else. Names are unique. */
  readonly pools: readonly ReplicaPool[];
  /** How arriving requests are spread over the aggregated or prefill replicas; default `least-loaded`. */
  readonly routing?: Routing;
  /** How prompts that are done are spread over the decode replicas; default `least-loaded`. */
  readonly decodeRouting?: Routing;
  /** Needed with prefill and decode pools. */
  readonly transfer?: KvTransfer;
  /**
   * Who streams the first token to the client: the decode replica when the KV has come (`decode`, default: the proxies of
   * vLLM and Dynamo answer from the decode worker), or the prefill replica when it has made it (`prefill`).
   */
  readonly firstTokenFrom?: 'prefill' | 'decode';
  /** Limits by which goodput is judged; may be empty. */
  readonly limitsOfSlo: readonly LatencyLimit[];
  /** Share of the requests, first in order of arrival, that warm the fleet up and are not measured; default 0.1. */
  readonly warmupShare?: number;
  /** Whether the course of the run is recorded; default true. Without, `timeline` has no buckets and the run is faster. */
  readonly isRecorded?: boolean;
  /** Is told now and then how many requests have arrived. */
  readonly onArrivals?: (count: number) => void;
}

/** Open loop: requests arrive when they arrive. */
export interface FleetSimulationOptions extends FleetOptions {
  readonly requests: RequestColumns;
}

/** Closed loop over the whole deployment: each client sends its next request when its last one is answered. */
export interface FleetClosedLoopOptions extends FleetOptions {
  /** Requests in the order in which they are sent. */
  readonly requests: Omit<RequestColumns, 'arrival'>;
  /** Clients, ≥ 1. */
  readonly concurrency: number;
}

/** What one replica or one pool did in the measured part of the run. */
export interface ReplicaUse {
  /** Requests taken, warm-up included. */
  readonly requests: number;
  /** Share of time in which a step ran, 0..1; of a pool the mean. */
  readonly busyShare: number;
  /** Requests running while a step ran, mean over time. */
  readonly meanBatch: number;
  readonly outputTokensPerSecond: number;
  /** Largest share of KV blocks in use, 0..1, whole run. */
  readonly peakKvShare: number;
  readonly preemptions: number;
  /** Share of the prompt tokens of admitted requests that were found cached, 0..1, whole run. */
  readonly prefixHitRate: number;
  /** Engine steps, whole run. */
  readonly steps: number;
}

/** A pool and its replicas. */
export interface PoolUse extends ReplicaUse {
  readonly pool: string;
  readonly role: Role;
  readonly replicas: readonly ReplicaUse[];
}

/** KV transfers of a run. */
export interface TransferUse {
  /** Bytes moved. */
  readonly bytes: number;
  /** Mean seconds from the end of a prompt until the decode replica could schedule the request. */
  readonly meanSeconds: Seconds;
  /** Those seconds over the end-to-end latency, mean over measured requests that were transferred. */
  readonly shareOfLatency: number;
  /** Bytes moved over what the busiest sender, and the busiest receiver, could have moved during the run, 0..1. */
  readonly peakSenderUse: number;
  readonly peakReceiverUse: number;
}

/** What a simulation of a fleet showed. */
export interface FleetSimulation {
  /** Percentiles and rates of the measured requests over the whole fleet. */
  readonly evidence: LoadEvidence;
  /** In the order of the options. */
  readonly pools: readonly PoolUse[];
  /** Present with prefill and decode pools. */
  readonly transfer?: TransferUse;
  /** By request index, warm-up included; NaN (replica: −1) for what did not happen. */
  readonly perRequest: {
    /** When the request was sent, seconds. */
    readonly arrival: Float64Array;
    readonly ttft: Float64Array;
    readonly tpot: Float64Array;
    readonly e2e: Float64Array;
    /** Index, over all pools in order, of the replica that took it, and of the one that decoded it elsewhere. */
    readonly replica: Int32Array;
    readonly decodeReplica: Int32Array;
    /** Seconds from the end of the prompt until its KV was there. */
    readonly transfer: Float64Array;
  };
  readonly timeline: FleetTimeline;
  /** Time at which the last token was made. */
  readonly makespan: Seconds;
  /** Engine steps run, over all replicas. */
  readonly steps: number;
  /** Requests that no replica can serve: too long for KV cache or model length, or without tokens. */
  readonly rejected: number;
}
