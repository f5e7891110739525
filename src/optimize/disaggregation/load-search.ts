import { findCapacity } from '../capacity/find-capacity.ts';
import { findRate } from '../capacity/find-rate.ts';
import type { FleetCapacity, FleetFound, FleetReading } from './fleet-tasks.ts';

/** Relative widths at which the searches for a capacity and for the ends of its interval stop. */
const TOLERANCE = { value: 0.01, ends: 0.02 } as const;

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

/** The capacity with its interval, as of one replica. */
export function loadCapacity(reader: LoadReader, start: number): FleetCapacity | undefined {
  const found = findCapacity(reader, { start }, TOLERANCE);
  if (found === undefined) return undefined;
  const { rate, limitedBy, reading } = found;
  return { rate, limitedBy, evidence: reading.evidence, uses: reading.uses };
}
