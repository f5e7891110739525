import { bracketOf, findRate } from '../capacity/find-rate.ts';
import type { ReadingEnd } from '../capacity/replica-probe.ts';
import type { FleetCapacity, FleetFound, FleetReading } from './fleet-tasks.ts';

/** Relative width at which the search for a capacity stops, and for the ends of its interval. */
const CAPACITY_TOLERANCE = 0.01;
const ENDS_TOLERANCE = 0.02;
/** The search for the load planned for begins so far below the one whose percentiles pass. */
const FIRST_LOW = 0.97;

/** Reads a load, each once; loads of closed loops are whole clients. */
export class LoadReader {
  readonly #known = new Map<number, FleetReading>();
  readonly #read: (load: number) => FleetReading;
  readonly #isWhole: boolean;

  constructor(read: (load: number) => FleetReading, isWhole: boolean) {
    this.#read = read;
    this.#isWhole = isWhole;
  }

  /** By rising load. */
  get readings(): readonly FleetReading[] {
    return [...this.#known.values()].sort((a, b) => a.rate - b.rate);
  }

  read(load: number): FleetReading {
    const asked = this.#isWhole ? Math.max(1, Math.round(load)) : load;
    const known = this.#known.get(asked) ?? this.#read(asked);
    this.#known.set(asked, known);
    return known;
  }
}

/** The largest load that passes by its percentiles, to `tolerance`. */
export function findLoad(reader: LoadReader, start: number, tolerance: number): FleetFound {
  const { passes } = findRate({ start, tolerance, end: 'value', read: (load) => reader.read(load) });
  const reading = passes > 0 ? reader.read(passes) : (reader.readings[0] ?? reader.read(start));
  return { load: passes > 0 ? reading.rate : 0, reading };
}

/**
 * The capacity with its interval, as of one replica: `value` is the largest load whose percentiles meet the limits, `low` and
 * `high` the largest at which the upper and the lower ends of their confidence intervals do.
 */
export function loadCapacity(reader: LoadReader, start: number): FleetCapacity | undefined {
  const read = (load: number): FleetReading => reader.read(load);
  const value = findRate({ read, tolerance: CAPACITY_TOLERANCE, start, end: 'value' });
  if (value.passes === 0) return undefined;
  const low = endOf(reader, 'high', value.passes * FIRST_LOW);
  if (low === 0) return undefined;
  const high = endOf(reader, 'low', value.fails);
  const reading = reader.read(value.passes);
  const above = reader.readings.find((item) => item.rate > reading.rate && item.value > 1);
  return {
    rate: {
      value: reading.rate,
      low: Math.min(low, reading.rate),
      high: Math.max(high, reading.rate),
    },
    limitedBy: above?.limit ?? reading.limit,
    evidence: reading.evidence,
    uses: reading.uses,
  };
}

/** The largest load at which an end of the intervals passes, from what was read so far on; 0 where none does. */
function endOf(reader: LoadReader, end: ReadingEnd, start: number): number {
  const { passes, fails } = bracketOf(reader.readings, end);
  const isBracketed = passes > 0 && fails < Infinity;
  if (isBracketed && fails <= passes * (1 + ENDS_TOLERANCE)) return passes;
  const found = findRate({
    read: (load) => reader.read(load),
    tolerance: ENDS_TOLERANCE,
    start: isBracketed ? Math.sqrt(passes * fails) : start,
    end,
    ...(passes > 0 ? { passes } : {}),
    ...(fails < Infinity ? { fails } : {}),
  });
  return found.passes === 0 ? 0 : reader.read(found.passes).rate;
}
