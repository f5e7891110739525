import type { Catalog } from '../catalog/index.ts';
import { replicaPerformance } from '../perf/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { simulateClosedLoop } from '../sim/index.ts';
import { poolConfiguration, sequencesPerRank } from './configuration.ts';
import { harnessSettings } from './harness.ts';
import { latencyIntervals } from './intervals.ts';
import { meanOf, measuredRequests } from './measured-load.ts';
import type { Measurement, MeasurementPrediction } from './measurement.ts';

/** What a prediction needs beside the measurement itself. */
export interface PredictionContext {
  /** Where names of models and accelerators are looked up. */
  readonly catalog: Catalog;
  readonly coefficients: OperatorCoefficients;
}

/** Mean latencies of a simulated operating point in seconds, or why there are none. */
export type SimulatedPoint =
  | {
      readonly ok: true;
      /** Until the first token, without the wait of `receiveSteps`. */
      readonly ttft: number;
      readonly tpot: number;
      /** Mean decode steps a request waits until the scheduler looks at it (see `HarnessSettings`). */
      readonly receiveSteps: number;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Predicts mean TTFT and TPOT of a measured operating point with 80 % intervals. Refuses with a reason what it cannot
 * predict; never looks at the measured latencies, never throws on a readable measurement.
 */
export function predictMeasurement(m: Measurement, context: PredictionContext): MeasurementPrediction {
  const point = simulateMeasurement(m, context);
  if (!point.ok) return point;
  const ttftMs = (point.ttft + point.receiveSteps * point.tpot) * 1e3;
  const tpotMs = point.tpot * 1e3;
  return { ok: true, ttftMs, tpotMs, ...latencyIntervals(m, { ttftMs, tpotMs }) };
}

/** Simulates the closed loop of a measured operating point. */
export function simulateMeasurement(m: Measurement, context: PredictionContext): SimulatedPoint {
  if (m.mode === 'disagg') {
    return { ok: false, reason: 'unsupported-mode: disaggregated pools are not predicted' };
  }
  return simulateAggregated(m, context);
}

/** One attention data-parallel rank of one replica; the others are taken to be alike. */
function simulateAggregated(m: Measurement, context: PredictionContext): SimulatedPoint {
  const clients = sequencesPerRank(m.concurrency, m.pool);
  const settings = harnessSettings(m, clients);
  const configuration = poolConfiguration(m, m.pool, context.catalog, settings);
  if (typeof configuration === 'string') return { ok: false, reason: configuration };
  const { steps } = replicaPerformance(configuration, context.coefficients);
  const run = simulateClosedLoop({
    steps: { ...steps, dataParallel: 1 },
    limits: configuration.batch,
    prefixCache: false,
    limitsOfSlo: [],
    warmupShare: 0,
    requests: measuredRequests(m, clients),
    concurrency: clients,
  });
  const ttft = meanOf(run.perRequest.ttft);
  const tpot = meanOf(run.perRequest.tpot);
  return Number.isFinite(ttft) && Number.isFinite(tpot)
    ? { ok: true, ttft, tpot, receiveSteps: settings.receiveSteps }
    : { ok: false, reason: 'kv-too-small: no request fits the KV cache' };
}
