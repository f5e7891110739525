import type { IntegerProgram } from './integer-program.ts';

/** Names of the solvers that stand behind the adapter interface. */
export type SolverName = 'highs' | 'javascript-lp-solver';

/**
 * When a solver stops. Nodes are deterministic and decide the answer; seconds are a safety net against
 * a stalled solve, and an answer cut short by them says so.
 */
export interface SolverLimits {
  /** Most branch-and-bound nodes. */
  readonly nodes: number;
  /** Wall-clock limit; Infinity for none. */
  readonly seconds: number;
  /** Stop when (objective − bound) / |objective| is at most this; 0 asks for a proven optimum. */
  readonly relativeGap: number;
}

/**
 * Nodes: 2,000 close programs of one workload (tens of nodes) and leave three workloads with a small stated gap
 * within some five seconds per window (measured 2026-11, docs/design/0002-optimizer.md).
 */
export const DEFAULT_LIMITS: SolverLimits = { nodes: 2_000, seconds: 60, relativeGap: 1e-6 };

/**
 * How a solve ended. `optimal`: proven within the gap. `feasible`: stopped by a limit with a solution.
 * `limit`: stopped by a limit without one. `refused`: the adapter does not take programs of this size.
 */
export type SolverStatus =
  'optimal' | 'feasible' | 'infeasible' | 'unbounded' | 'limit' | 'refused' | 'failed';

/** The answer of a solver: a claim, until `checkAnswer` has verified it. */
export interface SolverAnswer {
  readonly status: SolverStatus;
  /** One entry per column; empty without a solution. */
  readonly values: readonly number[];
  /** Claimed objective; NaN without a solution. */
  readonly objective: number;
  /** Claimed lower bound of every solution; -Infinity when the solver gives none. */
  readonly bound: number;
  /** Dual price of each row of a continuous program solved to optimality; absent when the solver gives none. */
  readonly duals?: readonly number[];
  /** What the solver said, for diagnostics. */
  readonly detail: string;
}

/** One solver behind the common interface. Adapters keep no state between solves that could change an answer. */
export interface SolverAdapter {
  readonly name: SolverName;
  /** Whether `infeasible` and `unbounded` may be believed without a second opinion. */
  readonly provesInfeasibility: boolean;
  /** Solves a program; expected failures are statuses, never exceptions. */
  solve(program: IntegerProgram, limits: SolverLimits): Promise<SolverAnswer>;
}

/** An answer without a solution. */
export function noSolution(status: SolverStatus, detail: string, bound = -Infinity): SolverAnswer {
  return { status, values: [], objective: NaN, bound, detail };
}
