import type { LoadReading, ReadingEnd } from './replica-probe.ts';

/** How a largest rate is searched for. */
export interface RateSearch {
  /** First rate tried, > 0. */
  readonly start: number;
  /** Stop when the failing rate is at most (1 + tolerance) × the passing one. */
  readonly tolerance: number;
  /** The end of the intervals compared with the limits. */
  readonly end: ReadingEnd;
  /** Rates known to pass and to fail, when there are any. */
  readonly passes?: number;
  readonly fails?: number;
  read(rate: number): LoadReading;
}

/** A bracketed rate: the largest that was seen to pass, and the smallest above it that was seen to fail. */
export interface RateBracket {
  /** Zero when nothing passed. */
  readonly passes: number;
  /** Infinity when nothing failed. */
  readonly fails: number;
}

/** Rates below this share of the first one count as no capacity. */
const LOWEST_SHARE = 1 / 1024;
/** Growth of the rate while nothing has failed. */
const STEP_UP = 1.6;
const MOST_STEPS = 40;

/**
 * Finds the largest rate that meets the limits by safeguarded interpolation on the logarithms of rate and ratio,
 * falling back to the geometric mean where a run gave no ratio. Common random numbers make the ratio nearly monotone
 * in the rate, so a bracket stays one. Deterministic.
 */
export function findRate(search: RateSearch): RateBracket {
  const { tolerance, end } = search;
  let passes = search.passes === undefined ? undefined : { rate: search.passes, ratio: NaN };
  let fails = search.fails === undefined ? undefined : { rate: search.fails, ratio: Infinity };
  let rate = search.start;
  for (let step = 0; step < MOST_STEPS; step++) {
    const ratio = search.read(rate)[end];
    if (ratio <= 1) passes = { rate, ratio };
    else fails = { rate, ratio };
    if (passes !== undefined && fails !== undefined) {
      if (fails.rate <= passes.rate * (1 + tolerance)) break;
      rate = between(passes, fails);
    } else if (passes !== undefined) rate = passes.rate * STEP_UP;
    else {
      rate = (fails?.rate ?? rate) / (1 + 2 ** Math.min(step, 3) / 2);
      if (rate < search.start * LOWEST_SHARE) break;
    }
  }
  return { passes: passes?.rate ?? 0, fails: fails?.rate ?? Infinity };
}

interface Point {
  readonly rate: number;
  readonly ratio: number;
}

/** The rate at which log ratio crosses zero between two points, kept off the ends of the bracket. */
function between(passes: Point, fails: Point): number {
  const low = Math.log(passes.rate);
  const high = Math.log(fails.rate);
  const below = Math.log(passes.ratio);
  const above = Math.log(fails.ratio);
  const crossing =
    Number.isFinite(below) && Number.isFinite(above) && above > below ? -below / (above - below) : 0.5;
  return Math.exp(low + (high - low) * Math.min(0.8, Math.max(0.2, crossing)));
}
