import type { BindingConstraint } from '../../model/index.ts';
import { constraintFamilies } from './families.ts';
import type { ConstraintFamily } from './families.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { nearestRelaxation } from './relaxation.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';

/**
 * Why a placement problem has no solution: a set of constraints that cannot hold together and of which none can be
 * left out (deletion filter over constraint families, in their stable order), each with the smallest change of it
 * alone that makes the whole problem solvable, where there is one. Cost: one solve per family and some per relaxation.
 */
export async function explainInfeasible(
  problem: PlacementProblem,
  context: PlacementContext,
): Promise<readonly BindingConstraint[]> {
  const without = problem.workloads.filter((workload) => workload.options.length === 0);
  if (without.length > 0) {
    return without.map((workload) => ({
      constraint: `slo/${workload.id}`,
      description: `No configuration of ${workload.id} meets its SLO on the pools offered`,
    }));
  }
  const binding = await smallestConflict(problem, context);
  if (binding.length === 0) {
    const description = 'No offering can hold a replica of every workload, whatever the limits';
    return [{ constraint: 'offerings', description }];
  }
  const explained: BindingConstraint[] = [];
  for (const family of binding) {
    const relaxation = await nearestRelaxation(problem, family, context);
    explained.push({
      constraint: family.id,
      description: family.description,
      ...(relaxation === undefined ? {} : { relaxation }),
    });
  }
  return explained;
}

/** Families left after removing, one by one, each whose absence keeps the problem infeasible. */
async function smallestConflict(
  problem: PlacementProblem,
  context: PlacementContext,
): Promise<readonly ConstraintFamily[]> {
  let current = problem;
  const kept: ConstraintFamily[] = [];
  for (const family of constraintFamilies(problem)) {
    const lifted = family.lift(current);
    const outcome = await solvePlacement(lifted, context);
    if (outcome.ok) kept.push(family);
    else current = lifted;
  }
  return kept;
}
