import type { LatencyMetric, Percentile } from '../model/index.ts';

/** Every latency metric, in the order limits are listed. */
export const METRICS: readonly LatencyMetric[] = ['e2e', 'tpot', 'ttft'];

/** Every percentile at which a limit may be set, ascending. */
export const PERCENTILES: readonly Percentile[] = ['p50', 'p90', 'p95', 'p99'];
