import type { ConstraintPrice } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import { constraintFamilies } from './families.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/**
 * What each constraint costs: the saving per month if it alone were lifted, by solving again without it. Zero when
 * nothing is saved. The budget of the whole fleet limits the objective itself and is never worth anything to a plan
 * that keeps it, so it is not solved for.
 */
export async function constraintPrices(
  problem: PlacementProblem,
  solution: PlacementSolution,
  context: PlacementContext,
): Promise<readonly ConstraintPrice[]> {
  const fleetBudgets = new Set(problem.budgets.filter((item) => item.team === '').map((item) => item.id));
  const prices: ConstraintPrice[] = [];
  for (const family of constraintFamilies(problem)) {
    const isFleetBudget = family.kind === 'budget' && fleetBudgets.has(family.subject);
    const outcome = isFleetBudget ? undefined : await solvePlacement(family.lift(problem), context);
    const saved = outcome?.ok === true ? solution.objective - outcome.solution.objective : 0;
    prices.push({
      constraint: family.id,
      description: family.description,
      perMonth: microUsd(Math.max(0, saved)),
    });
  }
  return prices;
}
