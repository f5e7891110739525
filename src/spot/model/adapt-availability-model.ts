import type { AvailabilityTrace } from '../availability-trace.ts';
import { AvailabilityBelief } from './availability-belief.ts';
import type { AvailabilityModel } from './availability-model.ts';
import { Expectation } from './expectation.ts';
import { observations } from './fit-availability-model.ts';

/** Steps of other offerings that weigh as much as one's own: a week of ten minutes each (assumed). */
const PRIOR_STEPS = 1000;
/** Iterations; more hardly moved the model (tried 2026-11 on the SkyPilot traces). */
const ITERATIONS = 8;

/**
 * A model for one offering: the given one, moved by what was seen of the offering before `untilSeconds` since the start of its trace; later parts of the trace are
 * not looked at. The given model counts as a week of observations (assumed). `occupancy` is what is believed of the moment `untilSeconds`. The given model where
 * less than two steps were seen.
 * Complexity: 8 × steps × phases².
 */
export function adaptAvailabilityModel(
  model: AvailabilityModel,
  trace: AvailabilityTrace,
  untilSeconds: number,
): AvailabilityModel {
  const { stepSeconds, phases, upPhases } = model;
  const seen = observations(trace, stepSeconds).subarray(
    0,
    Math.max(0, Math.floor(untilSeconds / stepSeconds)),
  );
  if (seen.length < 2) return model;
  const prior = model.transition.map(
    (probability, index) => PRIOR_STEPS * (model.occupancy[Math.floor(index / phases)] ?? 0) * probability,
  );
  const fit = new Expectation(upPhases, Float64Array.from(model.transition));
  fit.occupancy.set(model.occupancy);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) fit.improve([seen], prior);
  const adapted = { ...model, transition: fit.transition, occupancy: fit.occupancy };
  const belief = new AvailabilityBelief(adapted);
  for (const up of seen) belief.see(up === 1, stepSeconds);
  const occupancy = new Float64Array(phases);
  belief.phases.forEach((share, from) => {
    for (let to = 0; to < phases; to++) {
      occupancy[to] = (occupancy[to] ?? 0) + share * (adapted.transition[from * phases + to] ?? 0);
    }
  });
  return { ...adapted, occupancy };
}
