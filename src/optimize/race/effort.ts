/** Requests per run in the rounds of a race, and how much of the field goes on. */
export interface RaceEffort {
  /** First rounds: every shape, every pair of limits. */
  readonly short: { readonly count: number; readonly tolerance: number };
  /** Round of the last few of every lane. */
  readonly middle: { readonly count: number };
  /** Final runs: those of the bench's longest sample. */
  readonly tolerance: number;
  /** Shapes of a lane whose limits are tried. */
  readonly keptShapes: number;
  /** Contenders of a lane after the first round over limits, and after the middle one. */
  readonly keptShort: number;
  readonly keptMiddle: number;
  /** Finalists per pool. */
  readonly finalists: number;
}

/** `search` looks at more sizes than `plan`, which needs few to place; `quick` is for tests and drafts. */
export const EFFORTS: Readonly<Record<'quick' | 'normal' | 'search', RaceEffort>> = {
  quick: {
    short: { count: 1000, tolerance: 0.12 },
    middle: { count: 2000 },
    tolerance: 0.02,
    keptShapes: 3,
    keptShort: 4,
    keptMiddle: 1,
    finalists: 2,
  },
  normal: {
    short: { count: 1500, tolerance: 0.08 },
    middle: { count: 4000 },
    tolerance: 0.01,
    keptShapes: 5,
    keptShort: 6,
    keptMiddle: 2,
    finalists: 3,
  },
  search: {
    short: { count: 1500, tolerance: 0.08 },
    middle: { count: 4000 },
    tolerance: 0.004,
    keptShapes: 6,
    keptShort: 8,
    keptMiddle: 3,
    finalists: 6,
  },
};

/**
 * How far below the load to beat a contender may fall in a round and still go on: short runs measure a p99 to some
 * ten percent (sampling error of 15 requests in the tail), 4,000 requests to some five; *assumed*, checked by `bench:search`.
 */
export const SHORT_ALLOWANCE = 0.12;
export const MIDDLE_ALLOWANCE = 0.04;
/** Loads found by short runs are taken to be too high by at most this share when a bound is held against them. */
export const SHORT_DOUBT = 0.1;
/** What other batch limits may gain at most over the best of the three of the screening; *assumed*, checked by `bench:search`. */
export const MOST_TUNING_GAIN = 1.35;
/** The same for shapes that are compared with each other before their limits are tried. */
export const SCREENED_GAIN = 1.2;
/** Finalists cost at most this many times the cheapest of their pool, per load. */
export const FINALIST_RANGE = 1.5;
/**
 * A pool whose best costs more than this many times the best of all pools, per load at list price, is there for
 * want of other capacity only: no spot discount makes up for it (*assumed*; the deepest of the catalogue is some 75 %).
 * One shape of it is measured, with the batch limits of its screening.
 */
export const FAR_POOL = 4;
/** Gain in load from which a later contender replaces the one held. */
export const WORTHWHILE_GAIN = 1.003;
