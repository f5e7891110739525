import type {
  BindingConstraint,
  ConstraintCheck,
  Decision,
  NodeAllocation,
  ResolvedProblem,
  SolutionStatus,
} from '../model/index.ts';
import { microUsd, sortedBy } from '../units/index.ts';
import { changesTogether } from '../cost/index.ts';
import { checkFleetBudgets } from './services/index.ts';
import { checkQuotas, checkStarts } from './verify/check-nodes.ts';
import { brokenConstraints } from './verify-decision.ts';

/** From best to worst; a joint plan is known as well as its worse part. */
const STATUSES: readonly SolutionStatus[] = ['optimal', 'feasible-with-gap', 'heuristic', 'infeasible'];

/**
 * The decision about language models and the one about services as one: money and nodes add up, checks stand side by side, budgets and
 * quotas are checked over both.
 */
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
    nodes: addedUp([...models.nodes, ...services.nodes]),
    ...(decided === undefined ? {} : { services: decided }),
    ...(serviceAllocations === undefined ? {} : { serviceAllocations }),
    ...(packing === undefined ? {} : { packing }),
    ...(replan === undefined ? {} : { replan }),
    constraintPrices: [...models.constraintPrices, ...services.constraintPrices],
  };
  const shared = [
    ...checkFleetBudgets(problem, joined),
    ...checkQuotas(problem, joined),
    ...checkStarts(problem, joined),
  ];
  const ids = new Set(shared.map((check) => check.constraint));
  const own = [...models.checks, ...services.checks].filter((check) => !ids.has(check.constraint));
  const broken = brokenConstraints(shared);
  if (broken.length === 0) {
    return { ...joined, checks: sortedBy([...own, ...shared], (check) => check.constraint) };
  }
  return { ...joined, status: 'infeasible', checks: [], bindingConstraints: broken.map(bindingOf) };
}

/** One entry per offering: both kinds may buy nodes of it, each its own. */
function addedUp(nodes: readonly NodeAllocation[]): readonly NodeAllocation[] {
  const sums = new Map<string, NodeAllocation>();
  for (const item of nodes) {
    const known = sums.get(item.offering);
    const counts = Object.entries(item.nodes).map(([window, count]): [string, number] => [
      window,
      count + (known?.nodes[window] ?? 0),
    ]);
    const changes = [item.changes, known?.changes].flatMap((own) => own ?? []);
    sums.set(item.offering, {
      ...item,
      nodes: { ...known?.nodes, ...Object.fromEntries(counts) },
      ...(changes.length === 0 ? {} : { changes: changesTogether(changes) }),
    });
  }
  return sortedBy([...sums.values()], (item) => item.offering);
}

function bindingOf({ constraint, used, limit, unit }: ConstraintCheck): BindingConstraint {
  return {
    constraint,
    description: `Language models and services together take ${used.toFixed(2)} of ${limit.toFixed(2)} ${unit}`,
    relaxation: { change: `raise ${constraint} to ${Math.ceil(used)} ${unit}` },
  };
}
