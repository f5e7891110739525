import type { LatencyMetric } from './slo.ts';

/** By how much each latency may exceed its prediction, ≥ 1. */
export type LatencyFactors = Readonly<Record<LatencyMetric, number>>;

/** Factors at one confidence, by engine and by how well the accelerator is known. */
export interface LatencySafety {
  /** Probability that no limit is broken given the error of the model, 0..1. */
  readonly level: number;
  /** Keyed `<engine>/<evidence>`; engines that are absent use `*`. */
  readonly factors: Readonly<Record<string, LatencyFactors>>;
}
