import type { PlacementOption, PlacementProblem, PlacementWorkload } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/**
 * What a plan may cost above the cheapest to have one shape of replica per workload and pool. Every further shape is
 * another deployment to roll out, scale and watch. *Assumed*; the difference is reported as part of the gap.
 */
export const SIMPLICITY_TOLERANCE = 0.01;

/** A plan and the problem cut down to the shapes it uses. */
export interface Consolidated {
  readonly problem: PlacementProblem;
  readonly solution: PlacementSolution;
}

/**
 * Trades at most 1 % of cost for fewer shapes: tries one shape per workload, then one per workload and pool (the one
 * that carries most in the cheapest plan), and keeps the first that is near enough. The bound of the cheapest plan
 * stays, so the answer never claims to be better than it is.
 */
export async function consolidate(
  problem: PlacementProblem,
  cheapest: PlacementSolution,
  context: PlacementContext,
): Promise<Consolidated> {
  const limit = cheapest.objective * (1 + SIMPLICITY_TOLERANCE);
  const tried = new Set<string>();
  for (const scope of [() => '', (option: PlacementOption) => option.candidate.pool]) {
    const simpler: PlacementProblem = {
      ...problem,
      workloads: problem.workloads.map((workload) => ({
        ...workload,
        options: mainOptions(workload, cheapest, scope),
      })),
    };
    const key = simpler.workloads.flatMap((w) => w.options.map((o) => o.candidate.id)).join();
    if (tried.has(key)) continue;
    tried.add(key);
    const outcome = await solvePlacement(simpler, context);
    if (!outcome.ok || outcome.solution.objective > limit) continue;
    const { bound } = cheapest;
    const solution = { ...outcome.solution, bound, isOptimal: bound >= outcome.solution.objective };
    return { problem: simpler, solution };
  }
  const used = new Set(cheapest.replicas.map((item) => item.option.candidate.id));
  const workloads = problem.workloads.map((workload) => ({
    ...workload,
    options: workload.options.filter((option) => used.has(option.candidate.id)),
  }));
  return { problem: { ...problem, workloads }, solution: cheapest };
}

/** Of each scope (a pool, or everything) the option that serves most rate over all windows, in order of preference. */
function mainOptions(
  workload: PlacementWorkload,
  solution: PlacementSolution,
  scope: (option: PlacementOption) => string,
): readonly PlacementOption[] {
  const served = (option: PlacementOption): number =>
    solution.replicas
      .filter((item) => item.option.candidate.id === option.candidate.id)
      .reduce((sum, item) => sum + item.count * option.rate, 0);
  const main = new Map<string, PlacementOption>();
  for (const option of workload.options) {
    const best = main.get(scope(option));
    if (served(option) > (best === undefined ? 0 : served(best))) main.set(scope(option), option);
  }
  const kept = new Set([...main.values()].map((option) => option.candidate.id));
  return workload.options.filter((option) => kept.has(option.candidate.id));
}
