import type { ConstraintPrice } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import type { ComponentSolver } from './components.ts';
import { changeWorkload, constraintFamilies } from './families.ts';
import type { ConstraintFamily } from './families.ts';
import { oneShapePerPool } from './one-shape.ts';
import type { PlacementProblem } from './placement-problem.ts';
import type { PlacementSolution } from './solution.ts';

/** Savings of less than a cent are rounding, micro-dollars. */
const LEAST_SAVING = 10_000;
/** Parts solved at most to choose shapes anew with a constraint lifted: the most promising choices come first. */
const PRICING_EFFORT = { solves: 3, areSwapped: false } as const;

/** A plan, the problem it solves, and the same problem cut down to the shapes the plan keeps to. */
export interface PricedPlan {
  readonly problem: PlacementProblem;
  readonly shaped: PlacementProblem;
  readonly solution: PlacementSolution;
}

/**
 * What each constraint costs: the saving per month if it alone were lifted, by solving again without it, both with the
 * plan's own shapes and with shapes chosen anew. Zero when nothing is saved. The budget of the whole fleet limits the
 * objective itself and is never worth anything to a plan that keeps it, so it is not solved for.
 */
export async function constraintPrices(
  { problem, shaped, solution }: PricedPlan,
  solver: ComponentSolver,
): Promise<readonly ConstraintPrice[]> {
  const fleetBudgets = new Set(problem.budgets.filter((item) => item.team === '').map((item) => item.id));
  const prices: ConstraintPrice[] = [];
  for (const family of constraintFamilies(problem)) {
    const isFleetBudget = family.kind === 'budget' && fleetBudgets.has(family.subject);
    const lifted = isFleetBudget ? [] : await liftedCosts(family, { problem, shaped, solution }, solver);
    const saved = Math.max(0, ...lifted.map((cost) => solution.objective - cost));
    prices.push({
      constraint: family.id,
      description: family.description,
      perMonth: microUsd(saved > LEAST_SAVING ? saved : 0),
    });
  }
  return prices;
}

async function liftedCosts(
  family: ConstraintFamily,
  plan: PricedPlan,
  solver: ComponentSolver,
): Promise<readonly number[]> {
  const kept = await solver.whole(family.lift(plan.shaped));
  const keptCosts = kept.ok ? [kept.solution.objective] : [];
  const open = chosenAnew(family, plan);
  if (open === undefined) return keptCosts;
  const below = Math.min(plan.solution.objective, ...keptCosts);
  const anew = await oneShapePerPool(family.lift(open), solver, { ...PRICING_EFFORT, below });
  return anew === undefined ? keptCosts : [...keptCosts, anew.solution.objective];
}

/**
 * The problem in which shapes are chosen anew without a family: for one workload the whole; of several only the
 * workload concerned may change its shape, all for the sake of a quota, and none for budgets and spread (each choice would be solved anew).
 */
function chosenAnew(family: ConstraintFamily, { problem, shaped }: PricedPlan): PlacementProblem | undefined {
  if (problem.workloads.length === 1 || family.kind === 'quota') return problem;
  const own = problem.workloads.find((workload) => workload.id === family.subject);
  if (own === undefined || family.kind === 'budget') return undefined;
  return changeWorkload(shaped, own.id, { options: own.options });
}
