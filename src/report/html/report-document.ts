/**
 * What an HTML report draws: the plan itself, and the evidence that the plan file does not hold and the engine computes for the report. Rendering computes
 * nothing beyond scales and layout.
 */
import type { Evidence, PlanDocument } from '../../model/index.ts';
import type { PlanDiff } from '../../plan/index.ts';

/** One report. */
export interface ReportDocument {
  readonly plan: PlanDocument;
  /** One entry per workload and service of the plan, sorted by name. */
  readonly evidence: readonly WorkloadEvidence[];
  /** The plan compared with, and what changed since; absent where nothing is compared. */
  readonly before?: { readonly plan: PlanDocument; readonly diff: PlanDiff };
  /** What could not be computed and why, one sentence each; empty when the report is whole. */
  readonly remarks: readonly string[];
}

/** What was computed about one workload. */
export interface WorkloadEvidence {
  readonly workload: string;
  readonly kind: 'llm' | 'service';
  /** Latencies at the operating point of the busiest window. */
  readonly latencies: readonly LatencyDistribution[];
  /** How latency grows with load on one replica; absent where no model tells. */
  readonly capacityCurve?: CapacityCurve;
  /** 168 entries, Monday 00:00 first. */
  readonly hours: readonly HourOfWeek[];
  /** A replay of the plan; absent where none was asked for or possible. */
  readonly replay?: ReplayTimeline;
}

/** Latency that an SLO may limit. `response` is that of a service's request. */
export type ReportedLatency = 'ttft' | 'tpot' | 'itl' | 'e2e' | 'response';

/**
 * The distribution of one latency. That of a service is seen from outside with its calls included, or, where only other services call
 * it, its own time without calls and without limits.
 */
export interface LatencyDistribution {
  readonly metric: ReportedLatency;
  /** Requests of one kind from outside; absent: all of them together. */
  readonly requestClass?: string;
  /** Points of the cumulative distribution, rising in both; seconds, and share of requests in [0, 1]. Empty where only percentiles are known. */
  readonly cdf: readonly { readonly seconds: number; readonly share: number }[];
  /** Percentiles in seconds with their interval where there is one; sorted by percentile (0 to 100). */
  readonly percentiles: readonly {
    readonly percentile: number;
    readonly seconds: number;
    readonly low?: number;
    readonly high?: number;
  }[];
  /** Limits of the SLO on this latency. */
  readonly limits: readonly { readonly percentile: number; readonly seconds: number }[];
  /** How well the distribution is known. */
  readonly evidence: Evidence;
}

/** Latency of one replica by its load, at rates that it keeps up with. */
export interface CapacityCurve {
  readonly metric: ReportedLatency;
  readonly percentile: number;
  /** Limit of the SLO, seconds. */
  readonly limit?: number;
  /** Sorted by rate (requests per second of one replica). */
  readonly points: readonly {
    readonly rate: number;
    readonly seconds: number;
    readonly low?: number;
    readonly high?: number;
  }[];
  /** Rate that one replica carries in the busiest window, requests per second. */
  readonly operatingRate: number;
  /** Largest rate within the SLO as planned for, requests per second. */
  readonly plannedRate: number;
  readonly evidence: Evidence;
}

/** Requests per second in one hour of the week. */
export interface HourOfWeek {
  readonly demand: number;
  /** What the replicas planned for this hour serve within the SLO; Infinity where no limit is known (left out in JSON). */
  readonly capacity: number;
}

/** What became of the plan when it was simulated over time, reclaims and lost nodes included. */
export interface ReplayTimeline {
  /** What was replayed, in words: the trace or profile, and the spot trace if any. */
  readonly source: string;
  /** Share of requests within every limit of the SLO, in [0, 1]. */
  readonly attainment: number;
  /** Equal steps from the start, 400 at most; replicas are means of a step and need not be whole. */
  readonly steps: readonly {
    /** Seconds from the start of the replay. */
    readonly at: number;
    readonly readyReplicas: number;
    readonly startingReplicas: number;
    /** Requests per second that arrived in the step. */
    readonly arrivals: number;
    /** Share of the step's requests within the SLO; absent where none arrived. */
    readonly attainment?: number;
  }[];
  readonly events: readonly {
    readonly at: number;
    readonly kind: 'reclaim' | 'node-loss' | 'start' | 'ready';
    /** Where: pod set and zone. */
    readonly place: string;
    readonly replicas: number;
  }[];
}
