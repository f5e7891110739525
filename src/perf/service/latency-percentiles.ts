import type { Percentile } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import type { Seconds } from '../../units/index.ts';
import { SHARES } from './measured-replica.ts';
import { TimeGrid } from './time-grid.ts';
import type { Masses } from './time-grid.ts';

/** Points of the grid on which percentiles are read: their error is about a thousandth of the longest time. */
const GRID_LENGTH = 1024;
/** Doublings of the grid after which a percentile is given up. */
const MOST_DOUBLINGS = 40;

/** Seconds within which a share (0..1) of the requests is answered; undefined for the last few, which are beyond what was looked at. */
export type TimesByShare = (share: number) => Seconds | undefined;

/**
 * The inverse of a distribution, on a grid that is widened until it holds the 99th percentile; undefined where none does.
 * `typical` is a time of its order of magnitude, such as its mean; 0 means that all times are 0.
 */
export function timesByShare(
  massesOn: (grid: TimeGrid) => Masses,
  typical: number,
): TimesByShare | undefined {
  if (typical <= 0) return () => seconds(0);
  for (let doubling = 0; doubling < MOST_DOUBLINGS; doubling++) {
    const grid = new TimeGrid(typical * 6 * 2 ** doubling, GRID_LENGTH);
    const masses = massesOn(grid);
    if (grid.quantile(masses, 0.99) === undefined) continue;
    return (share) => {
      const time = grid.quantile(masses, share);
      return time === undefined ? undefined : seconds(time);
    };
  }
  return undefined;
}

/** The percentiles of a distribution in seconds: see `timesByShare`. */
export function latencyPercentiles(
  massesOn: (grid: TimeGrid) => Masses,
  typical: number,
): Readonly<Partial<Record<Percentile, Seconds>>> {
  const times = timesByShare(massesOn, typical);
  return times === undefined ? {} : Object.fromEntries(SHARES.map(([name, share]) => [name, times(share)!]));
}
