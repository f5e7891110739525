import type { Offering } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import type { MicroUsd } from '../../units/index.ts';
import { changeWorkload } from './families.ts';
import { optionsOn, quotaIdOf } from './placement-problem.ts';
import type { PlacementProblem, PlacementWorkload } from './placement-problem.ts';
import { checkFleetBudget, meetsTeamBudgets, solvePlacement } from './solve-placement.ts';
import type { Cutoff, PlacementContext, PlacementOutcome } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/**
 * The parts of a problem that share nothing but budgets: workloads with the quotas of their pools, joined where two could
 * stand on one pool or share a quota. Budgets are left out; quotas and offerings are those of the part's pools. In order of the workloads.
 */
export function componentsOf(problem: PlacementProblem): readonly PlacementProblem[] {
  const parts: { workloads: PlacementWorkload[]; quotas: Set<string> }[] = [];
  for (const workload of problem.workloads) {
    const quotas = new Set(workload.options.map((option) => quotaIdOf(problem, option.candidate.pool)));
    const touching = parts.filter((part) => [...quotas].some((quota) => part.quotas.has(quota)));
    const [first] = touching;
    if (first === undefined) {
      parts.push({ workloads: [workload], quotas });
      continue;
    }
    first.workloads = [...touching.flatMap((part) => part.workloads), workload];
    first.quotas = new Set([...touching.flatMap((part) => [...part.quotas]), ...quotas]);
    for (const other of touching.slice(1)) parts.splice(parts.indexOf(other), 1);
  }
  return parts.map((part) => partOf(problem, part));
}

function partOf(
  problem: PlacementProblem,
  part: { readonly workloads: readonly PlacementWorkload[]; readonly quotas: ReadonlySet<string> },
): PlacementProblem {
  const { quotas } = part;
  const workloads = problem.workloads.filter((workload) => part.workloads.includes(workload));
  const isUsed = (offering: Offering): boolean =>
    quotas.has(quotaIdOf(problem, offering.pool)) &&
    workloads.some((workload) => optionsOn(workload, offering).length > 0);
  return {
    ...problem,
    offerings: problem.offerings.filter(isUsed),
    maxNodes: Object.fromEntries(Object.entries(problem.maxNodes).filter(([quota]) => quotas.has(quota))),
    workloads,
    budgets: [],
  };
}

/**
 * Solves problems part by part and remembers the parts: two problems that differ in one workload or pool share the
 * solves of all others. Parts are known by everything that decides their answer.
 */
export class ComponentSolver {
  readonly context: PlacementContext;
  readonly #known = new Map<string, PlacementOutcome>();
  readonly #shareBounds = new Map<string, Promise<readonly number[]>>();
  /** Highest limit up to which a part is known to be too dear. */
  readonly #tooDear = new Map<string, number>();
  /** Parts solved so far; those remembered do not count. */
  solves = 0;

  constructor(context: PlacementContext) {
    this.context = context;
  }

  /** The cheapest placement of one part. */
  async part(problem: PlacementProblem, cutoff?: Cutoff): Promise<PlacementOutcome> {
    const key = keyOf(problem);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (cutoff !== undefined && cutoff.limit <= (this.#tooDear.get(key) ?? -Infinity)) {
      return { ok: false, reason: 'too-dear', detail: 'proven before' };
    }
    this.solves++;
    const outcome = await solvePlacement(problem, this.context, cutoff);
    if (outcome.ok || outcome.reason !== 'too-dear') this.#known.set(key, outcome);
    else if (cutoff !== undefined) this.#tooDear.set(key, cutoff.limit);
    if (outcome.ok) this.#rememberUnbound(problem, outcome.solution);
    return outcome;
  }

  /**
   * A plan that leaves nodes of each quota over also serves where quotas are lifted (as an upper bound of the cost, all
   * that a price needs), and one that is optimal without regard to availability where that is lifted.
   */
  #rememberUnbound(problem: PlacementProblem, solution: PlacementSolution): void {
    if (solution.isOptimal) {
      for (const { id } of problem.workloads) {
        const key = keyOf(changeWorkload(problem, id, { availability: 0 }));
        if (!this.#known.has(key)) this.#known.set(key, { ok: true, solution });
      }
    }
    for (const [quota, limit] of Object.entries(problem.maxNodes)) {
      const isFull = problem.windows.some(
        (window) => nodesUnder({ problem, solution, quota }, window.id) >= limit,
      );
      if (!Number.isFinite(limit) || isFull) continue;
      const key = keyOf({ ...problem, maxNodes: { ...problem.maxNodes, [quota]: Infinity } });
      if (!this.#known.has(key)) this.#known.set(key, { ok: true, solution });
    }
  }

  /** Remembers bounds of a part by what decides its answer. */
  shareBounds(part: PlacementProblem, compute: () => Promise<readonly number[]>): Promise<readonly number[]> {
    const key = keyOf(part);
    const known = this.#shareBounds.get(key) ?? compute();
    this.#shareBounds.set(key, known);
    return known;
  }

  /** The cheapest placement of a whole problem: its parts joined or, where that breaks a team's budget, in one piece. */
  async whole(problem: PlacementProblem): Promise<PlacementOutcome> {
    const solutions: PlacementSolution[] = [];
    for (const part of componentsOf(problem)) {
      const outcome = await this.part(part);
      if (!outcome.ok) return outcome;
      solutions.push(outcome.solution);
    }
    const joined = joinSolutions(solutions);
    return meetsTeamBudgets(problem, joined)
      ? checkFleetBudget(problem, joined)
      : solvePlacement(problem, this.context);
  }
}

function nodesUnder(
  {
    problem,
    solution,
    quota,
  }: {
    readonly problem: PlacementProblem;
    readonly solution: PlacementSolution;
    readonly quota: string;
  },
  window: string,
): number {
  return solution.nodes
    .filter((item) => item.window === window && quotaIdOf(problem, item.offering.pool) === quota)
    .reduce((sum, item) => sum + item.count, 0);
}

/** Several parts as one placement; its cost is the sum of theirs. */
function joinSolutions(solutions: readonly PlacementSolution[]): PlacementSolution {
  const sum = (amount: (solution: PlacementSolution) => MicroUsd): MicroUsd =>
    microUsd(solutions.reduce((total, solution) => total + amount(solution), 0));
  return {
    isOptimal: solutions.every((solution) => solution.isOptimal),
    solver: [...new Set(solutions.map((solution) => solution.solver))].sort().join('+'),
    objective: sum((solution) => solution.objective),
    bound: sum((solution) => solution.bound),
    windowBounds: {},
    replicas: solutions.flatMap((solution) => solution.replicas),
    nodes: solutions.flatMap((solution) => solution.nodes),
  };
}

/** Everything that decides the answer of a part; windows and offerings are the same for all problems of one solver. */
function keyOf(problem: PlacementProblem): string {
  return JSON.stringify([
    problem.isSpread,
    problem.offerings.map((offering) => offering.id),
    Object.entries(problem.maxNodes).map(([pool, limit]) => [pool, String(limit)]),
    problem.workloads.map(({ id, maxSpotShare, tolerates, availability, options }) => [
      id,
      maxSpotShare,
      tolerates,
      availability,
      options.map((option) => option.candidate.id),
    ]),
  ]);
}
