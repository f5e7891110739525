import type {
  CapacityType,
  ConstraintCheck,
  Evidence,
  LatencyMetric,
  Percentile,
  PlanDocument,
  ServiceSlo,
  SolutionStatus,
  Taint,
} from '../model/index.ts';
import type { JsonObject } from './json.ts';

/** The part of a plan that exists before policies are judged and objects are written. */
export type PlanFacts = Omit<PlanDocument, 'policy' | 'objects' | 'applicable'>;

/** The data handed to rules, by target. Money is in US dollars, time in seconds, shares in 0..1. */
export interface SubjectViews {
  readonly problem: ProblemView;
  readonly workload: WorkloadView;
  readonly pool: PoolView;
  readonly plan: PlanView;
  readonly allocation: AllocationView;
  readonly manifest: JsonObject;
}

/** What a rule sees beside its subject. */
export interface RuleContext {
  readonly problem: ProblemView;
  readonly plan: PlanView;
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** Every manifest, sorted by path. */
  readonly manifests: readonly JsonObject[];
}

/** The problem as declared, quantities as numbers. */
export interface ProblemView {
  readonly name: string;
  readonly seed: number;
  readonly workloads: readonly DeclaredWorkloadView[];
  readonly pools: readonly DeclaredPoolView[];
  readonly budgets: readonly BudgetView[];
  readonly waivers: readonly WaiverView[];
}

