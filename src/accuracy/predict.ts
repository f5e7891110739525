import { findAccelerator, findModel } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Accelerator } from '../model/index.ts';
import { checkConfiguration, replicaPerformance } from '../perf/index.ts';
import type { OperatorCoefficients, ReplicaConfiguration } from '../perf/index.ts';
import type { BytesPerSecond } from '../units/index.ts';
import { measuredPrecision } from './measured-precision.ts';
import type { Measurement, MeasurementPrediction } from './measurement.ts';
import { runClosedLoop } from './predict-closed-loop.ts';

/** What a prediction needs beside the measurement itself. */
export interface PredictionContext {
  /** Where names of models and accelerators are looked up. */
  readonly catalog: Catalog;
  readonly coefficients: OperatorCoefficients;
}

/** Token budget where the benchmark does not say it: the default of the three engines on large cards. */
const MAX_BATCHED_TOKENS = 8192;
/** Requests a closed loop runs per slot; InferenceX sends ten times the concurrency. */
const ROUNDS = 10;
/** Least concurrent sequences an engine is started with (assumed). */
const LEAST_SEQUENCES = 64;
/** Tokens kept free beside prompt and output: chat template and special tokens (assumed). */
const LENGTH_MARGIN = 200;
/** Accelerators joined by one NVLink domain where it is not the usual eight of a server. */
const DOMAIN_SIZES: Readonly<Record<string, number>> = { gb200: 72, gb300: 72 };
const SERVER_SIZE = 8;
/** Network per accelerator between domains: 400 Gbit/s, the usual rail of an H100 server. */
const NETWORK_BANDWIDTH = 50e9 as BytesPerSecond;

/**
 * Predicts mean TTFT and TPOT of a measured operating point: a closed loop at its concurrency on one attention
 * data-parallel rank. Refuses with a reason what it cannot predict; never throws on a readable measurement.
 */
export function predictMeasurement(m: Measurement, context: PredictionContext): MeasurementPrediction {
  const configuration = configurationOf(m, context);
  if (typeof configuration === 'string') return { ok: false, reason: configuration };
  const check = checkConfiguration(configuration);
  if (!check.ok) return { ok: false, reason: `${check.reason}: ${check.detail}` };
  const { steps } = replicaPerformance(configuration, context.coefficients);
  const result = runClosedLoop(steps, {
    concurrency: sequencesPerRank(m),
    isl: m.isl,
    osl: m.osl,
    spread: m.lengthSpread,
    rounds: ROUNDS,
    maxBatchedTokens: MAX_BATCHED_TOKENS,
  });
  const ttftMs = result.ttft * 1e3;
  const tpotMs = result.tpot * 1e3;
  const half = context.coefficients.errorBands.fitted;
  return {
    ok: true,
    ttftMs,
    tpotMs,
    ttftInterval: { low: ttftMs * (1 - half), high: ttftMs * (1 + half) },
    tpotInterval: { low: tpotMs * (1 - half), high: tpotMs * (1 + half) },
  };
}

function sequencesPerRank(m: Measurement): number {
  return Math.max(1, Math.ceil(m.concurrency / (m.pool.workers * m.pool.parallelism.dataParallel)));
}

/** The replica that a measurement ran, or why it cannot be described. */
function configurationOf(m: Measurement, context: PredictionContext): ReplicaConfiguration | string {
  if (m.mode === 'disagg') return 'unsupported-mode: disaggregated pools are not predicted';
  const model = findModel(context.catalog, m.model);
  if (!model.ok) return `unknown-model: ${model.diagnostics[0]?.summary ?? m.model}`;
  const accelerator = findAccelerator(context.catalog, m.system);
  if (!accelerator.ok) return `unknown-system: ${accelerator.diagnostics[0]?.summary ?? m.system}`;
  const weightPrecision = measuredPrecision(m, model.value);
  return {
    architecture: model.value,
    accelerator: accelerator.value,
    ...domainOf(accelerator.value),
    engine: m.engine,
    parallelism: m.pool.parallelism,
    weightPrecision,
    kvPrecision: weightPrecision === 'bf16' || weightPrecision === 'int4' ? 'bf16' : 'fp8',
    batch: {
      maxBatchedTokens: MAX_BATCHED_TOKENS,
      maxSequences: Math.max(LEAST_SEQUENCES, sequencesPerRank(m)),
    },
    maxModelLength: m.isl + m.osl + LENGTH_MARGIN,
  };
}

function domainOf(
  accelerator: Accelerator,
): Pick<ReplicaConfiguration, 'acceleratorsPerNode' | 'interNodeBandwidth'> {
  return {
    acceleratorsPerNode: DOMAIN_SIZES[accelerator.name] ?? SERVER_SIZE,
    interNodeBandwidth: NETWORK_BANDWIDTH,
  };
}
