import { harnessWaits } from './harness.ts';
import { errorQuantiles, latencyIntervals } from './intervals.ts';
import type { Measurement, MeasurementPrediction } from './measurement.ts';
import { simulateMeasurement } from './simulate-point.ts';
import type { PredictionContext, SimulatedPoint } from './simulate-point.ts';

export type { PredictionContext } from './simulate-point.ts';

/**
 * Predicts mean TTFT and TPOT of a measured operating point with 80 % intervals. Refuses with a reason what it cannot
 * predict; never looks at the measured latencies, never throws on a readable measurement.
 */
export function predictMeasurement(m: Measurement, context: PredictionContext): MeasurementPrediction {
  const point = simulateMeasurement(m, context);
  if (!point.ok) return point;
  const ttftMs = (point.ttft + waitingSteps(point) * point.tpot) * 1e3;
  const tpotMs = point.tpot * 1e3;
  const quantiles = errorQuantiles(m.engine, point.evidence, context.coefficients.errorBands);
  return { ok: true, ttftMs, tpotMs, ...latencyIntervals(quantiles, { ttftMs, tpotMs }) };
}

/** Decode steps a request waits for admission: the engine's own, and what its settings add. */
function waitingSteps({ admissionSteps, settings: { wait } }: Extract<SimulatedPoint, { ok: true }>): number {
  return admissionSteps + (wait === undefined ? 0 : harnessWaits()[wait]);
}
