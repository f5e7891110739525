import type { BindingConstraint } from '../../model/index.ts';
import { formatPercent, formatUsd, microUsd } from '../../units/index.ts';
import { worstAvailability } from './availability.ts';
import type { ComponentSolver } from './components.ts';
import { changeWorkload } from './families.ts';
import type { ConstraintFamily } from './families.ts';
import { oneShapePerPool } from './one-shape.ts';
import type { ShapeEffort } from './one-shape.ts';
import { quotaIdOf } from './placement-problem.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { teamCost } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

type Relaxation = NonNullable<BindingConstraint['relaxation']>;

/** Parts solved for one question while explaining: a plan shows that one exists, the cheapest is not needed exactly. */
export const EXPLAINING_EFFORT: ShapeEffort = { solves: 100, areSwapped: false };

/** Steps of a relaxed spot share: one percent. */
const SHARE_STEPS = 100;

/**
 * The smallest change of one constraint alone that makes the whole problem solvable, in words, with the cost per
 * month of the plan that it allows; undefined when no change of it alone helps.
 */
export async function nearestRelaxation(
  problem: PlacementProblem,
  family: ConstraintFamily,
  solver: ComponentSolver,
): Promise<Relaxation | undefined> {
  const attempt = async (changed: PlacementProblem): Promise<PlacementSolution | undefined> =>
    (await oneShapePerPool(changed, solver, EXPLAINING_EFFORT))?.solution;
  const lifted = await attempt(family.lift(problem));
  if (lifted === undefined) return undefined;
  switch (family.kind) {
    case 'budget':
      return raiseBudget(problem, family, lifted);
    case 'quota':
      return raiseQuota({ problem, family, lifted, attempt });
    case 'spot-share':
      return raiseSpotShare({ problem, family, lifted, attempt });
    case 'tolerance':
      return lowerTolerance({ problem, family, lifted, attempt });
    case 'availability': {
      const workload = problem.workloads.find((item) => item.id === family.subject);
      if (workload === undefined) return undefined;
      const achieved = worstAvailability(workload, lifted, problem.windows);
      const shown = formatPercent(Math.floor(achieved * 1e6) / 1e6, 6);
      return {
        change: `lower the availability of ${family.subject} to ${shown}`,
        perMonth: lifted.objective,
      };
    }
    case 'zone-spread':
      return { change: 'allow base replicas to gather in fewer zones', perMonth: lifted.objective };
  }
}

function raiseBudget(
  problem: PlacementProblem,
  family: ConstraintFamily,
  lifted: PlacementSolution,
): Relaxation {
  const budget = problem.budgets.find((item) => item.id === family.subject);
  const needed =
    budget === undefined || budget.team === ''
      ? lifted.objective
      : microUsd(teamCost(problem, lifted, budget.team) * 1e6);
  const rounded = microUsd(Math.ceil(needed / 1e6) * 1e6);
  return {
    change: `raise budget ${family.subject} to ${formatUsd(rounded, 0)} USD/month`,
    perMonth: lifted.objective,
  };
}

interface Search {
  readonly problem: PlacementProblem;
  readonly family: ConstraintFamily;
  readonly lifted: PlacementSolution;
  attempt(changed: PlacementProblem): Promise<PlacementSolution | undefined>;
}

/** Bisection between the quota that fails and the nodes that the plan without a quota uses. */
async function raiseQuota(search: Search): Promise<Relaxation> {
  const { problem, family, lifted } = search;
  const pool = family.subject;
  const usage = problem.windows.map((window) =>
    lifted.nodes
      .filter((item) => item.window === window.id && quotaIdOf(problem, item.offering.pool) === pool)
      .reduce((sum, item) => sum + item.count, 0),
  );
  const declared = problem.maxNodes[pool] ?? 0;
  const found = await bisect(search, { fails: declared, works: Math.max(...usage) }, (value) => ({
    ...problem,
    maxNodes: { ...problem.maxNodes, [pool]: value },
  }));
  return {
    change: `raise maxNodes of pool ${pool} from ${declared} to ${found.value}`,
    perMonth: found.solution.objective,
  };
}

async function raiseSpotShare(search: Search): Promise<Relaxation> {
  const { problem, family } = search;
  const declared = problem.workloads.find((item) => item.id === family.subject)?.maxSpotShare ?? 0;
  const range = { fails: Math.floor(declared * SHARE_STEPS), works: SHARE_STEPS };
  const found = await bisect(search, range, (value) =>
    changeWorkload(problem, family.subject, { maxSpotShare: value / SHARE_STEPS }),
  );
  return {
    change: `raise maxSpotShare of ${family.subject} to ${found.value} %`,
    perMonth: found.solution.objective,
  };
}

async function lowerTolerance(search: Search): Promise<Relaxation> {
  const { problem, family, lifted } = search;
  const declared = problem.workloads.find((item) => item.id === family.subject)?.tolerates;
  if (declared === 'correlation-group') {
    const milder = await search.attempt(changeWorkload(problem, family.subject, { tolerates: 'node' }));
    if (milder !== undefined) {
      return {
        change: `let ${family.subject} tolerate the loss of a node only`,
        perMonth: milder.objective,
      };
    }
  }
  return { change: `let ${family.subject} tolerate no loss`, perMonth: lifted.objective };
}

/** The least whole value in (fails, works] with a solution, and that solution; `works` has the lifted one. */
async function bisect(
  search: Search,
  range: { readonly fails: number; readonly works: number },
  change: (value: number) => PlacementProblem,
): Promise<{ readonly value: number; readonly solution: PlacementSolution }> {
  let low = range.fails;
  let best = { value: range.works, solution: search.lifted };
  while (best.value - low > 1) {
    const middle = Math.floor((low + best.value) / 2);
    const solution = await search.attempt(change(middle));
    if (solution === undefined) low = middle;
    else best = { value: middle, solution };
  }
  return best;
}
