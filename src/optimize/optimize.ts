import type { Decision, ResolvedProblem } from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import { withAcceleratorPools } from './accelerator-pools.ts';
import { withLatencyLimit } from './aims/latency-limit.ts';
import { joinedDecision } from './join-decisions.ts';
import type { OptimizeOptions, PreviousDecision } from './options.ts';
import { planModels } from './plan-models.ts';
import { checkFleetBudgets, decideServices, verifyServices, withBudgetsLeft } from './services/index.ts';
import { brokenConstraints, verifyDecision } from './verify-decision.ts';
import { timeWindows } from './windows.ts';

/**
 * Decides what runs where, for language models and services, at least cost; verifies the answer with independent code and says how good it is and
 * what each constraint costs. Services keep off nodes with accelerators (unless they name their pool), so the two kinds share windows and
 * budgets but no node: each is planned by itself and the sum of the parts is the joint optimum.
 * The order of the lists in `problem` does not matter; equal inputs give equal decisions (without a time limit).
 *
 * An infeasible problem is a decision with status `infeasible` and its binding constraints. Throws DiagnosticError
 * with `optimize-answer-rejected` or `optimize-solver-unavailable` when no solver gives an answer that can be trusted.
 */
export async function optimize(unsorted: ResolvedProblem, options: OptimizeOptions): Promise<Decision> {
  const problem = inStableOrder(unsorted);
  const windows = timeWindows(
    [
      ...problem.workloads.map(({ workload, profile }) => ({ workload: workload.id, profile })),
      ...problem.services.map(({ workload, hourlyRate }) => ({
        workload: workload.id,
        profile: { hourlyRate },
      })),
    ],
    options.maxWindows,
  );
  const { previous } = options;
  const kept = previous === undefined ? undefined : keptDecision(problem, previous);
  if (kept !== undefined) return kept;
  if (problem.services.length === 0) return planModels(withAcceleratorPools(problem), windows, options);
  const services = await decideServices(problem, windows, options);
  if (problem.workloads.length === 0 || services.status === 'infeasible') return services;
  const placed = await planModels(
    withAcceleratorPools(withBudgetsLeft(problem, services)),
    services.windows,
    options,
  );
  return joinedDecision(problem, placed, services);
}

/**
 * An earlier decision as it is, where its inputs are proven to be the same and every constraint, recomputed, still holds; else undefined. Its
 * status and bound stay as recorded: equal inputs give equal ones.
 */
export function keptDecision(problem: ResolvedProblem, previous: PreviousDecision): Decision | undefined {
  return previous.hasSameInputs === true && isStillValid(problem, previous.decision)
    ? previous.decision
    : undefined;
}

/** Whether every constraint still holds for an earlier decision, recomputed from it alone. */
function isStillValid(problem: ResolvedProblem, decision: Decision): boolean {
  if (decision.status === 'infeasible') return false;
  const checks = [
    ...(problem.workloads.length === 0 ? [] : verifyDecision(withAcceleratorPools(problem), decision)),
    ...verifyServices(problem, decision),
  ].filter((check) => !check.constraint.startsWith('budget/'));
  return brokenConstraints([...checks, ...checkFleetBudgets(problem, decision)]).length === 0;
}

/** Every list sorted by id, so that the order of declaration cannot change the answer. */
function inStableOrder(problem: ResolvedProblem): ResolvedProblem {
  return {
    problem: {
      ...problem.problem,
      pools: sortedBy(problem.problem.pools, (pool) => pool.id),
      workloads: sortedBy(problem.problem.workloads, (workload) => workload.id),
      services: sortedBy(problem.problem.services, (service) => service.id),
      budgets: sortedBy(problem.problem.budgets, (budget) => budget.id),
    },
    offerings: sortedBy(problem.offerings, (offering) => offering.id),
    workloads: sortedBy(problem.workloads.map(withLatencyLimit), (item) => item.workload.id),
    services: sortedBy(problem.services, (item) => item.workload.id),
  };
}
