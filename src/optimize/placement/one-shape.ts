import type { PlacementOption, PlacementProblem, PlacementWorkload } from './placement-problem.ts';
import type { ComponentSolver } from './components.ts';
import { searchShapes } from './shape-search.ts';
import type { ShapedPlan } from './shape-search.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/** Most choices of shapes that are tried one by one for a single workload. */
const MOST_CHOICES = 32;
/** Savings of less than a cent are rounding, micro-dollars. */
const LEAST_SAVING = 10_000;
/** Branch-and-bound nodes of one solve while shapes are swapped. */
const SWAP_NODES = 300;

/** How thoroughly shapes are chosen: parts solved for uniform workloads; for others whether shapes are swapped. */
export interface ShapeEffort {
  readonly solves: number;
  readonly areSwapped: boolean;
  /** Only plans of uniform workloads that cost less are of interest, micro-dollars; default all. */
  readonly below?: number;
}

/** Settles every problem of a few workloads seen so far (three workloads: 10 to 40 parts), and ends on all others. */
export const FULL_EFFORT: ShapeEffort = { solves: 400, areSwapped: true };

/**
 * The cheapest plan in which a workload has one shape of replica per pool, in every window and on every capacity type:
 * one model server configuration to roll out, scale and watch per pool, whatever the hour. A uniform workload has one
 * shape in all. Undefined when there is no plan (within the limits).
 *
 * Where all workloads are uniform the choice is made by branch and bound (`searchShapes`). Otherwise the unrestricted
 * plan is solved first. For one workload all choices are tried, skipping those that it proves too dear, so the answer
 * is optimal under the rule; for several the search starts from the shapes that carry most of it, tries each other
 * shape on the pools in use once, one at a time, and has its bound. Where the rule leaves no plan the unrestricted one
 * is kept, unless a workload is uniform.
 */
export async function oneShapePerPool(
  problem: PlacementProblem,
  solver: ComponentSolver,
  effort: ShapeEffort,
): Promise<ShapedPlan | undefined> {
  if (problem.workloads.every((workload) => workload.isUniform)) return searchShapes(problem, solver, effort);
  const free = await solver.whole(problem);
  return free.ok ? shapesFrom(problem, free.solution, { solver, effort }) : undefined;
}

async function shapesFrom(
  problem: PlacementProblem,
  free: PlacementSolution,
  { solver: { context }, effort }: { readonly solver: ComponentSolver; readonly effort: ShapeEffort },
): Promise<ShapedPlan | undefined> {
  const main: Choice = new Map(
    problem.workloads.map((workload) => [workload.id, mainOptions(workload, free)]),
  );
  const search = new ShapeSearch(problem, free);
  await search.consider(main, context);
  const [only] = problem.workloads;
  const isComplete =
    problem.workloads.length === 1 && only !== undefined && countChoices(only) <= MOST_CHOICES;
  if (isComplete) {
    for (const options of everyChoice(only)) await search.consider(new Map([[only.id, options]]), context);
  } else if (effort.areSwapped || search.best === undefined) {
    const quick = { solvers: context.solvers, limits: { ...context.limits, nodes: SWAP_NODES } };
    await trySwaps(search, main, quick);
  }
  const { best } = search;
  if (best === undefined) {
    return problem.workloads.some((workload) => workload.isUniform) ? undefined : { problem, solution: free };
  }
  const { objective } = best.solution;
  const bound = isComplete && search.isProven ? objective : free.bound;
  return { problem: best.problem, solution: { ...best.solution, bound, isOptimal: bound >= objective } };
}

/** The best plan over the choices considered so far. */
class ShapeSearch {
  readonly problem: PlacementProblem;
  readonly #free: PlacementSolution;
  readonly #seen = new Set<string>();
  best: ShapedPlan | undefined;
  /** Whether every choice was solved to optimality or proven to be no better. */
  isProven = true;

  constructor(problem: PlacementProblem, free: PlacementSolution) {
    this.problem = problem;
    this.#free = free;
  }

  /** Whether the choice is better than all before; a choice seen before is not. */
  async consider(choice: Choice, context: PlacementContext): Promise<boolean> {
    const key = [...choice.values()]
      .flat()
      .map((option) => option.candidate.id)
      .sort()
      .join();
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    const shaped = withOptions(this.problem, choice);
    const limit = this.best?.solution.objective ?? Infinity;
    const windowBound = (window: string): number => this.#free.windowBounds[window] ?? 0;
    const outcome = await solvePlacement(shaped, context, { limit, windowBound });
    if (!outcome.ok) {
      this.isProven &&=
        outcome.reason === 'too-dear' || (outcome.reason === 'infeasible' && outcome.isProven);
      return false;
    }
    this.isProven &&= outcome.solution.isOptimal;
    if (outcome.solution.objective >= limit - LEAST_SAVING) return false;
    this.best = { problem: shaped, solution: outcome.solution };
    return true;
  }
}

/** One pass over workloads and the scopes in use: each other shape once, keeping what is cheaper. */
async function trySwaps(search: ShapeSearch, start: Choice, context: PlacementContext): Promise<void> {
  let current = start;
  for (const workload of search.problem.workloads) {
    for (const options of scopesOf(workload)) {
      const scope = options.map((option) => option.candidate.id);
      const isUsed = search.best?.solution.replicas.some((item) => scope.includes(item.option.candidate.id));
      for (const option of isUsed === false ? [] : options) {
        const kept = (current.get(workload.id) ?? []).filter((other) => !scope.includes(other.candidate.id));
        const swapped: Choice = new Map([...current, [workload.id, [...kept, option]]]);
        if (await search.consider(swapped, context)) current = swapped;
      }
    }
  }
}

/** Options per workload id. */
type Choice = ReadonlyMap<string, readonly PlacementOption[]>;

/** Sets of options of which a plan keeps one each: those of a pool, or all of a uniform workload. */
function scopesOf(workload: PlacementWorkload): readonly (readonly PlacementOption[])[] {
  return workload.isUniform
    ? [workload.options]
    : [...Map.groupBy(workload.options, (option) => option.candidate.pool).values()];
}

function countChoices(workload: PlacementWorkload): number {
  return scopesOf(workload).reduce((product, options) => product * options.length, 1);
}

/** One option of every scope, in every combination, in order of preference. */
function everyChoice(workload: PlacementWorkload): readonly (readonly PlacementOption[])[] {
  const combinations = scopesOf(workload).reduce<readonly (readonly PlacementOption[])[]>(
    (heads, options) => heads.flatMap((head) => options.map((option) => [...head, option])),
    [[]],
  );
  return combinations.map((chosen) => workload.options.filter((option) => chosen.includes(option)));
}

/** Of each scope the option that serves most over all windows, the preferred one when none is used. */
function mainOptions(workload: PlacementWorkload, free: PlacementSolution): readonly PlacementOption[] {
  const served = (option: PlacementOption): number =>
    free.replicas
      .filter((item) => item.option.candidate.id === option.candidate.id)
      .reduce((sum, item) => sum + item.count * option.rate, 0);
  const main = scopesOf(workload).flatMap((options) => {
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
      options: workload.options.filter((option) => choice.get(workload.id)?.includes(option) ?? true),
    })),
  };
}
