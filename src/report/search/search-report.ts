import type {
  BatchLimits,
  EngineName,
  Estimate,
  LatencyLimit,
  LatencyMetric,
  LatencySummary,
  Objective,
  Parallelism,
  Precision,
  Rejection,
  Role,
  SearchProof,
  ServingMode,
} from '../../model/index.ts';

/**
 * Version of the JSON of a search. Promise: a minor version only adds fields; a removed or re-defined field raises the
 * major version.
 */
export const SEARCH_FORMAT_VERSION = '1.0';

/** Accelerators of one kind that the plans may take. */
export interface SearchedPool {
  /** Name of the pool; unique within a report. */
  readonly pool: string;
  readonly accelerator: string;
  readonly accelerators: number;
  readonly acceleratorsPerNode: number;
  /** Accelerators that reach each other over the fast link, where these are more than those of a node. */
  readonly linkDomain?: number;
  /** Instance type whose nodes these are, or of which they are a share. */
  readonly instanceType?: string;
  /** Dollars per accelerator and hour; absent without a price. */
  readonly pricePerAcceleratorHour?: number;
  readonly priceSource?: string;
}

/** The requests that the plans must carry. */
export interface SearchedLoad {
  /** Lengths, profile or trace, in words. */
  readonly source: string;
  readonly kind: 'rate' | 'concurrency' | 'most';
  /** Requests per second (`rate`). */
  readonly requestRate?: number;
  /** Clients with one request each (`concurrency`). */
  readonly clients?: number;
  /** Tokens. */
  readonly isl: { readonly mean: number; readonly p99: number };
  readonly osl: { readonly mean: number; readonly p99: number };
  /** Coefficient of variation of the gaps between requests; 1 is a Poisson process. */
  readonly burstiness: number;
  /** Share of the prompt tokens found cached, 0..1. */
  readonly prefixHitRate: number;
}

/** Equal replicas of a plan. */
export interface SearchedPart {
  readonly role: Role;
  readonly replicas: number;
  readonly pool: string;
  readonly accelerator: string;
  readonly parallelism: Parallelism;
  readonly engine: EngineName;
  readonly engineVersion: string;
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  readonly batch: BatchLimits;
  /** Longest sequence served, tokens. */
  readonly maxModelLength: number;
  /** Accelerators of one replica. */
  readonly acceleratorsPerReplica: number;
  /** Layers and accelerator of each stage, where the stages of a pipeline are not alike. */
  readonly stages?: readonly { readonly accelerator: string; readonly layers: number }[];
  /** Why no named engine runs it as modelled. */
  readonly notExecutable?: string;
}

/** One way to serve the load, with what it gives. Times in seconds, money in dollars. */
export interface SearchedPlan {
  readonly id: string;
  readonly mode: ServingMode;
  /** One part, or prefill and then decode. */
  readonly parts: readonly SearchedPart[];
  readonly accelerators: number;
  /** At list price; absent without prices. */
  readonly costPerMonth?: number;
  readonly costPerMillionTokens?: number;
  /** Output tokens per second and accelerator at capacity. */
  readonly throughputPerAccelerator: number;
  /** Joules per output token, and watts of all accelerators, at the load. */
  readonly energyPerOutputToken: number;
  readonly power: number;
  /** Load at which the latencies stand: requests per second, or clients. */
  readonly load: number;
  readonly latency: Readonly<Record<LatencyMetric, LatencySummary>>;
  /** Share of requests within every limit at the load, 0..1. */
  readonly goodputShare: number;
  readonly outputTokensPerSecond: number;
  /** Largest load within the SLO, in the unit of `load`; plans count on `low`. */
  readonly capacity: Estimate;
  readonly limitedBy: string;
  /** Where the performance numbers come from, and their relative error at 80 % confidence. */
  readonly evidence: string;
  readonly modelError: number;
}

/** How surely the SLO holds and what that costs. Money in dollars per month. */
export interface SearchedConfidence {
  readonly level: number;
  /** By how much each latency may exceed its prediction at that confidence. */
  readonly factors: Readonly<Record<LatencyMetric, number>>;
  /** Cost of the best plan that trusts predictions as they are, and what the safety adds to it. */
  readonly costWithout?: number;
  readonly extraCost?: number;
  /** The same in accelerators, which are known without prices. */
  readonly acceleratorsWithout?: number;
}

/** A limit set beside the SLO: `cost 50,000 USD/month`. */
export interface SearchedLimit {
  readonly name: 'cost' | 'cost-per-million-tokens' | 'throughput-per-accelerator' | 'latency' | 'energy';
  readonly value: number;
  readonly unit: string;
}

/** Everything `plimsoll search` says. */
export interface SearchReport {
  readonly formatVersion: string;
  readonly model: string;
  readonly cluster: readonly SearchedPool[];
  readonly load: SearchedLoad;
  readonly slo: readonly LatencyLimit[];
  readonly objective: Objective;
  readonly limits: readonly SearchedLimit[];
  readonly modes: readonly ServingMode[];
  readonly seed: number;
  /** Whether every pool has a price: money is absent otherwise. */
  readonly isPriced: boolean;
  /** Best first; at least one. */
  readonly plans: readonly SearchedPlan[];
  /** Not dominated in cost (accelerators without prices), p99 latency and energy; by rising cost. */
  readonly pareto: readonly SearchedPlan[];
  readonly leastLatency?: SearchedPlan;
  readonly leastEnergy?: SearchedPlan;
  readonly confidence?: SearchedConfidence;
  readonly proof: SearchProof;
  /** Sorted by candidate id. */
  readonly rejected: readonly Rejection[];
  /** What was chosen or assumed, in sentences. */
  readonly assumptions: readonly string[];
}
