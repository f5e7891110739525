import type {
  AvailabilityEvidence,
  Decision,
  NodeAllocation,
  PackedNodes,
  ResolvedProblem,
  ServiceAllocation,
  ServiceDecision,
  ServiceLoad,
} from '../../model/index.ts';
import { changeHours, paidHours } from '../../cost/index.ts';
import { serviceResponse } from '../../perf/index.ts';
import type { PlannedService } from '../../perf/index.ts';
import { compareText, microUsd, requestsPerSecond, sortedBy } from '../../units/index.ts';
import { withChanges } from '../node-changes.ts';
import { serviceAvailability } from './availability-evidence.ts';
import { shapeCost } from './plan-services.ts';
import type { ServicePlan } from './plan-services.ts';

/** The parts of a decision that tell a plan of services: what was decided for each, its pod sets, nodes and who shares them. */
export function decisionParts(
  plan: ServicePlan,
  problem: ResolvedProblem,
): Required<Pick<Decision, 'services' | 'serviceAllocations' | 'packing' | 'nodes'>> {
  const packing = packedNodes(plan);
  const serviceAllocations = allocationsOf(plan, packing);
  return {
    services: serviceDecisions(plan, problem, packing),
    serviceAllocations,
    packing,
    nodes: withChanges(nodesOf(plan), { ...plan.fleet, startup: slowestStart(plan) }),
  };
}

/** Seconds until the slowest pod on each offering answers. */
function slowestStart(plan: ServicePlan): (offering: string) => number {
  const { fleet, shapes } = plan;
  const slowest = new Map<string, number>();
  for (const { filled } of plan.windows) {
    for (const { node, pods } of filled) {
      const id = fleet.offerings[node]?.id ?? '';
      const own = pods.map(([service]) => shapes[service]?.startup ?? 0);
      slowest.set(id, Math.max(slowest.get(id) ?? 0, ...own));
    }
  }
  return (offering) => slowest.get(offering) ?? 0;
}

/**
 * What every placement costs at least, micro-dollars per month: the bounds of the windows, each for the hours that its nodes are paid for where they come and
 * go as fast as any (`paidHours`).
 */
export function boundOf({ fleet, shapes, windows }: ServicePlan): number {
  const fastest =
    Math.min(...fleet.offerings.map(({ nodeStartup }) => nodeStartup)) +
    Math.min(...fleet.services.flatMap((service) => service.shapes.map(({ startup }) => startup)));
  const hours = paidHours(fleet.windows, shapes.length === 0 ? 0 : changeHours(fastest));
  return windows.reduce((sum, { bound }, at) => sum + bound * (hours[at] ?? 0), 0);
}

function packedNodes(plan: ServicePlan): readonly PackedNodes[] {
  const { fleet } = plan;
  const rows = plan.windows.flatMap((window, at) =>
    window.filled.map((group): PackedNodes => {
      const pods = group.pods.map(([service, count]): [string, number] => [
        fleet.services[service]?.workload.id ?? '',
        count,
      ]);
      return {
        offering: fleet.offerings[group.node]?.id ?? '',
        window: fleet.windows[at]?.id ?? '',
        nodes: group.count,
        pods: Object.fromEntries(pods.sort(([a], [b]) => compareText(a, b))),
      };
    }),
  );
  return sortedBy(rows, (row) => `${row.window} ${row.offering} ${JSON.stringify(row.pods)}`);
}

function nodesOf(plan: ServicePlan): readonly NodeAllocation[] {
  const { fleet } = plan;
  const counts = new Map<number, Record<string, number>>();
  plan.windows.forEach((window, at) => {
    const id = fleet.windows[at]?.id ?? '';
    for (const group of window.filled) {
      const row = counts.get(group.node) ?? Object.fromEntries(fleet.windows.map((item) => [item.id, 0]));
      row[id] = (row[id] ?? 0) + group.count;
      counts.set(group.node, row);
    }
  });
  const rows = [...counts].flatMap(([index, nodes]): NodeAllocation[] => {
    const offering = fleet.offerings[index];
    if (offering === undefined) return [];
    const { id, pool, zone, capacityType, instanceType } = offering;
    return [{ offering: id, pool, zone, instanceType: instanceType.name, capacityType, nodes }];
  });
  return sortedBy(rows, (row) => row.offering);
}

