import { harnessWaits } from './harness.ts';
import { latencyIntervals } from './intervals.ts';
import type { Measurement, MeasurementPrediction } from './measurement.ts';
import { simulateMeasurement } from './simulate-point.ts';
import type { PredictionContext } from './simulate-point.ts';

export type { PredictionContext } from './simulate-point.ts';

/**
 * Least share of the requests in flight that the KV cache must hold. Below it most requests wait in front of the engine, and
 * TTFT is how long the client keeps the queue full, no property of the deployment (chosen, not fitted).
 */
const LEAST_HELD = 0.5;

/**
 * Predicts mean TTFT and TPOT of a measured operating point with 80 % intervals. Refuses with a reason what it cannot
 * predict; never looks at the measured latencies, never throws on a readable measurement.
 */
export function predictMeasurement(m: Measurement, context: PredictionContext): MeasurementPrediction {
  const point = simulateMeasurement(m, context);
  if (!point.ok) return point;
  if (point.heldShare < LEAST_HELD) {
    const held = Math.floor(point.heldShare * 100);
    return { ok: false, reason: `kv-oversubscribed: the KV cache holds ${held} % of the requests in flight` };
  }
  const wait = point.settings.wait === undefined ? 0 : harnessWaits()[point.settings.wait] * point.tpot;
  const ttftMs = (point.ttft + wait) * 1e3;
  const tpotMs = point.tpot * 1e3;
  return { ok: true, ttftMs, tpotMs, ...latencyIntervals(m, { ttftMs, tpotMs }) };
}
