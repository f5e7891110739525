import { simulateMeasurement } from '../../src/accuracy/simulate-point.ts';
import type { PredictionContext } from '../../src/accuracy/simulate-point.ts';
import type { Measurement } from '../../src/accuracy/measurement.ts';
import shipped from '../../src/accuracy/coefficients/harness.json' with { type: 'json' };
import type { Provenance } from '../../src/model/index.ts';
import {
  admissionIndex,
  ENGINES,
  holds,
  KNOBS,
  overheadsAt,
  ownIndex,
  priorParameters,
  sharedIndex,
  WAIT_SCALE,
  waitIndex,
  WAITS,
  waitsAt,
} from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { robustRidge } from './robust-ridge.ts';
import type { Equation } from './robust-ridge.ts';

/** Simulated TTFT (without the wait) and TPOT in seconds, and which wait comes on top; undefined where refused. */
export interface Simulated {
  readonly ttft: number;
  readonly tpot: number;
  readonly wait: number;
  /** Steps of the wait. */
  readonly waitSteps: number;
}

/** Errors below which a difference of the simulation is noise of its own rounding. */
const SHIFT = 0.1;
/** How much TTFT counts beside TPOT: it is noisier and planned with wider margins. */
const TTFT_WEIGHT = 0.7;
/** A group of n rows counts as n^0.7 of one: its rows share the group's own error. */
const GROUP_EXPONENT = 0.3;
/** Largest change of a parameter in one round. */
const TRUST = 0.8;

export interface FitInputs {
  readonly measurements: readonly Measurement[];
  readonly context: PredictionContext;
  readonly provenance: Provenance;
}

/** The rows simulated with the overheads of `parameters`. */
export function simulateAll(
  inputs: FitInputs,
  parameters: Parameters,
  shift?: { readonly knob: number; readonly by: number },
): (Simulated | undefined)[] {
  // The client's share is part of the ingest that is fitted; the simulation adds the shipped one to it.
  const { clientSeconds } = shipped;
  const engines = overheadsAt(parameters, inputs.provenance, shift).map((overheads) => ({
    ...overheads,
    ingestBase: overheads.ingestBase - clientSeconds,
  }));
  const context = { ...inputs.context, coefficients: { ...inputs.context.coefficients, engines } };
  const waits = waitsAt(parameters);
  return inputs.measurements.map((m) => {
    const point = simulateMeasurement(m, context);
    if (!point.ok) return undefined;
    const { wait } = point.settings;
    return {
      ttft: point.ttft,
      tpot: point.tpot,
      wait: wait === undefined ? -1 : WAITS.indexOf(wait),
      waitSteps: point.admissionSteps + (wait === undefined ? 0 : waits[wait]),
    };
  });
}

/** Predicted latencies of a simulated row in milliseconds. */
export function latencies(row: Simulated): { readonly ttft: number; readonly tpot: number } {
  return { ttft: (row.ttft + row.waitSteps * row.tpot) * 1e3, tpot: row.tpot * 1e3 };
}

/** A point of linearisation: where it is, what it gives, and how every row changes with every knob. */
export interface Linearisation {
  readonly parameters: Parameters;
  readonly rows: readonly (Simulated | undefined)[];
  /** By knob: ∂ ln ttft and ∂ ln tpot by row. */
  readonly slopes: readonly (readonly (readonly [ttft: number, tpot: number])[])[];
}

export function linearise(inputs: FitInputs, parameters: Parameters): Linearisation {
  const rows = simulateAll(inputs, parameters);
  const slopes = KNOBS.map((_, knob) => {
    const shifted = simulateAll(inputs, parameters, { knob, by: SHIFT });
    return rows.map((row, i) => {
      const other = shifted[i];
      return row === undefined || other === undefined
        ? ([0, 0] as const)
        : ([Math.log(other.ttft / row.ttft) / SHIFT, Math.log(other.tpot / row.tpot) / SHIFT] as const);
    });
  });
  return { parameters, rows, slopes };
}

/** One round of the fit on the rows that `uses` accepts. */
export function refine(inputs: FitInputs, at: Linearisation, uses: (m: Measurement) => boolean): Parameters {
  const sizes = new Map<string, number>();
  for (const m of inputs.measurements) sizes.set(groupOf(m), (sizes.get(groupOf(m)) ?? 0) + 1);
  const raw = (m: Measurement): number => Math.pow(sizes.get(groupOf(m)) as number, -GROUP_EXPONENT);
  const mean = inputs.measurements.reduce((sum, m) => sum + raw(m), 0) / inputs.measurements.length;
  const equations: Equation[] = [];
  inputs.measurements.forEach((m, i) => {
    const row = at.rows[i];
    if (row === undefined || !uses(m)) return;
    const weight = raw(m) / mean;
    const predicted = latencies(row);
    const engine = ENGINES.indexOf(m.engine);
    const waited = (row.waitSteps * row.tpot * 1e3) / predicted.ttft;
    const columns: number[] = [];
    const ttft: number[] = [];
    const tpot: number[] = [];
    KNOBS.forEach((_, knob) => {
      const [bare, step] = (at.slopes[knob] as Linearisation['slopes'][number])[i] as readonly [
        number,
        number,
      ];
      const first = bare * (1 - waited) + step * waited;
      columns.push(sharedIndex(knob), ownIndex(engine, knob));
      ttft.push(first, first);
      tpot.push(step, step);
    });
    equations.push({
      columns,
      coefficients: tpot,
      residual: Math.log(m.tpotMs / predicted.tpot),
      weight,
    });
    const stepShare = (WAIT_SCALE * row.tpot * 1e3) / predicted.ttft;
    columns.push(admissionIndex(engine));
    ttft.push(stepShare);
    tpot.push(0);
    if (row.wait >= 0) {
      columns.push(waitIndex(row.wait));
      ttft.push(stepShare);
      tpot.push(0);
    }
    equations.push({
      columns,
      coefficients: ttft,
      residual: Math.log(m.ttftMs / predicted.ttft),
      weight: weight * TTFT_WEIGHT,
    });
  });
  const change = robustRidge(
    equations,
    { start: at.parameters, prior: priorParameters(), hold: holds() },
    TRUST,
  );
  return at.parameters.map((value, i) => value + (change[i] as number));
}

/** Rows that must be held out together: they share a model, a machine, an engine and a format. */
export function groupOf(m: Measurement): string {
  return [m.model, m.system, m.engine, m.precision].join('|');
}
