import type { Catalog } from '../catalog/index.ts';
import type { Evidence } from '../model/index.ts';
import { cachedBytesPerToken, overheadsOf, replicaPerformance } from '../perf/index.ts';
import type { EngineOverheads, OperatorCoefficients, ReplicaConfiguration } from '../perf/index.ts';
import { simulateClosedLoop, simulateFleetClosedLoop } from '../sim/index.ts';
import type { ReplicaPool, StepTimeModel } from '../sim/index.ts';
import { seconds } from '../units/index.ts';
import { poolConfiguration, sequencesPerRank } from './configuration.ts';
import { harnessSettings } from './harness.ts';
import type { HarnessSettings } from './harness.ts';
import { meanOf, measuredRequests } from './measured-load.ts';
import type { MeasuredPool, Measurement } from './measurement.ts';

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
      /** Until the first token, without the wait for admission. */
      readonly ttft: number;
      readonly tpot: number;
      readonly settings: HarnessSettings;
      /** Decode steps that the engine itself takes to admit a request (`EngineOverheads`). */
      readonly admissionSteps: number;
      /** Whether the accelerator was measured. */
      readonly evidence: Evidence;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Least share of the requests in flight that the KV cache must hold. Below it most requests wait in front of the engine, and
 * TTFT is how long the client keeps the queue full, no property of the deployment (chosen, not fitted).
 */
const LEAST_HELD = 0.5;

/**
 * Simulates the closed loop of a measured operating point, scheduled asynchronously as the three engines do by default
 * (vLLM from 0.14 on, SGLang's overlap scheduler, TensorRT-LLM's overlap scheduler):  every client sends its next
 * request when it is answered.
 */
export function simulateMeasurement(m: Measurement, context: PredictionContext): SimulatedPoint {
  return m.prefill === undefined
    ? simulateAggregated(m, context)
    : simulateDisaggregated(m, m.prefill, context);
}

/** One attention data-parallel rank of one replica; the others are taken to be alike. */
function simulateAggregated(m: Measurement, context: PredictionContext): SimulatedPoint {
  const clients = sequencesPerRank(m.concurrency, m.pool);
  const settings = harnessSettings(m, clients);
  const rank = rankOf(m, m.pool, settings, context);
  if (typeof rank === 'string') return { ok: false, reason: rank };
  const held = oversubscription(m, rank.steps, clients);
  if (held !== undefined) return held;
  const run = simulateClosedLoop({
    steps: rank.steps,
    limits: rank.configuration.batch,
    prefixCache: false,
    asyncScheduling: true,
    limitsOfSlo: [],
    warmupShare: 0,
    requests: measuredRequests(m, clients),
    concurrency: clients,
  });
  return point(run.perRequest, rank, settings);
}

/**
 * Prefill and decode pools. Ranks of a pool are alike, so the deployment is cut into as many equal parts as divide both
 * pools and one part is simulated: the largest that keeps whole ranks and at least one client.
 */
function simulateDisaggregated(
  m: Measurement,
  prefillPool: MeasuredPool,
  context: PredictionContext,
): SimulatedPoint {
  const clients = sequencesPerRank(m.concurrency, m.pool);
  const settings = harnessSettings(m, clients);
  const prefill = rankOf(m, prefillPool, settings, context);
  const decode = rankOf(m, m.pool, settings, context);
  if (typeof prefill === 'string') return { ok: false, reason: prefill };
  if (typeof decode === 'string') return { ok: false, reason: decode };
  const held = oversubscription(m, decode.steps, clients);
  if (held !== undefined) return held;
  const prefillRanks = prefillPool.workers * prefillPool.parallelism.dataParallel;
  const decodeRanks = m.pool.workers * m.pool.parallelism.dataParallel;
  const parts = Math.min(greatestCommonDivisor(prefillRanks, decodeRanks), m.concurrency);
  const concurrency = Math.max(1, Math.round(m.concurrency / parts));
  const run = simulateFleetClosedLoop({
    pools: [
      poolOf('prefill', prefill, Math.max(1, Math.round(prefillRanks / parts))),
      poolOf('decode', decode, Math.max(1, Math.round(decodeRanks / parts))),
    ],
    transfer: {
      bytesPerToken: cachedBytesPerToken(prefill.configuration),
      sendBandwidth: prefill.configuration.interNodeBandwidth,
      receiveBandwidth: decode.configuration.interNodeBandwidth,
      latency: seconds(decode.overheads.handover),
    },
    limitsOfSlo: [],
    warmupShare: 0,
    requests: measuredRequests(m, concurrency),
    concurrency,
  });
  return point(run.perRequest, decode, settings);
}

/** One attention data-parallel rank of a pool. */
interface Rank {
  readonly configuration: ReplicaConfiguration;
  readonly steps: StepTimeModel;
  readonly evidence: Evidence;
  readonly overheads: EngineOverheads;
}

function rankOf(
  m: Measurement,
  pool: MeasuredPool,
  settings: HarnessSettings,
  context: PredictionContext,
): Rank | string {
  const configuration = poolConfiguration(m, pool, context.catalog, settings);
  if (typeof configuration === 'string') return configuration;
  const { steps, evidence } = replicaPerformance(configuration, context.coefficients);
  const overheads = overheadsOf(configuration, context.coefficients);
  // The wait for admission is added in steps of this very load, not in typical ones.
  const ingest = { ...steps.ingest, base: seconds(overheads.ingestBase + settings.clientSeconds) };
  return { configuration, evidence, overheads, steps: { ...steps, ingest, dataParallel: 1 } };
}

function poolOf(role: 'prefill' | 'decode', rank: Rank, replicas: number): ReplicaPool {
  return {
    name: role,
    role,
    replicas: new Array<StepTimeModel>(replicas).fill(rank.steps),
    limits: rank.configuration.batch,
    prefixCache: false,
    asyncScheduling: true,
  };
}

/** Why a load is not simulated whose requests do not fit the KV cache for the greater part. */
function oversubscription(m: Measurement, steps: StepTimeModel, clients: number): SimulatedPoint | undefined {
  const middle = (m.lengthSpread[0] + m.lengthSpread[1]) / 2;
  const tokens = steps.kvBlocks * steps.blockTokens;
  const held = tokens / ((m.isl + m.osl / 2) * middle) / clients;
  if (held >= LEAST_HELD) return undefined;
  const share = Math.floor(held * 100);
  return { ok: false, reason: `kv-oversubscribed: the KV cache holds ${share} % of the requests in flight` };
}

function point(
  perRequest: { readonly ttft: Float64Array; readonly tpot: Float64Array },
  { evidence, overheads: { admissionSteps } }: Rank,
  settings: HarnessSettings,
): SimulatedPoint {
  const ttft = meanOf(perRequest.ttft);
  const tpot = meanOf(perRequest.tpot);
  return Number.isFinite(ttft) && Number.isFinite(tpot)
    ? { ok: true, ttft, tpot, settings, admissionSteps, evidence }
    : { ok: false, reason: 'kv-too-small: no request fits the KV cache' };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
