import type { MicroUsd, RequestsPerSecond } from '../units/index.ts';
import type { Candidate, EvaluatedCandidate, LoadEvidence, Rejection } from './candidate.ts';
import type { CapacityType } from './pool.ts';
import type { ReplanEvidence } from './replan.ts';
import type { PackedNodes, ServiceAllocation, ServiceDecision } from './service.ts';
import type { ConfidenceEvidence, PlanMerits, SearchProof } from './serving-plan.ts';
import type { TimeWindow } from './traffic.ts';

/** How good the answer is known to be. */
export type SolutionStatus = 'optimal' | 'feasible-with-gap' | 'heuristic' | 'infeasible';

/** Replicas of one candidate on one pool and capacity type: one pod set in the cluster. */
export interface Allocation {
  /** `<workload>-<pool>-<capacity type>`, with the candidate's short name appended on collision. */
  readonly id: string;
  readonly workload: string;
  readonly candidate: Candidate;
  readonly pool: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  /** Base replicas carry the demand that must survive reclaims; surge replicas are extra spot capacity. */
  readonly tier: 'base' | 'surge';
  /** Replicas by zone in each window, keyed by window id; zones with none are left out. */
  readonly replicas: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sustained rate of one replica within the SLO, as planned for (lower end of the interval). */
  readonly plannedRatePerReplica: RequestsPerSecond;
}

/** Nodes bought of one offering. */
export interface NodeAllocation {
  readonly offering: string;
  readonly pool: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  /** Nodes in each window, keyed by window id. */
  readonly nodes: Readonly<Record<string, number>>;
  /** How they come and go; absent where the same nodes stay all week. */
  readonly changes?: NodeChanges;
}

/** Nodes that come and go with the hours of the week. */
export interface NodeChanges {
  /** Nodes started per week; as many are given back. */
  readonly startsPerWeek: number;
  /** Node hours per month that are paid for beside the hours of the windows: until a node serves, and until it is gone. */
  readonly hoursPerMonth: number;
}

/** A constraint recomputed from the answer by code that did not make it. */
export interface ConstraintCheck {
  /** Stable id: `demand/chat/w0`, `budget/monthly`, `spot-share/chat`. */
  readonly constraint: string;
  readonly holds: boolean;
  /** Used and allowed, in the constraint's own unit. */
  readonly used: number;
  readonly limit: number;
  readonly unit: string;
}

/** What would be saved if one constraint were lifted; zero when it does not bind. */
export interface ConstraintPrice {
  readonly constraint: string;
  /** In words a finance reader understands. */
  readonly description: string;
  readonly perMonth: MicroUsd;
}

/** Scenarios in which the plan was checked to keep full capacity, and the availability that follows. */
export interface AvailabilityEvidence {
  readonly workload: string;
  readonly target: number;
  /** Lower bound on the share of time at full capacity from independent group failures. */
  readonly achieved: number;
  /** Failure scenarios counted, in words. */
  readonly scenarios: readonly AvailabilityScenario[];
  /** What became of the plan when traces were replayed; absent where no trace tells of its spot capacity. */
  readonly replayedAvailability?: ReplayedAvailability;
}

/** A replay of availability traces against the planned replicas: losses that came together in the traces come together here. */
export interface ReplayedAvailability {
  /** Share of time with enough replicas, the lowest over the windows. */
  readonly share: number;
  /** Time replayed, over all campaigns of observation. */
  readonly hours: number;
  /** Ids of the traces replayed, sorted. */
  readonly traces: readonly string[];
  /** Offerings of which more nodes are planned than their trace could show; all of them count as had when the trace shows its most. Sorted. */
  readonly narrow: readonly string[];
}

/** One set of groups that may be down at once. */
export interface AvailabilityScenario {
  readonly failed: string;
  /** Share of time in which exactly this has failed. */
  readonly probability: number;
  /** Rate still served in the busiest window. */
  readonly remainingRate: RequestsPerSecond;
  readonly meetsDemand: boolean;
}

/** What the optimizer decided for one workload, and what it weighed. */
export interface WorkloadDecision {
  readonly workload: string;
  /** Candidates with replicas, by falling share. */
  readonly chosen: readonly EvaluatedCandidate[];
  /** The best plan without the chosen candidates, if any. */
  readonly runnerUp?: { readonly candidate: string; readonly perMonth: MicroUsd };
  /** Candidates not dominated in cost per request, p99 latency and energy; sorted by cost. */
  readonly pareto: readonly EvaluatedCandidate[];
  readonly rejected: readonly Rejection[];
  /** Candidates enumerated and simulations run. */
  readonly counts: { readonly enumerated: number; readonly simulated: number; readonly simulations: number };
  /** Simulation of one replica at the share of the busiest window it carries. */
  readonly operatingPoint: LoadEvidence;
  readonly availability: AvailabilityEvidence;
  /** Replay of the declared trace, where there is one. */
  readonly replay?: LoadEvidence;
  /** What limits are held against; present where a limit is set. */
  readonly merits?: LimitedMerits;
  /** What the search of candidates looked at. */
  readonly proof?: SearchProof;
  /** Present when a confidence was asked for. */
  readonly confidence?: ConfidenceEvidence;
}

/** What the placed replicas of a workload reach, by the names of its limits; money at list price on demand. */
export type LimitedMerits = Pick<
  PlanMerits,
  'costPerMillionTokens' | 'throughputPerAccelerator' | 'latency' | 'energyPerOutputToken'
>;

/** A constraint that cannot be met and the change nearest to making the problem solvable. */
export interface BindingConstraint {
  readonly constraint: string;
  readonly description: string;
  /** What to change and to which value; absent when no change of this constraint alone helps. */
  readonly relaxation?: { readonly change: string; readonly perMonth?: MicroUsd };
}

/** The answer of the optimizer. */
export interface Decision {
  readonly status: SolutionStatus;
  readonly solver: string;
  /** Cost per month of nodes over the weekly windows, and the proven lower bound. */
  readonly objectivePerMonth: MicroUsd;
  readonly boundPerMonth: MicroUsd;
  /** (objective − bound) / objective, 0 when optimal. */
  readonly gap: number;
  readonly windows: readonly TimeWindow[];
  readonly allocations: readonly Allocation[];
  readonly nodes: readonly NodeAllocation[];
  readonly workloads: readonly WorkloadDecision[];
  /** Absent where no service is declared; sorted by workload, then id. */
  readonly services?: readonly ServiceDecision[];
  readonly serviceAllocations?: readonly ServiceAllocation[];
  /** How the pods of services share nodes, sorted by window, offering, pods. */
  readonly packing?: readonly PackedNodes[];
  /** How services were planned again; absent where they were planned without an earlier plan. */
  readonly replan?: ReplanEvidence;
  readonly checks: readonly ConstraintCheck[];
  readonly constraintPrices: readonly ConstraintPrice[];
  /** Filled when `status` is infeasible. */
  readonly bindingConstraints: readonly BindingConstraint[];
}
