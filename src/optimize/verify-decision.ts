import type { ConstraintCheck, Decision, ResolvedProblem } from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import { checkAvailability, checkSurvival } from './verify/check-failures.ts';
import { checkBudgets } from './verify/check-money.ts';
import { checkPacking, checkQuotas, checkSpread, checkStarts } from './verify/check-nodes.ts';
import {
  checkDemand,
  checkLatency,
  checkPlannedRates,
  checkRouting,
  checkSpotShare,
} from './verify/check-replicas.ts';

/**
 * Recomputes every constraint of a decision from its allocations and nodes alone, with none of the code that made
 * them: demand, losses, packing by placing pods on nodes one by one, quotas, budgets, spot shares, spread,
 * availability, planned rates and latency limits. Sorted by constraint. An infeasible decision has nothing to check.
 */
export function verifyDecision(
  problem: ResolvedProblem,
  decision: Omit<Decision, 'checks'>,
): readonly ConstraintCheck[] {
  if (decision.status === 'infeasible') return [];
  const checks = [
    checkDemand,
    checkSurvival,
    checkAvailability,
    checkPacking,
    checkQuotas,
    checkStarts,
    checkBudgets,
    checkSpotShare,
    checkSpread,
    checkPlannedRates,
    checkRouting,
    checkLatency,
  ].flatMap((check) => check(problem, decision));
  return sortedBy(checks, (check) => check.constraint);
}

/** Checks whose failure means a wrong answer; latency limits are evidence, with noise of their own. */
export function brokenConstraints(checks: readonly ConstraintCheck[]): readonly ConstraintCheck[] {
  return checks.filter((check) => !check.holds && !check.constraint.startsWith('slo/'));
}