function allocationsOf(plan: ServicePlan, packing: readonly PackedNodes[]): readonly ServiceAllocation[] {
  const { fleet } = plan;
  const offerings = new Map(fleet.offerings.map((offering) => [offering.id, offering]));
  const shapes = new Map(fleet.services.map((service, index) => [service.workload.id, plan.shapes[index]]));
  const found = new Map<
    string,
    { allocation: ServiceAllocation; replicas: Record<string, Record<string, number>> }
  >();
  for (const group of packing) {
    const offering = offerings.get(group.offering);
    if (offering === undefined) continue;
    for (const [workload, count] of Object.entries(group.pods)) {
      const shape = shapes.get(workload);
      if (shape === undefined) continue;
      const id = `${workload}-${offering.pool}-${offering.capacityType}`;
      let entry = found.get(id);
      if (entry === undefined) {
        const replicas: Record<string, Record<string, number>> = {};
        const { pool, capacityType, instanceType } = offering;
        const tier = capacityType === 'spot' ? 'surge' : 'base';
        entry = {
          replicas,
          allocation: {
            id,
            workload,
            shape,
            pool,
            instanceType: instanceType.name,
            capacityType,
            tier,
            replicas,
          },
        };
        found.set(id, entry);
      }
      const zones = (entry.replicas[group.window] ??= {});
      zones[offering.zone] = (zones[offering.zone] ?? 0) + count * group.nodes;
    }
  }
  return sortedBy(
    [...found.values()].map(({ allocation }) => allocation),
    (allocation) => `${allocation.workload} ${allocation.id}`,
  );
}

function serviceDecisions(
  plan: ServicePlan,
  problem: ResolvedProblem,
  packing: readonly PackedNodes[],
): readonly ServiceDecision[] {
  const { fleet } = plan;
  const held = nodesByService(packing);
  const responses = serviceResponse(problem.problem.services, atBusiest(plan));
  return fleet.services.map((service, index): ServiceDecision => {
    const { id } = service.workload;
    const shape = plan.shapes[index];
    if (shape === undefined) throw new Error(`service ${id} has no shape`);
    const load = fleet.windows.map((window, at): [string, ServiceLoad] => {
      const spread = plan.windows[at]?.spreads[index];
      return [
        window.id,
        {
          requestRate: requestsPerSecond(service.rates[at] ?? 0),
          needed: plan.windows[at]?.needed[index] ?? 0,
          planned: spread?.replicas.reduce((sum, [, count]) => sum + count, 0) ?? 0,
        },
      ];
    });
    const response = responses.get(id);
    const availability: AvailabilityEvidence = serviceAvailability(problem, {
      service: service.workload,
      shape,
      packing: held.get(id) ?? [],
      load: Object.fromEntries(load),
      windows: fleet.windows,
    });
    return {
      workload: id,
      shape,
      load: Object.fromEntries(load),
      ...(response === undefined ? {} : { response }),
      availability,
      alternatives: alternativesOf(plan, index),
    };
  });
}

/** The packed nodes that hold pods of each service. */
function nodesByService(packing: readonly PackedNodes[]): ReadonlyMap<string, readonly PackedNodes[]> {
  const held = new Map<string, PackedNodes[]>();
  for (const group of packing) {
    for (const service of Object.keys(group.pods)) {
      const list = held.get(service);
      if (list === undefined) held.set(service, [group]);
      else list.push(group);
    }
  }
  return held;
}

function atBusiest(plan: ServicePlan): ReadonlyMap<string, PlannedService> {
  return new Map(
    plan.fleet.services.flatMap((service, index) => {
      const shape = plan.shapes[index];
      const spread = plan.windows[0]?.spreads[index];
      const replicas = spread?.replicas.reduce((sum, [, count]) => sum + count, 0) ?? 0;
      return shape === undefined
        ? []
        : [[service.workload.id, { shape, replicas, requestRate: service.rates[0] ?? 0 }] as const];
    }),
  );
}

/** What other sizes of replica would cost more at the prices of resources. */
function alternativesOf(plan: ServicePlan, index: number): ServiceDecision['alternatives'] {
  const { fleet, priced } = plan;
  const chosen = plan.shapes[index];
  if (chosen === undefined) return [];
  const own = shapeCost(fleet, { index, shape: chosen, priced });
  return (fleet.services[index]?.shapes ?? [])
    .filter((shape) => shape.id !== chosen.id)
    .map((shape) => ({ shape: shape.id, extra: shapeCost(fleet, { index, shape, priced }) - own }))
    .filter(({ extra }) => Number.isFinite(extra))
    .sort((a, b) => a.extra - b.extra || compareText(a.shape, b.shape))
    .map(({ shape, extra }) => ({ shape, extraPerMonth: microUsd(Math.round(Math.max(0, extra))) }));
}
