import type { ConstraintPrice } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import { constraintFamilies } from './families.ts';
import type { ConstraintFamily } from './families.ts';
import { solveUnderRule } from './one-shape.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/** Savings of less than a cent are rounding, micro-dollars. */
const LEAST_SAVING = 10_000;
/** Branch-and-bound nodes of one solve here: a price found too low by a gap of some tenths of a percent is good enough. */
const PRICING_NODES = 300;

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
  context: PlacementContext,
): Promise<readonly ConstraintPrice[]> {
  const fleetBudgets = new Set(problem.budgets.filter((item) => item.team === '').map((item) => item.id));
  const quick = { solvers: context.solvers, limits: { ...context.limits, nodes: PRICING_NODES } };
  const prices: ConstraintPrice[] = [];
  for (const family of constraintFamilies(problem)) {
    const isFleetBudget = family.kind === 'budget' && fleetBudgets.has(family.subject);
    const lifted = isFleetBudget ? [] : await liftedCosts(family, { problem, shaped }, quick);
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
  { problem, shaped }: Omit<PricedPlan, 'solution'>,
  context: PlacementContext,
): Promise<readonly number[]> {
  const kept = await solvePlacement(family.lift(shaped), context);
  const anew = await solveUnderRule(family.lift(problem), context);
  return [...(kept.ok ? [kept.solution.objective] : []), ...(anew === undefined ? [] : [anew.objective])];
}
