import type { Joules, MicroUsd, Seconds } from '../units/index.ts';

/**
 * What a plan makes best, always within its SLO.
 * - `cost`: money per month for the demand;
 * - `accelerators`: the fewest accelerators for the demand;
 * - `cost-per-token`: money per million tokens at capacity;
 * - `throughput-per-accelerator`: output tokens per second and accelerator at capacity;
 * - `latency`: p99 end-to-end latency at the demand;
 * - `energy`: energy per output token at the demand.
 */
export type Objective = (typeof OBJECTIVES)[number];

/** Every objective, the default first. */
export const OBJECTIVES = [
  'cost',
  'accelerators',
  'cost-per-token',
  'throughput-per-accelerator',
  'latency',
  'energy',
] as const;

/** Merits that a plan must keep beside its SLO, whatever the objective; absent: no limit. */
export interface ObjectiveLimits {
  /** At most. */
  readonly costPerMonth?: MicroUsd;
  /** At most, per million tokens (input and output). */
  readonly costPerMillionTokens?: MicroUsd;
  /** At least: output tokens per second and accelerator at capacity. */
  readonly throughputPerAccelerator?: number;
  /** At most: p99 end-to-end latency at the demand. */
  readonly latency?: Seconds;
  /** At most, per output token at the demand. */
  readonly energyPerOutputToken?: Joules;
}

/** What a plan strives for and what it must keep beside its SLO. */
export interface PlanningAims {
  readonly objective: Objective;
  readonly limits: ObjectiveLimits;
  /** Probability that the SLO holds given the error of the performance model, above 0.5 and below 1; absent: predictions are trusted. */
  readonly confidence?: number;
}

/** Which serving modes a workload may get; of `any` the better one is chosen. */
export type ServingChoice = 'aggregated' | 'disaggregated' | 'any';
