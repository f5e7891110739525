import type { Provenance } from '../../model/index.ts';
import shipped from './shipped-model.json' with { type: 'json' };

/**
 * How spot capacity of one offering comes and goes: a Markov chain over hidden phases, some with and some without capacity, so that runs
 * can be short or long and those of one kind can follow each other. One step is `stepSeconds`.
 */
export interface AvailabilityModel {
  /** Seconds, > 0. */
  readonly stepSeconds: number;
  /** Phases 0 to upPhases − 1 have capacity, the others do not. */
  readonly upPhases: number;
  readonly phases: number;
  /** Probability of phase j one step after phase i at `i * phases + j`; each row sums to 1. */
  readonly transition: Float64Array;
  /** Share of time in each phase: what is believed before the first observation. */
  readonly occupancy: Float64Array;
  /** Ids of the traces it was fitted to, sorted. */
  readonly fittedTo: readonly string[];
  readonly provenance: Provenance;
}

/** The model that comes with the program, written by `scripts/fit-availability.ts`. */
export function shippedAvailabilityModel(): AvailabilityModel {
  const { transition, occupancy, provenance, ...rest } = shipped;
  return {
    ...rest,
    transition: Float64Array.from(transition),
    occupancy: Float64Array.from(occupancy),
    provenance: provenance as Provenance,
  };
}
