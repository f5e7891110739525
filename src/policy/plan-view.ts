import { isNobodys } from '../cost/index.ts';
import { sortedBy, sumUsd, toDollars } from '../units/index.ts';
import type { CostLineItem, ProblemDocument } from '../model/index.ts';
import { allocationView } from './allocation-view.ts';
import { poolView } from './pool-view.ts';
import { problemView } from './problem-view.ts';
import { serviceFacts, serviceView } from './service-view.ts';
import type { BudgetUseView, BudgetView, PlanCostView, PlanFacts, PlanView, ProblemView } from './views.ts';
import { workloadView } from './workload-view.ts';

/** The problem and the plan as rules see them. `pricesAsOf` (ISO date) decides the age of prices. */
export function viewsOf(
  document: ProblemDocument,
  plan: PlanFacts,
  pricesAsOf: string,
): { readonly problem: ProblemView; readonly plan: PlanView } {
  const problem = problemView(document);
  return { problem, plan: planView(problem, plan, pricesAsOf) };
}

function planView(problem: ProblemView, plan: PlanFacts, pricesAsOf: string): PlanView {
  const services = serviceFacts(plan);
  return {
    stack: plan.stack,
    status: plan.decision.status,
    solver: plan.decision.solver,
    gap: plan.decision.gap,
    cost: planCost(plan),
    budgets: problem.budgets.map((budget) => budgetUse(budget, plan)),
    workloads: problem.workloads.map((workload) =>
      workload.kind === 'service'
        ? serviceView(workload, services.get(workload.id), plan)
        : workloadView(workload, plan),
    ),
    pools: problem.pools.map((pool) => poolView(pool, plan, pricesAsOf)),
    allocations: sortedBy(plan.decision.allocations, (item) => item.id).map((item) =>
      allocationView(item, plan.decision),
    ),
    checks: sortedBy(plan.decision.checks, (check) => check.constraint),
    priceDates: plan.inputs.priceDates,
  };
}

function planCost(plan: PlanFacts): PlanCostView {
  const idle = costOf(plan, (line) => isNobodys(line.workload));
  const total = toDollars(plan.cost.totalPerMonth);
  return {
    totalPerMonth: total,
    listPerMonth: toDollars(plan.cost.listPerMonth),
    boundPerMonth: toDollars(plan.decision.boundPerMonth),
    idlePerMonth: idle,
    idleShare: total > 0 ? idle / total : 0,
  };
}

function budgetUse(budget: BudgetView, plan: PlanFacts): BudgetUseView {
  const costPerMonth =
    budget.team === ''
      ? toDollars(plan.cost.totalPerMonth)
      : costOf(plan, (line) => line.team === budget.team);
  return { ...budget, costPerMonth, headroom: 1 - costPerMonth / budget.limitPerMonth };
}

function costOf(plan: PlanFacts, matches: (line: CostLineItem) => boolean): number {
  return toDollars(sumUsd(plan.cost.lineItems.filter(matches).map((line) => line.effectiveCost)));
}
