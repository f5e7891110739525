import type { Joules, MicroUsd, Seconds, Watts } from '../units/index.ts';
import type { Candidate, Estimate, LoadEvidence, MemoryMap } from './candidate.ts';
import type { Evidence } from './provenance.ts';

/** Whether every replica serves whole requests, or prefill replicas hand prompts over to decode replicas. */
export type ServingMode = 'aggregated' | 'disaggregated';

/** Equal replicas within a serving plan. */
export interface ServingPart {
  /** Its `role` tells what these replicas do. */
  readonly candidate: Candidate;
  /** ≥ 1. */
  readonly replicas: number;
  readonly memory: MemoryMap;
}

/** One whole way to serve one workload: which replicas, how many of each, and what that gives. */
export interface ServingPlan {
  /** `<replicas>x<candidate id>`, of disaggregated plans both parts joined by ` + `; unique and stable. */
  readonly id: string;
  readonly mode: ServingMode;
  /** One part, or prefill and then decode. */
  readonly parts: readonly ServingPart[];
  /** Accelerators of all replicas. */
  readonly accelerators: number;
  /** Largest load of the whole plan within the SLO, in the unit of `load`; `low` and `high` by the 95 % intervals of latencies. */
  readonly capacity: Estimate;
  /** Limit that breaks first above the capacity: `tpot.p99`, `ttft.p99`, or `stability`. */
  readonly limitedBy: string;
  /** Load for which `evidence` and `merits` stand: requests per second, or clients of a closed loop. */
  readonly load: number;
  /** Simulation at `load`; rates are those of the whole plan. */
  readonly evidence: LoadEvidence;
  readonly merits: PlanMerits;
  /** Worst known part: where the performance numbers come from, and their relative error at 80 % confidence. */
  readonly performance: { readonly evidence: Evidence; readonly modelError: number };
}

/** What plans are compared by. Money is at list price on demand, for the accelerators used. */
export interface PlanMerits {
  readonly costPerMonth: MicroUsd;
  /** Per million tokens (input and output) at capacity. */
  readonly costPerMillionTokens: MicroUsd;
  /** Output tokens per second and accelerator at capacity. */
  readonly throughputPerAccelerator: number;
  /** p99 end-to-end latency at the load. */
  readonly latency: Seconds;
  /** At the load. */
  readonly energyPerOutputToken: Joules;
  /** Board power of all accelerators at the load. */
  readonly power: Watts;
}

/** What a search looked at and how sure it is that nothing better was missed. */
export interface SearchProof {
  /** Candidates enumerated: shapes × batch limits, and pairs of prefill and decode candidates. */
  readonly enumerated: number;
  /** Candidates left out by reason, as in `Rejection`. */
  readonly left: Readonly<Record<string, number>>;
  /** Candidates simulated at least once, simulations run, and requests simulated in all. */
  readonly simulated: number;
  readonly simulations: number;
  readonly requests: number;
  /**
   * Best value of the objective that any candidate could have by analytic bounds that hold for every simulation
   * of the model; in the unit of the objective. Absent where the objective has no such bound.
   */
  readonly bound?: number;
  /** (value − bound) / value of the best plan; 0 when it meets the bound. */
  readonly gap?: number;
  /** False when the time ran out: what was not looked at to the end is counted under `not-measured`. */
  readonly isComplete: boolean;
}

/** How a plan was made to hold at a stated confidence, and what that costs. */
export interface ConfidenceEvidence {
  /** Probability that the plan keeps the SLO given the error of the performance model, 0..1. */
  readonly level: number;
  /** By how much each latency may exceed its prediction at that confidence; limits were divided by it. */
  readonly factors: Readonly<Record<'ttft' | 'tpot' | 'e2e', number>>;
  /** Cost per month of the plan that trusts predictions as they are; absent when there is none. */
  readonly costWithout?: MicroUsd;
  /** What the safety costs per month: cost of the plan less `costWithout`. */
  readonly extraCost?: MicroUsd;
}
