import type { Estimate } from '../../model/index.ts';
import { bracketOf, findRate } from './find-rate.ts';
import type { RateBracket } from './find-rate.ts';
import type { LoadReading, ReadingEnd } from './replica-probe.ts';

/** Readings of one replica or fleet, each load simulated once. */
export interface LoadReadings<Reading extends LoadReading> {
  /** Taken so far, by rising load. */
  readonly readings: readonly Reading[];
  read(load: number): Reading;
}

/** How closely a capacity and the ends of its interval are searched, relative widths. */
export interface CapacityTolerance {
  readonly value: number;
  readonly ends: number;
}

/** A capacity and the reading at its value. */
export interface FoundCapacity<Reading extends LoadReading> {
  readonly rate: Estimate;
  /** Limit that breaks first above it. */
  readonly limitedBy: string;
  readonly reading: Reading;
}

/** The search for the load planned for begins so far below the one whose percentiles pass. */
const FIRST_LOW = 0.97;

/**
 * The capacity with its interval, from `start` on, a load above which may be known to fail: `value` is the largest load whose percentiles meet the limits, `low` the
 * largest at which the upper ends of their confidence intervals do (the load that plans count on), `high` the largest at which
 * the lower ends do. Undefined when no load passes by the upper ends.
 */
export function findCapacity<Reading extends LoadReading>(
  loads: LoadReadings<Reading>,
  known: { readonly start: number; readonly fails?: number },
  tolerance: CapacityTolerance,
): FoundCapacity<Reading> | undefined {
  const value = largestPassing(loads, known, tolerance.value);
  if (value.passes === 0) return undefined;
  const low = endOf(loads, { end: 'high', start: value.passes * FIRST_LOW, tolerance: tolerance.ends });
  if (low === 0) return undefined;
  const high = endOf(loads, { end: 'low', start: value.fails, tolerance: tolerance.ends });
  const reading = loads.read(value.passes);
  const above = loads.readings.find((item) => item.rate > reading.rate && item.value > 1);
  return {
    rate: {
      value: reading.rate,
      low: Math.min(low, reading.rate),
      high: Math.max(high, reading.rate),
    },
    limitedBy: above?.limit ?? reading.limit,
    reading,
  };
}

/** The bracket of the capacity: the one that is known where it is narrow enough and its lower end passes, else a search. */
function largestPassing<Reading extends LoadReading>(
  loads: LoadReadings<Reading>,
  { start, fails }: { readonly start: number; readonly fails?: number },
  tolerance: number,
): RateBracket {
  const isKnown = fails !== undefined && fails <= start * (1 + tolerance);
  if (isKnown && loads.read(start).value <= 1) return { passes: start, fails };
  return findRate({ read: (load) => loads.read(load), tolerance, start, end: 'value' });
}

/** The largest load at which an end of the intervals passes, from what was read so far on; 0 where none does. */
function endOf<Reading extends LoadReading>(
  loads: LoadReadings<Reading>,
  { end, start, tolerance }: { readonly end: ReadingEnd; readonly start: number; readonly tolerance: number },
): number {
  const { passes, fails } = bracketOf(loads.readings, end);
  const isBracketed = passes > 0 && fails < Infinity;
  if (isBracketed && fails <= passes * (1 + tolerance)) return passes;
  const found = findRate({
    read: (load) => loads.read(load),
    tolerance,
    start: isBracketed ? Math.sqrt(passes * fails) : start,
    end,
    ...(passes > 0 ? { passes } : {}),
    ...(fails < Infinity ? { fails } : {}),
  });
  return found.passes === 0 ? 0 : loads.read(found.passes).rate;
}
