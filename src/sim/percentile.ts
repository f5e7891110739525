import type { Estimate, LatencySummary, Percentile } from '../model/index.ts';

/** The share of samples at or below each percentile. */
export const PERCENTILE_SHARE: Readonly<Record<Percentile, number>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

/** Two-sided 95 % quantile of the standard normal distribution. */
const NORMAL_975 = 1.959963985;
/** Batches of a run for its autocorrelation: 10 to 30 serve best (Schmeiser, 1982). */
const BATCHES = 20;
/** Fewest samples in a batch; below 2 × this many there are too few to see autocorrelation (*assumed*). */
const BATCH_SAMPLES = 20;

/**
 * Mean and percentiles of one latency with 95 % confidence intervals.
 * @param series samples in order of arrival, seconds; an empty series gives zeros
 * @param sorted room for as many samples as `series` holds; overwritten with them in ascending order
 *
 * Percentiles are order statistics (nearest rank: the ⌈q·n⌉-th of n). Latencies of neighbouring requests are alike,
 * so their intervals come from the batch means of the indicator "sample ≤ percentile" (variance of a quantile in a dependent series: Heidelberger and Lewis, 1984): its
 * mean has a standard error s from 20 batches, never taken below that of independent samples √(q(1−q)/n), and the
 * interval spans the order statistics of ranks n·(q ± t·s). An upper rank beyond n gives the largest sample: the
 * true percentile may be higher. The mean's interval is from the same batches. Intervals are too narrow when the
 * latencies stay correlated over more than a batch (a twentieth of the run), as close to saturation.
 */
export function summarizeLatency(series: Float64Array, sorted: Float64Array): LatencySummary {
  const ordered = sorted.subarray(0, series.length);
  ordered.set(series);
  ordered.sort();
  const percentile = (share: number): Estimate => percentileEstimate(series, ordered, share);
  return {
    mean: meanEstimate(series),
    p50: percentile(PERCENTILE_SHARE.p50),
    p90: percentile(PERCENTILE_SHARE.p90),
    p95: percentile(PERCENTILE_SHARE.p95),
    p99: percentile(PERCENTILE_SHARE.p99),
  };
}

/** The nearest-rank percentile of ascending samples: the ⌈share·n⌉-th; 0 when there is none. */
export function orderStatistic(ordered: Float64Array, share: number): number {
  const rank = Math.min(ordered.length, Math.max(1, Math.ceil(share * ordered.length)));
  return ordered[rank - 1] ?? 0;
}

/** Two-sided 95 % quantile of Student's t (Cornish–Fisher; Abramowitz and Stegun 26.7.5), `freedom` ≥ 3. */
export function studentQuantile(freedom: number): number {
  const z = NORMAL_975;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

function percentileEstimate(series: Float64Array, ordered: Float64Array, share: number): Estimate {
  const n = series.length;
  if (n === 0) return { value: 0, low: 0, high: 0 };
  const value = orderStatistic(ordered, share);
  const independent = Math.sqrt((share * (1 - share)) / n);
  let halfWidth = NORMAL_975 * independent;
  const batches = batchCount(n);
  if (batches > 1) {
    const error = batchError(batches, (batch) => shareWithin(series, value, batchBounds(n, batches, batch)));
    halfWidth = Math.max(halfWidth, studentQuantile(batches - 1) * error);
  }
  return {
    value,
    low: Math.min(value, ordered[Math.max(0, Math.floor(n * (share - halfWidth)) - 1)] ?? value),
    high: ordered[Math.min(n - 1, Math.ceil(n * (share + halfWidth)))] ?? value,
  };
}

function meanEstimate(series: Float64Array): Estimate {
  const n = series.length;
  if (n === 0) return { value: 0, low: 0, high: 0 };
  const value = meanWithin(series, [0, n]);
  const batches = batchCount(n);
  let error: number;
  if (batches > 1) {
    error = batchError(batches, (batch) => meanWithin(series, batchBounds(n, batches, batch)));
  } else {
    let squares = 0;
    for (const sample of series) squares += (sample - value) ** 2;
    error = n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0;
  }
  const halfWidth = (batches > 1 ? studentQuantile(batches - 1) : NORMAL_975) * error;
  return { value, low: Math.max(0, value - halfWidth), high: value + halfWidth };
}

/** 20 batches, or half as many for short series, or 1 when there are too few samples. */
function batchCount(samples: number): number {
  if (samples >= BATCHES * BATCH_SAMPLES) return BATCHES;
  return samples >= (BATCHES / 2) * BATCH_SAMPLES ? BATCHES / 2 : 1;
}

function batchBounds(samples: number, batches: number, batch: number): readonly [number, number] {
  return [Math.floor((samples * batch) / batches), Math.floor((samples * (batch + 1)) / batches)];
}

/** Standard error of the mean of `statistic` over the batches. */
function batchError(batches: number, statistic: (batch: number) => number): number {
  const values = Array.from({ length: batches }, (_, batch) => statistic(batch));
  const mean = values.reduce((sum, value) => sum + value, 0) / batches;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (batches - 1) / batches);
}

function shareWithin(series: Float64Array, limit: number, [from, to]: readonly [number, number]): number {
  let within = 0;
  for (let i = from; i < to; i++) if (series[i]! <= limit) within++;
  return within / (to - from);
}

function meanWithin(series: Float64Array, [from, to]: readonly [number, number]): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += series[i]!;
  return sum / (to - from);
}
