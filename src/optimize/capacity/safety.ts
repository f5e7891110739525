import type { EngineName, Evidence, LatencyLimit, LatencyMetric } from '../../model/index.ts';

/** By how much each latency may exceed its prediction, ≥ 1. */
export type LatencyFactors = Readonly<Record<LatencyMetric, number>>;

/** Factors at one confidence, by engine and by how well the accelerator is known. */
export interface LatencySafety {
  /** Probability that no limit is broken given the error of the model, 0..1. */
  readonly level: number;
  /** Keyed `<engine>/<evidence>`; engines that are absent use `*`. */
  readonly factors: Readonly<Record<string, LatencyFactors>>;
}

const TRUSTED: LatencyFactors = { ttft: 1, tpot: 1, e2e: 1 };

/** The factors that apply to an engine on hardware known by `evidence`; all one without safety. */
export function factorsFor(
  safety: LatencySafety | undefined,
  engine: EngineName,
  evidence: Evidence,
): LatencyFactors {
  return safety?.factors[`${engine}/${evidence}`] ?? safety?.factors[`*/${evidence}`] ?? TRUSTED;
}

/** Limits that predictions must keep so that measured latencies keep the declared ones. */
export function tightened(limits: readonly LatencyLimit[], factors: LatencyFactors): readonly LatencyLimit[] {
  return limits.map((item) => ({ ...item, limit: (item.limit / factors[item.metric]) as typeof item.limit }));
}
