import type { LatencyLimit, LoadEvidence } from '../model/index.ts';

/** How near one limit is to being broken. */
export interface LimitReading {
  /** `tpot.p99`, or `stability` when load grew faster than it was served. */
  readonly limit: string;
  /** The reading compared with the limit, seconds; 0 for `stability`, which has none. */
  readonly value: number;
  /** Reading over limit: above 1 the limit is broken. Infinity for an unstable run. */
  readonly ratio: number;
}

/** Whether a simulated load meets an SLO. */
export interface SloEvaluation {
  readonly met: boolean;
  /** The limit that is broken worst or, when all hold, the one nearest to it. */
  readonly worst: LimitReading;
}

/**
 * Compares simulated percentiles with the limits of an SLO. A run that is not stationary or served nothing meets none;
 * it names `stability` unless a latency limit is broken as well.
 * @param reading `value` takes each percentile itself (default); `high` the upper end of its interval, to be safe
 */
export function evaluateSlo(
  evidence: LoadEvidence,
  limits: readonly LatencyLimit[],
  reading: 'value' | 'high' = 'value',
): SloEvaluation {
  let worst: LimitReading = { limit: 'stability', value: 0, ratio: 0 };
  for (const { metric, percentile, limit } of limits) {
    const value = evidence.latency[metric][percentile][reading];
    const ratio = value / limit;
    if (ratio > worst.ratio || worst.limit === 'stability') {
      worst = { limit: `${metric}.${percentile}`, value, ratio };
    }
  }
  const isServed = evidence.isStationary && evidence.requests > 0;
  if (!isServed && worst.ratio <= 1) worst = { limit: 'stability', value: 0, ratio: Infinity };
  return { met: isServed && worst.ratio <= 1, worst };
}