/** A waiver as declared. */
export interface WaiverView {
  readonly rule: string;
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

/** A budget; an empty team means the whole fleet. */
export interface BudgetView {
  readonly id: string;
  readonly team: string;
  readonly limitPerMonth: number;
}

/** A language model or a service as declared, with defaults filled in; what only the other kind has is empty or zero. */
export interface DeclaredWorkloadView {
  readonly id: string;
  /** `llm` or `service`. */
  readonly kind: string;
  readonly model: string;
  readonly team: string;
  readonly namespace: string;
  /** Ids of the pools it may run on. */
  readonly pools: readonly string[];
  /** Whether one of those pools offers spot capacity. */
  readonly mayUseSpot: boolean;
  readonly precisions: readonly string[];
  readonly engines: readonly string[];
  readonly maxSpotShare: number;
  /** Tokens; 0 means the model's own limit. */
  readonly maxModelLength: number;
  readonly slo: {
    readonly limits: readonly LimitView[];
    readonly availability: number;
    readonly tolerates: ServiceSlo['tolerates'];
  };
}

/** One latency limit in seconds; services limit their `response`. */
export interface LimitView {
  readonly metric: LatencyMetric | 'response';
  readonly percentile: Percentile;
  readonly limit: number;
}

/** A latency limit and what the simulation at the operating point showed. */
export interface LimitEvidenceView extends LimitView {
  readonly value: number;
  /** Upper end of the interval of `value`. */
  readonly high: number;
  /** Share of the limit that is left: 1 − value / limit; negative when it is exceeded. */
  readonly margin: number;
}

/** A workload as declared and as decided. Figures are zero and lists empty when nothing was decided for it. */
export interface WorkloadView extends DeclaredWorkloadView {
  readonly traffic: {
    readonly profile: string;
    readonly meanRate: number;
    readonly peakRate: number;
    readonly burstiness: number;
    readonly prefixHitRate: number;
  };
  /** Replicas of the busiest window, and the fewest of any window. */
  readonly peakReplicas: number;
  readonly minReplicas: number;
  /** Largest share of spot replicas in any window. */
  readonly spotShare: number;
  /** Share of on-demand replicas in the busiest window. */
  readonly onDemandShare: number;
  /** Zones used in the busiest window, sorted. */
  readonly zones: readonly string[];
  /** Busiest window first. */
  readonly windows: readonly WorkloadWindowView[];
  readonly candidates: readonly CandidateView[];
  /** Simulated percentiles in seconds at the operating point, by metric. */
  readonly latency: Readonly<Record<LatencyMetric, Readonly<Record<'mean' | Percentile, number>>>>;
  readonly limits: readonly LimitEvidenceView[];
  /** Whether every simulation behind the decision was stationary. */
  readonly stationary: boolean;
  /** Share of requests within every limit, and share of time in which the replica computes, at the operating point. */
  readonly goodputShare: number;
  readonly busyShare: number;
  readonly peakKvShare: number;
  readonly availability: { readonly target: number; readonly achieved: number };
  readonly cost: WorkloadCostView;
  /** One replica of a service; absent for language models. */
  readonly pod?: PodView;
}

/** What one pod of a service asks for and may use; limits of 0 mean none. */
export interface PodView {
  /** Cores. */
  readonly cpu: number;
  readonly cpuLimit: number;
  /** Bytes. */
  readonly memory: number;
  readonly memoryLimit: number;
  /** Response times by percentile that callers from outside see, seconds; those that are not known are left out. */
  readonly response: Readonly<Partial<Record<Percentile, number>>>;
}

/** What a workload costs in US dollars. */
export interface WorkloadCostView {
  readonly perMonth: number;
  readonly perThousandRequests: number;
  readonly perMillionTokens: number;
}

/** The replicas of a workload in one time window. */
export interface WorkloadWindowView {
  readonly id: string;
  readonly hours: number;
  readonly replicas: number;
  readonly spotReplicas: number;
  readonly zones: readonly string[];
  /** Requests per second to serve, and what the replicas sustain within the SLO. */
  readonly demand: number;
  readonly capacity: number;
  /** demand / capacity; 0 without capacity. */
  readonly utilisation: number;
}

/** A chosen configuration of one replica. */
export interface CandidateView {
  readonly id: string;
  readonly pool: string;
  readonly instanceType: string;
  readonly accelerator: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly role: string;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly dataParallel: number;
  readonly expertParallel: number;
  readonly contextParallel: number;
  readonly weightPrecision: string;
  readonly kvPrecision: string;
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
  readonly maxModelLength: number;
  readonly nodes: number;
  readonly acceleratorsPerNode: number;
}

/** Hardware as declared, with defaults filled in. `maxNodes` is absent when unlimited. */
export interface DeclaredPoolView {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly zones: readonly string[];
  /** Empty for a pool that chooses among many instance types. */
  readonly instanceType: string;
  readonly capacityTypes: readonly CapacityType[];
  readonly maxNodes?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** A pool as declared and as used. */
export interface PoolView extends DeclaredPoolView {
  /** Nodes in the busiest window. */
  readonly peakNodes: number;
  readonly costPerMonth: number;
  /** Sorted by id. */
  readonly offerings: readonly OfferingView[];
}

/** One offering of a pool. */
export interface OfferingView {
  readonly id: string;
  readonly zone: string;
  readonly capacityType: CapacityType;
  /** Whether nodes of it run in any window. */
  readonly isBought: boolean;
  /** US dollars per node hour. */
  readonly price: number;
  readonly listPrice: number;
  readonly priceEvidence: Evidence;
  readonly priceSource: string;
  /** ISO date of the price and its age in days; absent when the price is undated. */
  readonly priceDate?: string;
  readonly priceAgeDays?: number;
  /** Warning before a node is taken, seconds. */
  readonly interruptionNotice: number;
  readonly monthlyInterruption: number;
}

/** The plan as a whole. */
export interface PlanView {
  readonly stack: string;
  readonly status: SolutionStatus;
  readonly solver: string;
  readonly gap: number;
  readonly cost: PlanCostView;
  readonly budgets: readonly BudgetUseView[];
  readonly workloads: readonly WorkloadView[];
  readonly pools: readonly PoolView[];
  readonly allocations: readonly AllocationView[];
  readonly checks: readonly ConstraintCheck[];
  readonly priceDates: { readonly oldest: string; readonly newest: string };
}

/** Cost of the plan in US dollars per month. */
export interface PlanCostView {
  readonly totalPerMonth: number;
  readonly listPerMonth: number;
  readonly boundPerMonth: number;
  /** Part of the total that no workload uses, and its share. */
  readonly idlePerMonth: number;
  readonly idleShare: number;
}

/** A budget and what the plan spends of it. */
export interface BudgetUseView extends BudgetView {
  readonly costPerMonth: number;
  /** Share of the limit that is left: 1 − cost / limit; negative when it is exceeded. */
  readonly headroom: number;
}

/** One pod set: replicas of one candidate on one pool and capacity type. */
export interface AllocationView extends CandidateView {
  readonly workload: string;
  /** Id of the candidate; `id` is the pod set's own. */
  readonly candidate: string;
  readonly capacityType: CapacityType;
  readonly tier: 'base' | 'surge';
  /** Replicas by window, all zones together. */
  readonly replicas: Readonly<Record<string, number>>;
  readonly peakReplicas: number;
  /** Zones used in any window, sorted. */
  readonly zones: readonly string[];
  readonly plannedRatePerReplica: number;
}
