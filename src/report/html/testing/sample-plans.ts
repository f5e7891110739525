import type { PlanDocument } from '../../../model/index.ts';
import { microUsd } from '../../../units/index.ts';

/**
 * A plan with `count` workloads made of copies of the workloads of another, each with its own name and its own nodes, for tests and benchmarks of
 * size: its figures add up no better than they need to for a page. Both kinds of workload are copied in turn.
 */
export function manyWorkloads(plan: PlanDocument, count: number): PlanDocument {
  const names = [
    ...plan.decision.workloads.map((item) => item.workload),
    ...(plan.decision.services ?? []).map((item) => item.workload),
  ];
  const copies = Math.ceil(count / Math.max(1, names.length));
  const taken = new Set(
    names.flatMap((name) => Array.from({ length: copies }, (_, copy) => named(name, copy))).slice(0, count),
  );
  const copy = <T extends { readonly workload: string }>(items: readonly T[] | undefined): T[] =>
    (items ?? [])
      .flatMap((item) =>
        Array.from({ length: copies }, (_, index) => ({ ...item, workload: named(item.workload, index) })),
      )
      .filter((item) => taken.has(item.workload));
  const declared = <T extends { readonly id: string }>(items: readonly T[] | undefined): T[] =>
    (items ?? [])
      .flatMap((item) =>
        Array.from({ length: copies }, (_, index) => ({ ...item, id: named(item.id, index) })),
      )
      .filter((item) => taken.has(item.id));
  const { decision, cost, problem } = plan;
  return {
    ...plan,
    problem: {
      ...problem,
      workloads: declared(problem.workloads),
      ...(problem.services === undefined ? {} : { services: declared(problem.services) }),
    },
    traffic: copy(plan.traffic),
    decision: {
      ...decision,
      allocations: copy(decision.allocations),
      workloads: copy(decision.workloads),
      ...(decision.services === undefined ? {} : { services: copy(decision.services) }),
      ...(decision.serviceAllocations === undefined
        ? {}
        : { serviceAllocations: copy(decision.serviceAllocations) }),
      ...(decision.packing === undefined
        ? {}
        : {
            packing: decision.packing.flatMap((item) =>
              Array.from({ length: copies }, (_, index) => ({
                ...item,
                pods: Object.fromEntries(
                  Object.entries(item.pods).map(([name, pods]) => [named(name, index), pods]),
                ),
              })),
            ),
          }),
      nodes: decision.nodes.map((item) => ({
        ...item,
        nodes: Object.fromEntries(
          Object.entries(item.nodes).map(([window, nodes]) => [window, nodes * copies]),
        ),
      })),
    },
    cost: {
      ...cost,
      totalPerMonth: microUsd(cost.totalPerMonth * copies),
      listPerMonth: microUsd(cost.listPerMonth * copies),
      lineItems: copy(cost.lineItems),
      workloads: copy(cost.workloads),
    },
  };
}

function named(name: string, copy: number): string {
  return copy === 0 ? name : `${name}-${copy + 1}`;
}
