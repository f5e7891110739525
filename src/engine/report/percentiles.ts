import type { Percentile } from '../../model/index.ts';
import { PERCENTILE_SHARE } from '../../sim/index.ts';

/** The percentiles of plans, ascending. */
export const PERCENTILES: readonly Percentile[] = ['p50', 'p90', 'p95', 'p99'];

/** Plans hold nine digits: figures closer than this share of one another are the same. */
const SAME = 1e-6;

/** 99 for `p99`. */
export function percentOf(percentile: Percentile): number {
  return Math.round(PERCENTILE_SHARE[percentile] * 100);
}

/** Whether a figure that was computed again is the one that a plan holds. */
export function isSameFigure(again: number, planned: number): boolean {
  return Math.abs(again - planned) <= SAME * Math.abs(planned);
}
