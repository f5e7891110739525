import type { ConstraintCheck, ResolvedProblem } from '../../model/index.ts';
import { HOURS_PER_MONTH, HOURS_PER_WEEK, toDollars } from '../../units/index.ts';
import { atMost, replicasAt } from './subject.ts';
import type { Subject } from './subject.ts';

/** Each budget against the nodes bought, or against the node shares of a team's replicas, in dollars per month. */
export function checkBudgets(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.problem.budgets.map((budget) => {
    const spent = budget.team === '' ? fleetCost(problem, subject) : teamCost(problem, subject, budget.team);
    return atMost(`budget/${budget.id}`, spent, toDollars(budget.limit), 'USD/month');
  });
}

/** Dollars per month of all nodes, their coming and going included. */
export function fleetCost(problem: ResolvedProblem, subject: Subject): number {
  let total = 0;
  for (const { offering, nodes, changes } of subject.nodes) {
    const price = problem.offerings.find((item) => item.id === offering)?.price ?? Infinity;
    total += (price / 1e6) * (changes?.hoursPerMonth ?? 0);
    for (const window of subject.windows)
      total += monthly(price, window.hours.length) * (nodes[window.id] ?? 0);
  }
  return total;
}

/** Dollars per month of the node shares of the replicas of a team's language models. */
export function teamCost(problem: ResolvedProblem, subject: Subject, team: string): number {
  const members = new Set(
    problem.workloads.filter((item) => item.workload.team === team).map((item) => item.workload.id),
  );
  let total = 0;
  for (const allocation of subject.allocations.filter((item) => members.has(item.workload))) {
    const { podGroup } = allocation.candidate;
    for (const offering of problem.offerings) {
      if (offering.pool !== allocation.pool || offering.capacityType !== allocation.capacityType) continue;
      const accelerators = offering.instanceType.accelerator?.count ?? 0;
      const share =
        accelerators > 0
          ? podGroup.acceleratorsPerNode / accelerators
          : podGroup.cpuMillicores / offering.instanceType.allocatable.cpuMillicores;
      for (const window of subject.windows) {
        const replicas = replicasAt(allocation, window.id, offering.zone);
        total += monthly(offering.price, window.hours.length) * share * podGroup.nodes * replicas;
      }
    }
  }
  return total;
}

function monthly(microUsdPerHour: number, hoursPerWeek: number): number {
  return (microUsdPerHour / 1e6) * hoursPerWeek * (HOURS_PER_MONTH / HOURS_PER_WEEK);
}
