import { componentsOf } from './components.ts';
import type { ComponentSolver } from './components.ts';
import { loneBounds } from './lone-bounds.ts';
import type { LoneBounds } from './lone-bounds.ts';
import type { PlacementOption, PlacementProblem } from './placement-problem.ts';
import type { PlacementSolution } from './solution.ts';

/** Savings of less than a cent are rounding, micro-dollars. */
const LEAST_SAVING = 10_000;
/** Open choices kept at most; beyond it (about six workloads of nine options) the search stops with its bound. */
const MOST_OPEN = 50_000;

/** A plan and the problem cut down to the shapes it keeps to. */
export interface ShapedPlan {
  readonly problem: PlacementProblem;
  readonly solution: PlacementSolution;
}

/** How far a search goes. */
export interface ShapeSearchLimits {
  /** Most parts of plans that are solved, those of single workloads not counted. */
  readonly solves: number;
  /** Only plans that cost less are of interest, micro-dollars; default all. */
  readonly below?: number;
}

/** One option with the bounds it brings. */
interface RatedOption {
  readonly option: PlacementOption;
  readonly bounds: LoneBounds;
}

/** Options chosen for the first workloads, and what every plan that keeps to them costs at least. */
interface OpenChoice {
  readonly chosen: readonly RatedOption[];
  readonly bound: number;
}

/**
 * The cheapest plan in which each workload keeps to one option, by best-first branch and bound over the options of one
 * workload after the other. Every workload must be uniform.
 *
 * Workloads meet only on shared nodes and quotas, so a choice falls into parts, one per pool, each a small program of
 * its own. Bounds of a choice, window by window and pool by pool: the sum of what the options cost in shares of nodes,
 * or the most that one of them costs in whole nodes alone, whichever is more. Parts are solved only while the choice
 * may still win. The plan is optimal under the rule unless a solve or the search stopped at a limit; then the bound
 * says how far it may be off. Undefined when no choice gives a plan (within the limits).
 */
export async function searchShapes(
  problem: PlacementProblem,
  solver: ComponentSolver,
  limits: ShapeSearchLimits,
): Promise<ShapedPlan | undefined> {
  const rated = await rateOptions(problem, solver);
  const search = new BestFirst(problem, solver, limits.below ?? Infinity);
  const cheapest = rated.map((options) => Math.min(...options.map(({ bounds }) => total(bounds.shares))));
  const toCome = (depth: number): number => cheapest.slice(depth).reduce((sum, cost) => sum + cost, 0);
  let open: OpenChoice[] = [{ chosen: [], bound: toCome(0) }];
  const end = solver.solves + limits.solves;
  while (open.length > 0) {
    const next = open.pop();
    if (next === undefined || next.bound >= search.limit - LEAST_SAVING) break;
    if (solver.solves >= end || open.length > MOST_OPEN) {
      search.leaveOpen(next.bound);
      break;
    }
    const options = rated[next.chosen.length];
    if (options === undefined) {
      await search.solve(next);
      continue;
    }
    for (const option of options) {
      const chosen = [...next.chosen, option];
      const shares = total(chosen.flatMap(({ bounds }) => bounds.shares)) + toCome(chosen.length);
      const bound = Math.max(next.bound, shares, total(boundsByPool(chosen).flat()));
      open = insert(open, { chosen, bound });
    }
  }
  return search.plan();
}

/** The options of each workload that some plan can use, with their bounds. */
async function rateOptions(
  problem: PlacementProblem,
  solver: ComponentSolver,
): Promise<readonly (readonly RatedOption[])[]> {
  const rated: RatedOption[][] = [];
  for (const workload of problem.workloads) {
    const usable: RatedOption[] = [];
    for (const option of workload.options) {
      const bounds = await loneBounds(problem, { workload, option }, solver);
      if (bounds !== undefined) usable.push({ option, bounds });
    }
    rated.push(usable);
  }
  return rated;
}

/** The state of a search: the best plan so far, and the lowest bound of what was left unsettled. */
class BestFirst {
  readonly #problem: PlacementProblem;
  readonly #solver: ComponentSolver;
  readonly #below: number;
  /** Choices known to save less than a cent on the best. */
  readonly #settled = new Set<string>();
  #best: ShapedPlan | undefined;
  /** Lowest bound of the choices that were solved or left open; what was proven too dear needs none. */
  #bound = Infinity;

  constructor(problem: PlacementProblem, solver: ComponentSolver, below: number) {
    this.#problem = problem;
    this.#solver = solver;
    const budgets = problem.budgets.filter((budget) => budget.team === '').map((budget) => budget.limit);
    this.#below = Math.min(below, ...budgets.map((limit) => limit + 2 * LEAST_SAVING));
  }

