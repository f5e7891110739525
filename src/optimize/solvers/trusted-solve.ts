import { checkAnswer } from './check-answer.ts';
import { HighsAdapter } from './highs/highs-adapter.ts';
import type { IntegerProgram } from './integer-program.ts';
import { JavascriptLpSolverAdapter } from './javascript-lp-solver/javascript-lp-solver-adapter.ts';
import type { SolverAdapter, SolverLimits, SolverName } from './solver-adapter.ts';

/** An answer that passed the independent check, or a statement that no solver gave one. */
export type TrustedAnswer =
  | {
      readonly status: 'optimal' | 'feasible';
      readonly solver: SolverName;
      readonly values: readonly number[];
      readonly objective: number;
      /** Lower bound of every solution; -Infinity when unknown. */
      readonly bound: number;
      /** As claimed by the solver, unchecked; see `SolverAnswer`. */
      readonly duals?: readonly number[];
    }
  | {
      readonly status: 'infeasible' | 'unbounded';
      readonly solver: SolverName;
      /** Whether a solver that can prove it said so. */
      readonly isProven: boolean;
    }
  | { readonly status: 'rejected' | 'limit'; readonly attempts: readonly string[] };

/** The adapters in the order in which they are asked; `auto` prefers HiGHS. */
export function solverOrder(preference: 'auto' | SolverName): readonly SolverAdapter[] {
  const highs = new HighsAdapter();
  const javascript = new JavascriptLpSolverAdapter();
  return preference === 'javascript-lp-solver' ? [javascript, highs] : [highs, javascript];
}

/** The solvers that stand behind the interface, preferred one first. */
export function solverNames(): readonly SolverName[] {
  return solverOrder('auto').map((solver) => solver.name);
}

/** Loads a solver and has it answer a trivial program; rejects with what it said when it cannot. */
export async function loadSolver(name: SolverName): Promise<SolverAdapter> {
  const [solver] = solverOrder(name);
  if (solver === undefined) throw new Error(`no solver is called ${name}`);
  const program: IntegerProgram = {
    name: 'trial',
    columns: [{ name: 'x', cost: 1, lower: 1, upper: 2, isInteger: true }],
    rows: [],
  };
  const answer = await solver.solve(program, { nodes: 1, seconds: 10, relativeGap: 0 });
  if (answer.status !== 'optimal') throw new Error(answer.detail);
  return solver;
}

/**
 * Asks the solvers in turn until one gives an answer that can be trusted: a solution that passes
 * `checkAnswer`, or infeasibility from a solver that proves it. `rejected` when an answer failed the check
 * and no other solver gave a good one; `limit` when all stopped empty-handed.
 */
export async function solveTrusted(
  program: IntegerProgram,
  limits: SolverLimits,
  solvers: readonly SolverAdapter[],
): Promise<TrustedAnswer> {
  const attempts: string[] = [];
  let hasRejected = false;
  let unproven: TrustedAnswer | undefined;
  for (const solver of solvers) {
    const answer = await solver.solve(program, limits);
    if (answer.status === 'optimal' || answer.status === 'feasible') {
      const check = checkAnswer(program, answer);
      if (check.ok) {
        const bound = Math.min(answer.bound, check.objective);
        return {
          status: answer.status,
          solver: solver.name,
          values: check.values,
          objective: check.objective,
          bound,
          ...(answer.duals === undefined ? {} : { duals: answer.duals }),
        };
      }
      hasRejected = true;
      attempts.push(`${solver.name}: ${check.reason}`);
    } else if (answer.status === 'infeasible' || answer.status === 'unbounded') {
      const claim = {
        status: answer.status,
        solver: solver.name,
        isProven: solver.provesInfeasibility,
      } as const;
      if (claim.isProven) return claim;
      unproven ??= claim;
      attempts.push(`${solver.name}: ${answer.detail}`);
    } else {
      attempts.push(`${solver.name}: ${answer.detail}`);
    }
  }
  if (unproven !== undefined) return unproven;
  return { status: hasRejected ? 'rejected' : 'limit', attempts };
}
