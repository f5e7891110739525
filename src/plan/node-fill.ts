import { mixPoolId } from '../catalog/index.ts';
import type { CapacityType, Offering, PlanDocument, PodResources, PoolDocument } from '../model/index.ts';
import { compareText, microUsd, parseCpu, parseMemory } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';
import { busiestWindow } from './service-summary.ts';

/** Nodes of one instance type, capacity type and zone that services share. */
export interface NodeGroup {
  readonly instanceType: string;
  readonly capacityType: CapacityType;
  readonly zone: string;
  /** Nodes in the busiest window, and fewest and most over all windows. */
  readonly nodes: number;
  readonly fewest: number;
  readonly most: number;
  /** Pods of services on them in the busiest window. */
  readonly pods: number;
  /** Share of what services may use of these nodes that their pods ask for in the busiest window, 0..1. */
  readonly cpuShare: number;
  readonly memoryShare: number;
  readonly perMonth: MicroUsd;
}

/** How full all nodes of services are in the busiest window. */
export type NodeFill = Pick<NodeGroup, 'nodes' | 'pods' | 'cpuShare' | 'memoryShare' | 'perMonth'>;

/** Sums over nodes: what pods ask for and what they may have. */
interface Room {
  readonly nodes: Map<string, number>;
  pods: number;
  cpu: number;
  memory: number;
  cpuRoom: number;
  memoryRoom: number;
}

/** The nodes that services share, most expensive first; none for a plan of language models alone. */
export function nodeGroups(plan: FilledPlan): readonly NodeGroup[] {
  const offerings = new Map(plan.offerings.map((offering) => [offering.id, offering]));
  const nameOf = (id: string): string => {
    const offering = offerings.get(id);
    return `${offering?.instanceType.name ?? id} ${offering?.capacityType ?? ''} ${offering?.zone ?? ''}`;
  };
  const rooms = roomsBy(plan, nameOf);
  const costs = new Map<string, number>();
  for (const item of plan.cost.lineItems) {
    const key = `${item.instanceType} ${item.capacityType} ${item.zone}`;
    costs.set(key, (costs.get(key) ?? 0) + item.effectiveCost);
  }
  const windows = plan.decision.windows.map((window) => window.id);
  const busiest = busiestWindow(plan.decision)?.id ?? '';
  return [...rooms]
    .map(([key, room]): NodeGroup => {
      const [instanceType = '', capacityType = '', zone = ''] = key.split(' ');
      const counts = windows.map((window) => room.nodes.get(window) ?? 0);
      return {
        instanceType,
        capacityType: capacityType as CapacityType,
        zone,
        nodes: room.nodes.get(busiest) ?? 0,
        fewest: Math.min(...counts),
        most: Math.max(...counts),
        ...sharesOf(room),
        perMonth: microUsd(costs.get(key) ?? 0),
      };
    })
    .sort(
      (a, b) =>
        b.perMonth - a.perMonth ||
        compareText(
          `${a.instanceType} ${a.capacityType} ${a.zone}`,
          `${b.instanceType} ${b.capacityType} ${b.zone}`,
        ),
    );
}

/** All nodes that services share as one; undefined for a plan of language models alone. */
export function nodeFill(plan: FilledPlan): NodeFill | undefined {
  const room = roomsBy(plan, () => '').get('');
  if (room === undefined) return undefined;
  const perMonth = nodeGroups(plan).reduce((sum, group) => sum + group.perMonth, 0);
  return {
    nodes: room.nodes.get(busiestWindow(plan.decision)?.id ?? '') ?? 0,
    ...sharesOf(room),
    perMonth: microUsd(perMonth),
  };
}

/** The parts of a plan that tell who shares its nodes. */
type FilledPlan = Pick<PlanDocument, 'problem' | 'offerings' | 'decision' | 'cost'>;

function sharesOf(room: Room): Pick<NodeGroup, 'pods' | 'cpuShare' | 'memoryShare'> {
  return {
    pods: room.pods,
    cpuShare: room.cpuRoom > 0 ? room.cpu / room.cpuRoom : 0,
    memoryShare: room.memoryRoom > 0 ? room.memory / room.memoryRoom : 0,
  };
}

function roomsBy(plan: FilledPlan, keyOf: (offering: string) => string): ReadonlyMap<string, Room> {
  const offerings = new Map(plan.offerings.map((offering) => [offering.id, offering]));
  const sizes = new Map(plan.decision.services?.map((item) => [item.workload, item.shape.resources]));
  const daemons = daemonsOf(plan.problem.pools);
  const busiest = busiestWindow(plan.decision)?.id;
  const rooms = new Map<string, Room>();
  for (const group of plan.decision.packing ?? []) {
    const key = keyOf(group.offering);
    const room = rooms.get(key) ?? {
      nodes: new Map<string, number>(),
      pods: 0,
      cpu: 0,
      memory: 0,
      cpuRoom: 0,
      memoryRoom: 0,
    };
    rooms.set(key, room);
    room.nodes.set(group.window, (room.nodes.get(group.window) ?? 0) + group.nodes);
    const offering = offerings.get(group.offering);
    if (group.window !== busiest || offering === undefined) continue;
    const taken = daemons(offering);
    room.cpuRoom += group.nodes * Math.max(0, offering.instanceType.allocatable.cpuMillicores - taken.cpu);
    room.memoryRoom += group.nodes * Math.max(0, offering.instanceType.allocatable.memory - taken.memory);
    addPods(room, group, sizes);
  }
  return rooms;
}

function addPods(
  room: Room,
  group: { readonly nodes: number; readonly pods: Readonly<Record<string, number>> },
  sizes: ReadonlyMap<string, PodResources>,
): void {
  for (const [service, count] of Object.entries(group.pods)) {
    const size = sizes.get(service);
    room.pods += group.nodes * count;
    room.cpu += group.nodes * count * (size?.cpuMillicores ?? 0);
    room.memory += group.nodes * count * (size?.memory ?? 0);
  }
}

/** Millicores and bytes that daemonsets take on a node of an offering, as its pool declares. */
function daemonsOf(
  pools: readonly PoolDocument[],
): (offering: Offering) => { readonly cpu: number; readonly memory: number } {
  const declared = new Map(pools.map((pool) => [pool.id, pool]));
  const mixes = pools.filter((pool) => pool.instanceType === undefined);
  return ({ pool, instanceType }) => {
    const found = declared.get(pool) ?? mixes.find((mix) => mixPoolId(mix.id, instanceType.name) === pool);
    const cpu = parseCpu(found?.daemonsets?.cpu);
    const memory = parseMemory(found?.daemonsets?.memory);
    return { cpu: cpu.ok ? cpu.value : 0, memory: memory.ok ? memory.value : 0 };
  };
}
