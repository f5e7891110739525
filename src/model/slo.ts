import type { Seconds } from '../units/index.ts';

/** Percentiles at which limits may be set. */
export type Percentile = 'p50' | 'p90' | 'p95' | 'p99';
/** The latencies of one streamed request: first token, mean time per later token, last token. */
export type LatencyMetric = 'ttft' | 'tpot' | 'e2e';

/** One limit: the percentile of the metric must not exceed `limit`. */
export interface LatencyLimit {
  readonly metric: LatencyMetric;
  readonly percentile: Percentile;
  readonly limit: Seconds;
}

/** What a workload promises. Limits are sorted by metric, then percentile. */
export interface Slo {
  readonly limits: readonly LatencyLimit[];
  /** Share of time at which full capacity must stand, 0..1. */
  readonly availability: number;
  /**
   * What may fail at once while demand is still met: nothing, one node,
   * or one correlation group (nodes that a provider reclaims together).
   */
  readonly tolerates: 'nothing' | 'node' | 'correlation-group';
}
