import type { PlacementOption, PlacementProblem, PlacementWorkload } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/** Most choices of shapes that are tried one by one for a single workload; several workloads try their main shapes only. */
const MOST_CHOICES = 32;

/** A plan and the problem cut down to the shapes it keeps to. */
export interface ShapedPlan {
  readonly problem: PlacementProblem;
  readonly solution: PlacementSolution;
}

/**
 * The cheapest plan in which a workload has one shape of replica per pool, in every window and on every capacity type:
 * one model server configuration to roll out, scale and watch per pool, whatever the hour.
 *
 * For one workload all choices are tried, skipping those that the cheapest unrestricted plan proves too dear, so the
 * answer is optimal under the rule. For several the shapes that carry most of the unrestricted plan are kept, and the
 * answer has the unrestricted plan's bound. Where the rule leaves no plan at all the unrestricted one is kept.
 */
export async function oneShapePerPool(
  problem: PlacementProblem,
  free: PlacementSolution,
  context: PlacementContext,
): Promise<ShapedPlan> {
  const choices = choicesOf(problem, free);
  let best: ShapedPlan | undefined;
  let isProven = choices.isComplete;
  for (const options of choices.list) {
    const shaped = withOptions(problem, options);
    const limit = best?.solution.objective ?? Infinity;
    const outcome = await solvePlacement(shaped, context, { free, limit });
    if (!outcome.ok) {
      isProven &&= outcome.reason === 'too-dear' || (outcome.reason === 'infeasible' && outcome.isProven);
      continue;
    }
    isProven &&= outcome.solution.isOptimal;
    if (outcome.solution.objective < limit) best = { problem: shaped, solution: outcome.solution };
  }
  if (best === undefined) return { problem, solution: free };
  const { objective } = best.solution;
  const bound = isProven ? objective : free.bound;
  return { problem: best.problem, solution: { ...best.solution, bound, isOptimal: bound >= objective } };
}

/** Options per workload id. */
type Choice = ReadonlyMap<string, readonly PlacementOption[]>;

function choicesOf(
  problem: PlacementProblem,
  free: PlacementSolution,
): { readonly list: readonly Choice[]; readonly isComplete: boolean } {
  const main: Choice = new Map(
    problem.workloads.map((workload) => [workload.id, mainOptions(workload, free)]),
  );
  const [only] = problem.workloads;
  const size = problem.workloads.length === 1 && only !== undefined ? countChoices(only) : Infinity;
  if (only === undefined || size > MOST_CHOICES) return { list: [main], isComplete: false };
  const ids = (options: readonly PlacementOption[]): string => options.map((o) => o.candidate.id).join();
  const first = main.get(only.id) ?? [];
  const all = everyChoice(only).filter((options) => ids(options) !== ids(first));
  return { list: [main, ...all.map((options): Choice => new Map([[only.id, options]]))], isComplete: true };
}

function poolsOf(workload: PlacementWorkload): readonly (readonly PlacementOption[])[] {
  return [...Map.groupBy(workload.options, (option) => option.candidate.pool).values()];
}

function countChoices(workload: PlacementWorkload): number {
  return poolsOf(workload).reduce((product, options) => product * options.length, 1);
}

/** One option of every pool, in every combination, in order of preference. */
function everyChoice(workload: PlacementWorkload): readonly (readonly PlacementOption[])[] {
  const combinations = poolsOf(workload).reduce<readonly (readonly PlacementOption[])[]>(
    (heads, options) => heads.flatMap((head) => options.map((option) => [...head, option])),
    [[]],
  );
  return combinations.map((chosen) => workload.options.filter((option) => chosen.includes(option)));
}

/** Of each pool the option that serves most over all windows, the preferred one when none is used. */
function mainOptions(workload: PlacementWorkload, free: PlacementSolution): readonly PlacementOption[] {
  const served = (option: PlacementOption): number =>
    free.replicas
      .filter((item) => item.option.candidate.id === option.candidate.id)
      .reduce((sum, item) => sum + item.count * option.rate, 0);
  const main = poolsOf(workload).flatMap((options) => {
    const [best] = [...options].sort((a, b) => served(b) - served(a));
    return best === undefined ? [] : [best];
  });
  return workload.options.filter((option) => main.includes(option));
}

function withOptions(problem: PlacementProblem, choice: Choice): PlacementProblem {
  return {
    ...problem,
    workloads: problem.workloads.map((workload) => ({
      ...workload,
      options: choice.get(workload.id) ?? workload.options,
    })),
  };
}
