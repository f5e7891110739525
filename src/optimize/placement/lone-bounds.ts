import type { TimeWindow } from '../../model/index.ts';
import { solveTrusted } from '../solvers/index.ts';
import { buildProgram } from './build-program.ts';
import { componentsOf } from './components.ts';
import type { ComponentSolver } from './components.ts';
import { PROTECTION_OF } from './placement-problem.ts';
import type { PlacementOption, PlacementProblem, PlacementWorkload } from './placement-problem.ts';
import { boundToMicroUsd } from './solution.ts';

/** What one option of a uniform workload costs at least in every plan that uses it; micro-dollars, one entry per window. */
export interface LoneBounds {
  /** With nodes bought in parts: such bounds of different workloads add up, whatever nodes they share. */
  readonly shares: readonly number[];
  /** With whole nodes, as if alone: a bound of every set of workloads that contains this one. */
  readonly whole: readonly number[];
}

/** The bounds of one option; undefined when it is proven that no plan can use it. */
export async function loneBounds(
  problem: PlacementProblem,
  { workload, option }: { readonly workload: PlacementWorkload; readonly option: PlacementOption },
  solver: ComponentSolver,
): Promise<LoneBounds | undefined> {
  const [alone] = componentsOf({ ...problem, workloads: [{ ...workload, options: [option] }] });
  if (alone === undefined) return undefined;
  const outcome = await solver.part(alone);
  if (!outcome.ok && outcome.reason === 'infeasible' && outcome.isProven) return undefined;
  const whole = problem.windows.map((window) =>
    outcome.ok ? (outcome.solution.windowBounds[window.id] ?? 0) : 0,
  );
  const shares = await solver.shareBounds(alone, () => shareBounds(alone, solver));
  return { shares, whole };
}

async function shareBounds(alone: PlacementProblem, solver: ComponentSolver): Promise<readonly number[]> {
  const bounds: number[] = [];
  for (const window of alone.windows) bounds.push(await shareBound(alone, window, solver));
  return bounds;
}

/** The least cost of a workload alone in one window when nodes are paid for by the part it uses. */
async function shareBound(
  alone: PlacementProblem,
  window: TimeWindow,
  solver: ComponentSolver,
): Promise<number> {
  const protection = new Map(alone.workloads.map((w) => [w.id, PROTECTION_OF[w.tolerates]]));
  const scope = { problem: alone, windows: [window], protection, isJoint: false, isRelaxed: true };
  const { limits, solvers } = solver.context;
  const answer = await solveTrusted(buildProgram(scope).program, limits, solvers);
  // Two micro-dollars for rounding: costs of plans are rounded to whole ones by offering.
  if (answer.status === 'optimal' || answer.status === 'feasible') {
    return Math.max(0, boundToMicroUsd(answer.bound) - 2);
  }
  return 0;
}
