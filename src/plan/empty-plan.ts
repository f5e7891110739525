import type { PlanDocument } from '../model/index.ts';
import { microUsd } from '../units/index.ts';

/** The plan that runs nothing, of the same stack: what a new stack is compared with, and one that is given up becomes. */
export function emptyPlan(plan: PlanDocument): PlanDocument {
  const { problem, decision, cost, policy } = plan;
  return {
    ...plan,
    applicable: true,
    problem: { ...problem, workloads: [], ...(problem.services === undefined ? {} : { services: [] }) },
    traffic: [],
    ...(plan.serviceTraffic === undefined ? {} : { serviceTraffic: [] }),
    decision: {
      ...decision,
      objectivePerMonth: microUsd(0),
      boundPerMonth: microUsd(0),
      allocations: [],
      nodes: [],
      workloads: [],
      ...(decision.services === undefined ? {} : { services: [] }),
      ...(decision.serviceAllocations === undefined ? {} : { serviceAllocations: [] }),
      ...(decision.packing === undefined ? {} : { packing: [] }),
      checks: [],
      constraintPrices: [],
    },
    cost: { ...cost, lineItems: [], totalPerMonth: microUsd(0), listPerMonth: microUsd(0), workloads: [] },
    policy: { ...policy, verdicts: [], passes: true },
    objects: [],
    assumptions: [],
  };
}
