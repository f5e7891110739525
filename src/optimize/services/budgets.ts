import { nodeShares } from '../../cost/index.ts';
import type { ConstraintCheck, Decision, ResolvedProblem } from '../../model/index.ts';
import { microUsd, toDollars } from '../../units/index.ts';
import { fleetCost, teamCost } from '../verify/check-money.ts';
import { atMost } from '../verify/subject.ts';
import type { Subject } from '../verify/subject.ts';
import { hoursPerMonth } from '../windows.ts';

/** The problem with budgets that hold what services leave of them. A budget that services exceed leaves nothing. */
export function withBudgetsLeft(problem: ResolvedProblem, services: Decision): ResolvedProblem {
  const budgets = problem.problem.budgets.map((budget) => {
    const spent =
      budget.team === ''
        ? toDollars(services.objectivePerMonth)
        : teamServiceCost(problem, services, budget.team);
    return { ...budget, limit: microUsd(Math.max(0, budget.limit - Math.ceil(spent * 1e6))) };
  });
  return { ...problem, problem: { ...problem.problem, budgets } };
}

/** Each budget against nodes bought, or against a team's shares of nodes: models by accelerators, services by their pods. USD per month. */
export function checkFleetBudgets(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.problem.budgets.map((budget) => {
    const spent =
      budget.team === ''
        ? fleetCost(problem, subject)
        : teamCost(problem, subject, budget.team) + teamServiceCost(problem, subject, budget.team);
    return atMost(`budget/${budget.id}`, spent, toDollars(budget.limit), 'USD/month');
  });
}

/**
 * What the services of a team take of the nodes, USD per month: of every node the parts that its pods are billed for (`nodeShares`). Room that
 * nobody uses is nobody's.
 */
export function teamServiceCost(problem: ResolvedProblem, subject: Subject, team: string): number {
  const members = new Set(
    problem.problem.services.filter((service) => service.team === team).map((service) => service.id),
  );
  const offerings = new Map(problem.offerings.map((offering) => [offering.id, offering]));
  const sizes = new Map(subject.services?.map((item) => [item.workload, item.shape.resources]));
  const hours = new Map(subject.windows.map((window) => [window.id, hoursPerMonth(window)]));
  return (subject.packing ?? []).reduce((sum, group) => {
    const offering = offerings.get(group.offering);
    if (offering === undefined) return sum;
    const share = nodeShares(group.pods, sizes, offering)
      .filter(({ workload }) => members.has(workload))
      .reduce((total, item) => total + item.share, 0);
    return sum + (offering.price / 1e6) * (hours.get(group.window) ?? 0) * group.nodes * share;
  }, 0);
}
