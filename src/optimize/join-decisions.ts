import type { Decision, ResolvedProblem, SolutionStatus } from '../model/index.ts';
import { microUsd, sortedBy } from '../units/index.ts';
import { checkFleetBudgets } from './services/index.ts';
import { brokenConstraints } from './verify-decision.ts';

/** From best to worst; a joint plan is known as well as its worse part. */
const STATUSES: readonly SolutionStatus[] = ['optimal', 'feasible-with-gap', 'heuristic', 'infeasible'];

/** The decision about language models and the one about services as one: money adds up, checks stand side by side, budgets are checked over both. */
export function joinedDecision(problem: ResolvedProblem, models: Decision, services: Decision): Decision {
  if (models.status === 'infeasible') return { ...models, services: services.services ?? [] };
  const objective = microUsd(models.objectivePerMonth + services.objectivePerMonth);
  const bound = microUsd(Math.min(objective, models.boundPerMonth + services.boundPerMonth));
  const { services: decided, serviceAllocations, packing, replan } = services;
  const joined: Decision = {
    ...models,
    status:
      STATUSES[Math.max(STATUSES.indexOf(models.status), STATUSES.indexOf(services.status))] ?? 'heuristic',
    objectivePerMonth: objective,
    boundPerMonth: bound,
    gap: objective > 0 ? Math.max(0, (objective - bound) / objective) : 0,
    nodes: sortedBy([...models.nodes, ...services.nodes], (item) => item.offering),
    ...(decided === undefined ? {} : { services: decided }),
    ...(serviceAllocations === undefined ? {} : { serviceAllocations }),
    ...(packing === undefined ? {} : { packing }),
    ...(replan === undefined ? {} : { replan }),
    constraintPrices: [...models.constraintPrices, ...services.constraintPrices],
  };
  const budgets = checkFleetBudgets(problem, joined);
  const own = [...models.checks, ...services.checks].filter(
    (check) => !check.constraint.startsWith('budget/'),
  );
  const checks = sortedBy([...own, ...budgets], (check) => check.constraint);
  const broken = brokenConstraints(budgets);
  if (broken.length === 0) return { ...joined, checks };
  return {
    ...joined,
    status: 'infeasible',
    checks: [],
    bindingConstraints: broken.map((check) => ({
      constraint: check.constraint,
      description: `The cheapest plan spends ${check.used.toFixed(2)} of ${check.limit.toFixed(2)} ${check.unit}`,
      relaxation: { change: `raise ${check.constraint} to ${Math.ceil(check.used)} USD/month` },
    })),
  };
}
