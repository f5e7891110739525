import type { Decision, LatencySafety } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import type { GatherCrew } from './capacity/crew.ts';
import type { PlacementContext } from './placement/solve-placement.ts';
import type { ProgressEvent } from './progress.ts';
import { DEFAULT_LIMITS, solverOrder } from './solvers/index.ts';
import type { SolverAdapter, SolverLimits, SolverName } from './solvers/index.ts';

/** How a problem is optimised. Everything but the time limit leaves the answer a function of the inputs. */
export interface OptimizeOptions {
  /** Seed of every random stream. */
  readonly seed: number;
  readonly coefficients: OperatorCoefficients;
  /** Which solver is asked first; default `auto` (HiGHS). The other one is the fallback. */
  readonly solver?: 'auto' | SolverName;
  /**
   * Wall-clock limit of the search in seconds. Once it has passed, solves are cut short and optional ones (prices of
   * constraints, runner-up) left out; the answer then depends on the machine and says how good it is. Needs `now`.
   */
  readonly timeLimitSeconds?: number;
  /** A monotonic clock in seconds; used for the time limit only. */
  readonly now?: () => number;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** `quick` measures with shorter runs before the last round and lets fewer candidates into the placement; default `normal`. */
  readonly effort?: 'quick' | 'normal';
  /** By how much latencies may exceed their predictions, by workload id; workloads that are absent trust predictions. */
  readonly safety?: Readonly<Record<string, LatencySafety>>;
  /** Most windows that the week is cut into; default 4. */
  readonly maxWindows?: number;
  /** Who measures; default this thread. It does not change the answer. */
  readonly gatherCrew?: GatherCrew;
  /** An earlier decision that services are planned again from; absent: planned from scratch. */
  readonly previous?: PreviousDecision;
}

/** An earlier decision and what is known of what it was made from. */
export interface PreviousDecision {
  readonly decision: Decision;
  /** The caller has proof (equal hashes) that everything that decided it is as it was: then it is checked and kept as it is. */
  readonly hasSameInputs?: boolean;
  /** The caller has proof that offerings and prices are as they were. */
  readonly hasSameOfferings?: boolean;
  readonly settings?: ReplanSettings;
}

/** What moves are worth when services are planned again. */
export interface ReplanSettings {
  /** USD that moving one pod is worth; default 0.01 (assumed). Nodes are emptied only where a month saves more. */
  readonly moveCost?: number;
  /** By how much the cost over the relaxation may exceed that of the last plan from scratch; default 0.01. Beyond it all is planned anew. */
  readonly drift?: number;
  /** Most pods of one service, and in all, that move in one window only to save nodes; default no limit. */
  readonly mostMovedPerService?: number;
  readonly mostMoved?: number;
}

/** Least seconds a needed solve gets after the time limit has passed. */
const LAST_CHANCE_SECONDS = 2;

/** The clock of one run: how much of its time limit is left. */
export class Deadline {
  readonly #end: number;
  readonly #now: () => number;

  constructor(options: Pick<OptimizeOptions, 'now' | 'timeLimitSeconds'>) {
    this.#now = options.now ?? (() => 0);
    const seconds = options.now === undefined ? undefined : options.timeLimitSeconds;
    this.#end = seconds === undefined ? Infinity : this.#now() + seconds;
  }

  get isPast(): boolean {
    return this.#now() >= this.#end;
  }

  get secondsLeft(): number {
    return this.#end === Infinity ? Infinity : this.#end - this.#now();
  }
}

/** The same for searches, of which only the last answer is tidied up. */
export function untidy(context: PlacementContext): PlacementContext {
  return {
    solvers: context.solvers,
    get limits(): SolverLimits {
      return context.limits;
    },
    isTidy: false,
  };
}

/** The solvers in order, with limits that shrink as the deadline nears. */
export function placementContext(options: OptimizeOptions, deadline: Deadline): PlacementContext {
  const solvers: readonly SolverAdapter[] = solverOrder(options.solver ?? 'auto');
  return {
    solvers,
    get limits(): SolverLimits {
      const left = Math.max(LAST_CHANCE_SECONDS, deadline.secondsLeft);
      return { ...DEFAULT_LIMITS, seconds: Math.min(DEFAULT_LIMITS.seconds, left) };
    },
  };
}