  /** Choices that cost this much or more are of no interest. */
  get limit(): number {
    return Math.min(this.#below, this.#best?.solution.objective ?? Infinity);
  }

  leaveOpen(bound: number): void {
    this.#bound = Math.min(this.#bound, bound);
  }

  /**
   * Whether the same choice with one option exchanged for a better one is known to cost too much. A settled choice costs
   * at least the limit of its time, less a cent, and limits only fall.
   */
  #isDominated(chosen: readonly RatedOption[]): boolean {
    return chosen.some(({ option }, index) =>
      (this.#problem.workloads[index]?.options ?? []).some((better) => {
        if (better === option || !covers(better, option)) return false;
        const settled = chosen.map((item, i) => (i === index ? better : item.option));
        return this.#settled.has(nameOf(settled));
      }),
    );
  }

  /** Solves a choice part by part, the dearest first, as long as it may be better than the best. */
  async solve({ chosen, bound }: OpenChoice): Promise<void> {
    if (!this.#isDominated(chosen) && !(await this.#isSolved({ chosen, bound }))) return;
    this.#settled.add(nameOf(chosen.map(({ option }) => option)));
  }

  /** Whether the choice is now known to be the best or to save less than a cent on it. */
  async #isSolved({ chosen, bound }: OpenChoice): Promise<boolean> {
    const shaped = keepOptions(this.#problem, chosen);
    const parts = componentsOf(shaped).map((part) => {
      const bounds = boundsOf(
        chosen.filter(({ option }) => part.workloads.some((w) => w.options[0] === option)),
      );
      return { part, bounds };
    });
    parts.sort((a, b) => total(b.bounds) - total(a.bounds));
    let solved = 0;
    let rest = parts.reduce((sum, { bounds }) => sum + total(bounds), 0);
    for (const { part, bounds } of parts) {
      rest -= total(bounds);
      const windowBound = (id: string): number =>
        bounds[this.#problem.windows.findIndex((w) => w.id === id)] ?? 0;
      const limit = this.limit - LEAST_SAVING - solved - rest;
      const outcome = await this.#solver.part(part, { limit, windowBound });
      if (!outcome.ok) {
        const isSettled =
          outcome.reason === 'too-dear' || (outcome.reason === 'infeasible' && outcome.isProven);
        if (!isSettled) this.leaveOpen(bound);
        return isSettled;
      }
      solved += outcome.solution.bound;
      if (solved + rest >= this.limit - LEAST_SAVING) return true;
    }
    return this.#keepIfBetter(shaped, solved);
  }

  async #keepIfBetter(shaped: PlacementProblem, solved: number): Promise<boolean> {
    const outcome = await this.#solver.whole(shaped);
    if (!outcome.ok) {
      const isProven = outcome.reason === 'infeasible' && outcome.isProven;
      if (!isProven) this.leaveOpen(solved);
      return isProven;
    }
    const { solution } = outcome;
    this.leaveOpen(solution.bound);
    if (solution.objective < this.limit - LEAST_SAVING) this.#best = { problem: shaped, solution };
    return solution.bound >= this.limit - LEAST_SAVING;
  }

  plan(): ShapedPlan | undefined {
    if (this.#best === undefined) return undefined;
    const { problem, solution } = this.#best;
    const bound = Math.min(this.#bound, solution.objective) as PlacementSolution['bound'];
    return { problem, solution: { ...solution, bound, isOptimal: bound >= solution.objective } };
  }
}

/** Bounds of options that share a pool, one entry per window. */
function boundsOf(chosen: readonly RatedOption[]): readonly number[] {
  const windows = chosen[0]?.bounds.shares.length ?? 0;
  return Array.from({ length: windows }, (_, t) => {
    const shares = chosen.reduce((sum, { bounds }) => sum + (bounds.shares[t] ?? 0), 0);
    return Math.max(shares, ...chosen.map(({ bounds }) => bounds.whole[t] ?? 0));
  });
}

function boundsByPool(chosen: readonly RatedOption[]): readonly (readonly number[])[] {
  return [...Map.groupBy(chosen, ({ option }) => option.candidate.pool).values()].map(boundsOf);
}

/**
 * Whether one option can stand wherever another of its pool stands and serves at least as much there: the same pods, but
 * for processors and memory, of which each may ask for as much as the other or as its accelerators' share of a node.
 */
function covers(better: PlacementOption, other: PlacementOption): boolean {
  const a = better.candidate.podGroup;
  const b = other.candidate.podGroup;
  return (
    better.candidate.pool === other.candidate.pool &&
    better.rate >= other.rate &&
    a.nodes === b.nodes &&
    a.acceleratorsPerNode === b.acceleratorsPerNode &&
    a.cpuMillicores <= b.cpuMillicores &&
    a.memory <= b.memory
  );
}

function nameOf(options: readonly PlacementOption[]): string {
  return options.map((option) => option.candidate.id).join(' ');
}

function keepOptions(problem: PlacementProblem, chosen: readonly RatedOption[]): PlacementProblem {
  const workloads = problem.workloads.map((workload, index) => {
    const option = chosen[index]?.option;
    return { ...workload, options: option === undefined ? [] : [option] };
  });
  return { ...problem, workloads };
}

/** Open choices sorted so that the one to try next is last: lowest bound, of equal ones the one inserted first. */
function insert(open: OpenChoice[], item: OpenChoice): OpenChoice[] {
  let low = 0;
  let high = open.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((open[middle]?.bound ?? 0) > item.bound) low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, item);
  return open;
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
