import { randomStream } from '../../random/index.ts';
import type { RandomStream } from '../../random/index.ts';
import type { AvailabilityTrace } from '../availability-trace.ts';
import type { AvailabilityModel } from './availability-model.ts';
import { Expectation } from './expectation.ts';

/** Step of fitted models: the interval at which the SkyPilot traces were probed (NSDI '24, section 6.1). */
const STEP_SECONDS = 600;
/** Likelihood hardly grows beyond four phases of each kind, nor after 60 iterations (tried 2026-11 on the SkyPilot traces). */
const PHASES_EACH = 4;
const ITERATIONS = 60;
const STARTS = 2;
/** Transitions taken as seen once among all phases of a row, so that nothing is held impossible (assumed). */
const PRIOR_TRANSITIONS = 0.5;

/** How a model is fitted. */
export interface FitAvailabilityOptions {
  /** Seed of the starting points; stream `availability-model`. */
  readonly seed: number;
  /** Phases with capacity, and as many without; default 4. */
  readonly phasesEach?: number;
  /** Default 600. */
  readonly stepSeconds?: number;
}

/**
 * Fits a model to traces (at least one, of two steps or more) by expectation maximisation (Baum, Petrie, Soules and Weiss, 1970): all phases
 * of a kind show the same, capacity or none. The best of two random starts after 60 iterations.
 * Complexity: iterations × steps of the traces × phases².
 */
export function fitAvailabilityModel(
  traces: readonly AvailabilityTrace[],
  options: FitAvailabilityOptions,
): AvailabilityModel {
  const { seed, phasesEach = PHASES_EACH, stepSeconds = STEP_SECONDS } = options;
  const stream = randomStream(seed, 'availability-model');
  const sequences = traces.map((trace) => observations(trace, stepSeconds));
  const prior = new Float64Array(4 * phasesEach ** 2).fill(PRIOR_TRANSITIONS / (2 * phasesEach));
  let best: Expectation | undefined;
  for (let start = 0; start < STARTS; start++) {
    const fitted = new Expectation(phasesEach, startingPoint(phasesEach, stream));
    for (let iteration = 0; iteration < ITERATIONS; iteration++) fitted.improve(sequences, prior);
    if (best === undefined || fitted.logLikelihood > best.logLikelihood) best = fitted;
  }
  if (best === undefined) throw new Error('no start');
  return {
    ...{ stepSeconds, upPhases: phasesEach, phases: 2 * phasesEach },
    ...{ transition: best.transition, occupancy: best.occupancy },
    fittedTo: traces.map(({ id }) => id).sort(),
    provenance: {
      evidence: 'measured',
      source: [...new Set(traces.map((t) => t.provenance.source))].sort().join(', '),
    },
  };
}

/** 1 for each step at whose beginning all nodes that the trace asked for could be had, else 0. */
export function observations(trace: AvailabilityTrace, stepSeconds: number): Uint8Array {
  const steps = Math.floor((trace.ticks * trace.tickSeconds) / stepSeconds);
  const up = new Uint8Array(steps);
  let run = 0;
  for (let step = 0; step < steps; step++) {
    const tick = Math.floor((step * stepSeconds) / trace.tickSeconds);
    while ((trace.runStart[run + 1] ?? Infinity) <= tick) run++;
    up[step] = (trace.runNodes[run] ?? 0) >= trace.mostNodes ? 1 : 0;
  }
  return up;
}

/** Phases that stay from about two steps to about a hundred (assumed), with random ways between them. */
function startingPoint(phasesEach: number, stream: RandomStream): Float64Array {
  const phases = 2 * phasesEach;
  const transition = new Float64Array(phases * phases);
  for (let from = 0; from < phases; from++) {
    const rank = phasesEach === 1 ? 0.5 : (from % phasesEach) / (phasesEach - 1);
    const leave = 0.5 * 0.02 ** rank * (0.7 + 0.6 * stream.uniform());
    const row = transition.subarray(from * phases, (from + 1) * phases);
    let sum = 0;
    for (let to = 0; to < phases; to++) {
      if (to === from) continue;
      const changesKind = from < phasesEach !== to < phasesEach;
      row[to] = 0.2 + stream.uniform() * (changesKind ? 1 : 0.3);
      sum += row[to] ?? 0;
    }
    for (let to = 0; to < phases; to++) row[to] = ((row[to] ?? 0) / sum) * leave;
    row[from] = 1 - leave;
  }
  return transition;
}
