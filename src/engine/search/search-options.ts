import type {
  EngineName,
  LatencyLimit,
  Objective,
  ObjectiveLimits,
  Precision,
  ServingChoice,
} from '../../model/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';
import type { ModelContextOptions } from '../model-context.ts';
import type { TraceLayout } from '../resolve-traffic.ts';
import type { ClusterPart } from './cluster-text.ts';

/** The accelerators that plans may take: parts of a cluster, or nodes of one instance type. */
export interface ClusterOptions {
  readonly cluster?: readonly ClusterPart[];
  /** Instead of `cluster`. */
  readonly instanceType?: string;
  /** Nodes of `instanceType`, ≥ 1; default 1. */
  readonly nodes?: number;
  /** Price of one accelerator per hour; wins over the catalogue. */
  readonly price?: MicroUsdPerHour;
  /** Region of the catalogue's prices; default the cheapest. */
  readonly region?: string;
}

/** The requests to carry: one of lengths, profile and trace; at a rate, from clients, or as many as possible. */
export interface LoadOptions {
  /** Mean lengths, tokens, ≥ 1. */
  readonly isl?: number;
  readonly osl?: number;
  /** Share by which `isl` and `osl` vary evenly to both sides, 0..1; default 0: all alike. */
  readonly lengthSpread?: number;
  /** Name of a shipped profile. */
  readonly profile?: string;
  /** Trace file, relative to the working directory. */
  readonly trace?: string;
  readonly layout?: TraceLayout;
  /** Requests per second, > 0. */
  readonly requestRate?: number;
  /** Clients with one request at a time, ≥ 1. */
  readonly clients?: number;
  /** Coefficient of variation of the gaps; default that of the profile or trace, 1 for lengths. */
  readonly burstiness?: number;
  /** Share of the prompt tokens found cached, 0..1; default that of the profile or trace, 0 for lengths. */
  readonly prefixHitRate?: number;
}

/** One model, one cluster and one load: what to search the best plans for. */
export interface SearchClusterOptions extends ClusterOptions, LoadOptions, ModelContextOptions {
  /** Name in the catalogue or Hugging Face id. */
  readonly model: string;
  /** Latency limits; at least one. */
  readonly limits: readonly LatencyLimit[];
  /** Default: `cost`; without a demand `cost-per-token`; without prices their counterparts in accelerators. */
  readonly objective?: Objective;
  readonly objectiveLimits?: ObjectiveLimits;
  /** Probability that the SLO holds given the model's error, 0.5..1; absent: predictions are trusted. */
  readonly confidence?: number;
  /** Weight formats tried; default those in which the model is published. */
  readonly precisions?: readonly Precision[];
  /** Formats of the KV cache tried; default bf16, and fp8 beside weights of 8 bits or fewer. */
  readonly kvPrecisions?: readonly Precision[];
  /** Default: vllm. */
  readonly engines?: readonly EngineName[];
  /** Default: any. */
  readonly serving?: ServingChoice;
  /** Longest sequence served, tokens; default the longest of the load, in whole thousands (1024). */
  readonly maxModelLength?: number;
  /** Candidates that no engine can run are looked at too; default false. */
  readonly includesUnexecutable?: boolean;
  /** Plans told at most; default 10. */
  readonly top?: number;
  /** Seed of every random stream; default 1. */
  readonly seed?: number;
  /** Limit of the search in seconds; default none. */
  readonly timeLimitSeconds?: number;
}
