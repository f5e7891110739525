import type { LatencyLimit, LatencyMetric, LatencySummary, Role } from '../../model/index.ts';
import type { ConfigurationFacts } from './configuration-facts.ts';

/**
 * Version of the JSON of a simulation. Promise: a minor version only adds fields; a removed or re-defined field raises the
 * major version.
 */
export const SIMULATION_FORMAT_VERSION = '1.0';

/** The requests that were simulated. */
export interface SimulatedTraffic {
  /** Trace file, profile or declaration, in words. */
  readonly source: string;
  readonly requests: number;
  /** From the first to the last arrival, seconds. */
  readonly seconds: number;
  /** Requests per second over that time. */
  readonly meanRate: number;
  readonly isl: LengthFacts;
  readonly osl: LengthFacts;
  /** Share of the input tokens that an unbounded prefix cache would find, 0..1. */
  readonly prefixShare: number;
}

/** Lengths in tokens. */
export interface LengthFacts {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** What one pool did. */
export interface SimulatedPool {
  readonly configuration: ConfigurationFacts;
  readonly role: Role;
  /** Requests taken. */
  readonly requests: number;
  readonly busyShare: number;
  readonly meanBatch: number;
  readonly outputTokensPerSecond: number;
  readonly peakKvShare: number;
  readonly preemptions: number;
  readonly prefixHitRate: number;
  /** Share of time in which a step ran, of the least and of the most busy replica. */
  readonly leastBusy: number;
  readonly mostBusy: number;
  /** Engine steps. */
  readonly steps: number;
}

/** How a limit of the SLO was met. */
export interface SimulatedLimit extends LatencyLimit {
  /** Simulated percentile with its 95 % confidence interval, seconds. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly met: boolean;
}

/** The course of a run in buckets of equal width, one series per pool. */
export interface SimulatedTimeline {
  readonly bucketSeconds: number;
  readonly pools: readonly {
    readonly pool: string;
    /** Mean requests running and waiting over all replicas. */
    readonly running: readonly number[];
    readonly waiting: readonly number[];
    /** Mean share of KV blocks in use, 0..1. */
    readonly kvShare: readonly number[];
    readonly outputTokensPerSecond: readonly number[];
  }[];
}

/** Everything `plimsoll simulate` says about one workload. Times in seconds; intervals at 95 % confidence. */
export interface SimulationReport {
  readonly formatVersion: string;
  /** Workload id, or the model of a lone configuration. */
  readonly subject: string;
  readonly pools: readonly SimulatedPool[];
  readonly traffic: SimulatedTraffic;
  readonly routing: string;
  readonly seed: number;
  /** Percentiles of the measured requests; warm-up removed. */
  readonly latency: Readonly<Record<LatencyMetric, LatencySummary>>;
  /** Factors on a latency between which the truth lies with 80 % confidence by the model's own error; sampling is in the intervals. */
  readonly modelFactors: Readonly<Record<LatencyMetric, { readonly low: number; readonly high: number }>>;
  readonly limits: readonly SimulatedLimit[];
  /** Whether every limit holds and the run was stationary. */
  readonly meetsSlo: boolean;
  /** Requests within every limit: their share, and per second. */
  readonly goodputShare: number;
  readonly goodput: number;
  /** Requests per second offered to the whole deployment. */
  readonly requestRate: number;
  readonly outputTokensPerSecond: number;
  readonly measuredRequests: number;
  readonly rejected: number;
  /** False when load grew faster than it was served: percentiles then mean nothing beyond this run. */
  readonly isStationary: boolean;
  readonly makespan: number;
  readonly steps: number;
  readonly transfer?: {
    readonly bytes: number;
    readonly meanSeconds: number;
    readonly shareOfLatency: number;
  };
  /** Latencies at the probabilities 0, 0.01, …, 1: 101 ascending entries, empty when nothing was served. */
  readonly distribution: Readonly<Record<LatencyMetric, readonly number[]>>;
  readonly timeline: SimulatedTimeline;
  /** What was chosen or assumed, in sentences. */
  readonly assumptions: readonly string[];
}
