import type { BindingConstraint } from '../../model/index.ts';
import type { ComponentSolver } from './components.ts';
import { constraintFamilies } from './families.ts';
import type { ConstraintFamily } from './families.ts';
import { oneShapePerPool } from './one-shape.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { EXPLAINING_EFFORT, nearestRelaxation } from './relaxation.ts';

/**
 * Why a placement problem has no solution: a set of constraints that cannot hold together and of which none can be
 * left out (deletion filter over constraint families, in their stable order), each with the smallest change of it
 * alone that makes the whole problem solvable, where there is one. Where several such sets stand in the way at once, all are
 * named, and a change says which others it needs. Every problem is solved under the rule of one shape, as plans are. Cost: one solve per family and set, and some per relaxation.
 */
export async function explainInfeasible(
  problem: PlacementProblem,
  solver: ComponentSolver,
): Promise<readonly BindingConstraint[]> {
  const without = problem.workloads.filter((workload) => workload.options.length === 0);
  if (without.length > 0) {
    return without.map((workload) => ({
      constraint: `slo/${workload.id}`,
      description: `No configuration of ${workload.id} meets its SLO on the pools offered`,
    }));
  }
  const conflicts = await everyConflict(problem, solver);
  if (conflicts.length === 0) {
    const description = 'No offering can hold a replica of every workload, whatever the limits';
    return [{ constraint: 'offerings', description }];
  }
  const explained: BindingConstraint[] = [];
  for (const conflict of conflicts) {
    const others = conflicts.filter((other) => other !== conflict);
    const rest = others.flat().reduce((lifted, family) => family.lift(lifted), problem);
    for (const family of conflict) {
      const relaxation = await nearestRelaxation(rest, family, solver);
      explained.push({
        constraint: family.id,
        description: family.description,
        ...(relaxation === undefined ? {} : { relaxation: together(relaxation, others) }),
      });
    }
  }
  return explained;
}

/** A relaxation that helps only when one constraint of each other conflict is changed as well says so. */
function together(
  relaxation: NonNullable<BindingConstraint['relaxation']>,
  others: readonly (readonly ConstraintFamily[])[],
): NonNullable<BindingConstraint['relaxation']> {
  if (others.length === 0) return relaxation;
  const names = others.map((conflict) => conflict.map((family) => family.id).join(' or '));
  return { change: `${relaxation.change}, together with a change of ${names.join(' and of ')}` };
}

/** Conflicts that share no family: the first is lifted to see the next, until a plan exists or nothing is left. */
async function everyConflict(
  problem: PlacementProblem,
  solver: ComponentSolver,
): Promise<readonly (readonly ConstraintFamily[])[]> {
  const conflicts: (readonly ConstraintFamily[])[] = [];
  let current = problem;
  for (;;) {
    const conflict = await smallestConflict(current, solver);
    if (conflict.length === 0) return [];
    conflicts.push(conflict);
    current = conflict.reduce((lifted, family) => family.lift(lifted), current);
    if ((await oneShapePerPool(current, solver, EXPLAINING_EFFORT)) !== undefined) return conflicts;
  }
}

/** Families left after removing, one by one, each whose absence keeps the problem infeasible. */
async function smallestConflict(
  problem: PlacementProblem,
  solver: ComponentSolver,
): Promise<readonly ConstraintFamily[]> {
  let current = problem;
  const kept: ConstraintFamily[] = [];
  for (const family of constraintFamilies(problem)) {
    const lifted = family.lift(current);
    const plan = await oneShapePerPool(lifted, solver, EXPLAINING_EFFORT);
    if (plan !== undefined) kept.push(family);
    else current = lifted;
  }
  return kept;
}
