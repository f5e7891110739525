import type {
  Objective,
  ObjectiveLimits,
  Offering,
  ResolvedWorkload,
  SearchProof,
  ServingMode,
  ServingPlan,
  BindingConstraint,
  Rejection,
} from '../../model/index.ts';
import type { OperatorCoefficients } from '../../perf/index.ts';
import type { RequestsPerSecond } from '../../units/index.ts';
import type { GatherCrew } from '../capacity/crew.ts';
import type { LatencySafety } from '../capacity/safety.ts';

/** What the plans of a search must carry. */
export type SearchLoad =
  | { readonly kind: 'rate'; readonly rate: RequestsPerSecond }
  /** Clients that each send their next request when the last is answered. */
  | { readonly kind: 'concurrency'; readonly clients: number }
  /** As much as the whole cluster carries within the SLO. */
  | { readonly kind: 'most' };

/** One workload and the accelerators it may take. */
export interface SearchRequest {
  /** Its profile gives lengths and burstiness; the rate is that of `load`. */
  readonly workload: ResolvedWorkload;
  /** One offering per pool suffices; prices are its list prices. */
  readonly offerings: readonly Offering[];
  /** Accelerators per pool id, ≥ 1. */
  readonly accelerators: Readonly<Record<string, number>>;
  readonly load: SearchLoad;
  readonly objective: Objective;
  readonly limits: ObjectiveLimits;
  /** Serving modes looked at; at least one. */
  readonly modes: readonly ServingMode[];
}

/** How a request is searched. Everything but the time limit leaves the answer a function of the request. */
export interface SearchOptions {
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  /** Default: this thread. */
  readonly gatherCrew?: GatherCrew;
  /** By how much latencies may exceed their predictions; absent: predictions are trusted. */
  readonly safety?: LatencySafety;
  /** Candidates that no engine can run are measured too; default false. */
  readonly includesUnexecutable?: boolean;
  /** Plans returned at most; default 10. */
  readonly top?: number;
  readonly timeLimitSeconds?: number;
  /** A monotonic clock in seconds; for the time limit and progress only. */
  readonly now?: () => number;
  readonly onProgress?: (event: SearchProgress) => void;
}

/** How far a search is. */
export interface SearchProgress {
  readonly stage: 'bound' | 'race' | 'measure' | 'split' | 'compare';
  readonly done: number;
  readonly total: number;
  /** Share of the whole search that is done, 0..1, by the work seen so far: hosts turn it into time left. */
  readonly share: number;
  /** Id of the best plan or candidate so far. */
  readonly best?: string;
}

/** What a search found. */
export interface SearchResult {
  /** Within SLO and limits, best first; empty when nothing is. */
  readonly plans: readonly ServingPlan[];
  /** Plans not dominated in cost per month, p99 latency and energy; by rising cost. */
  readonly pareto: readonly ServingPlan[];
  /** The plans of least p99 latency and of least energy per output token among all that were compared. */
  readonly leastLatency?: ServingPlan;
  readonly leastEnergy?: ServingPlan;
  /** Sorted by candidate id. */
  readonly rejected: readonly Rejection[];
  readonly proof: SearchProof;
  /** Why there is no plan, with the nearest change that would give one; empty when there is. */
  readonly binding: readonly BindingConstraint[];
}
