import type { LatencyDistribution } from '../../report/index.ts';
import { sixDigits } from './rounding.ts';

/** Shares of requests at which distributions are told, finer towards the tail that limits are set on. */
export const CDF_SHARES: readonly number[] = [
  ...[0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5],
  ...[0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.88, 0.9, 0.92, 0.94, 0.95],
  ...[0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.999],
];

/** Points of a distribution from its inverse; shares that it does not tell are left out. Seconds never fall. */
export function cumulative(timeAt: (share: number) => number | undefined): LatencyDistribution['cdf'] {
  const points: LatencyDistribution['cdf'][number][] = [];
  for (const share of CDF_SHARES) {
    const time = timeAt(share);
    if (time !== undefined)
      points.push({ seconds: Math.max(points.at(-1)?.seconds ?? 0, sixDigits(time)), share });
  }
  return points;
}

/**
 * The distribution of the measured requests of a run by nearest rank, as its percentiles are taken.
 * @param column seconds by request, NaN where there is nothing to tell; the last `measured` ones count
 */
export function measuredCumulative(column: Float64Array, measured: number): LatencyDistribution['cdf'] {
  const ordered = column
    .subarray(column.length - measured)
    .filter((value) => value >= 0)
    .sort();
  return cumulative((share) => ordered[Math.max(1, Math.ceil(share * ordered.length)) - 1]);
}
