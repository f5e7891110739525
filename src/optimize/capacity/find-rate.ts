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

/** What readings by rising rate say of an end: the largest rate below every failing one that passes, and the least that fails. */
export function bracketOf(readings: readonly LoadReading[], end: ReadingEnd): RateBracket {
  const fails = readings.find((reading) => reading[end] > 1)?.rate ?? Infinity;
  const passes = readings.filter((reading) => reading.rate < fails).at(-1)?.rate ?? 0;
  return { passes, fails };
}

interface Point {
  readonly rate: number;
  readonly ratio: number;
}

/** Rates below this share of the first one count as no capacity. */
const LOWEST_SHARE = 1 / 1024;
/** Largest step of the rate while the other side of the bracket is unknown, up and down. */
const WIDEST_STEP = 1.6;
const MOST_STEPS = 40;

/**
 * Finds the largest rate that meets the limits by safeguarded interpolation on the logarithms of rate and ratio,
 * falling back to the geometric mean where a run gave no ratio. Until both sides are known it steps as far as the ratio
 * suggests (latency grows at least in proportion to the rate), further each time. Common random numbers make the ratio
 * nearly monotone in the rate, so a bracket stays one. Deterministic.
 */
export function findRate(search: RateSearch): RateBracket {
  const { tolerance, end } = search;
  let passes: Point | undefined =
    search.passes === undefined ? undefined : { rate: search.passes, ratio: NaN };
  let fails: Point | undefined =
    search.fails === undefined ? undefined : { rate: search.fails, ratio: Infinity };
  let rate = search.start;
  let steps = 1;
  for (let run = 0; run < MOST_STEPS; run++) {
    const ratio = search.read(rate)[end];
    if (ratio <= 1) passes = { rate, ratio };
    else fails = { rate, ratio };
    if (passes !== undefined && fails !== undefined) {
      if (fails.rate <= passes.rate * (1 + tolerance)) break;
      rate = between(passes, fails);
    } else if (ratio <= 1) rate *= stepOf(1 / ratio, steps++, tolerance);
    else {
      rate /= stepOf(ratio, steps++, tolerance);
      if (rate < search.start * LOWEST_SHARE) break;
    }
  }
  return { passes: passes?.rate ?? 0, fails: fails?.rate ?? Infinity };
}

/** Factor of the next step when the limit is `distance` ≥ 1 away; the cap rises with every step in the same direction. */
function stepOf(distance: number, step: number, tolerance: number): number {
  return Math.min(WIDEST_STEP ** Math.min(step, 4), Math.max(distance, 1 + 2 * tolerance) ** step);
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
