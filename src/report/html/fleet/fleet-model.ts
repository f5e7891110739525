import type { Allocation, CapacityType, Offering, PlanDocument } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import { packFirstFit } from './pack-first-fit.ts';
import type { PodKind } from './pack-first-fit.ts';

/** What nodes are measured by in the picture: accelerators, or millicores where there are none. */
export type NodeScale = 'accelerators' | 'cpu';

/** Nodes that hold the same pods. */
export interface AlikeNodes {
  readonly count: number;
  /** Pods on each of them; workloads sorted. */
  readonly pods: readonly PlacedPods[];
}

/** Pods of one workload on one node. */
export interface PlacedPods {
  readonly workload: string;
  readonly pods: number;
  /** What one pod takes, in the scale of the node. */
  readonly each: number;
}

/** Nodes of one offering in one window. */
export interface OfferingNodes {
  readonly offering: Offering;
  readonly scale: NodeScale;
  /** What one node has, in its scale. */
  readonly room: number;
  /** Many alike first. */
  readonly nodes: readonly AlikeNodes[];
  /** Pods of the plan that found no room in the drawing; 0 unless the picture simplifies what was planned. */
  readonly left: number;
}

/** All nodes of a window, sorted by offering. Offerings without nodes in it are left out. */
export function fleetOf(plan: PlanDocument, window: string): readonly OfferingNodes[] {
  const offerings = new Map(plan.offerings.map((offering) => [offering.id, offering]));
  const bought = new Map<string, number>();
  for (const item of plan.decision.nodes) {
    const count = item.nodes[window] ?? 0;
    if (count > 0) bought.set(item.offering, (bought.get(item.offering) ?? 0) + count);
  }
  const packed = Map.groupBy(
    (plan.decision.packing ?? []).filter((item) => item.window === window),
    (item) => item.offering,
  );
  const pods = modelPods(plan, window);
  return [...new Set([...bought.keys(), ...packed.keys()])]
    .sort(compareText)
    .flatMap((id): OfferingNodes[] => {
      const offering = offerings.get(id);
      if (offering === undefined) return [];
      const shared = sharedNodes(plan, offering, packed.get(id) ?? []);
      const rest = (bought.get(id) ?? 0) - shared.reduce((sum, item) => sum + item.count, 0);
      const scale = scaleOf(offering);
      const room = roomOf(offering);
      const own = packFirstFit(pods.get(id) ?? [], Math.max(0, rest), room);
      return [{ offering, scale, room, nodes: merged([...own.nodes, ...shared]), left: own.left }];
    });
}

function scaleOf({ accelerator, instanceType }: Offering): NodeScale {
  return accelerator !== undefined && acceleratorsOf(instanceType) > 0 ? 'accelerators' : 'cpu';
}

function roomOf(offering: Offering): number {
  return scaleOf(offering) === 'accelerators'
    ? acceleratorsOf(offering.instanceType)
    : offering.instanceType.vcpus * 1000;
}

function acceleratorsOf(instanceType: Offering['instanceType']): number {
  return instanceType.accelerator?.count ?? 0;
}

/** Pods of language models by offering; replicas of several nodes have that many pods. */
function modelPods(plan: PlanDocument, window: string): ReadonlyMap<string, readonly PodKind[]> {
  const kinds = new Map<string, PodKind[]>();
  for (const allocation of plan.decision.allocations) {
    for (const [zone, replicas] of Object.entries(allocation.replicas[window] ?? {})) {
      for (const pool of poolsOf(allocation)) {
        const id = `${pool}/${zone}/${allocation.capacityType}`;
        const { nodes, acceleratorsPerNode } = allocation.candidate.podGroup;
        const own = kinds.get(id) ?? [];
        kinds.set(id, own);
        const count = Math.round((replicas * nodes) / poolsOf(allocation).length);
        own.push({ workload: allocation.workload, count, each: acceleratorsPerNode });
      }
    }
  }
  return kinds;
}

/** The pool of a replica, or those of its stages where they differ. */
function poolsOf({ pool, candidate }: Allocation): readonly string[] {
  return candidate.stages === undefined ? [pool] : [...new Set(candidate.stages.map((stage) => stage.pool))];
}

function sharedNodes(
  plan: PlanDocument,
  offering: Offering,
  packed: NonNullable<PlanDocument['decision']['packing']>,
): readonly AlikeNodes[] {
  const sizes = new Map(plan.decision.services?.map((item) => [item.workload, item.shape.resources]));
  const isCpu = scaleOf(offering) === 'cpu';
  return packed.map(({ nodes, pods }) => ({
    count: nodes,
    pods: Object.entries(pods)
      .sort(([a], [b]) => compareText(a, b))
      .map(([workload, count]) => ({
        workload,
        pods: count,
        each: isCpu ? (sizes.get(workload)?.cpuMillicores ?? 0) : 0,
      })),
  }));
}

/** Nodes with the same pods as one entry; many alike first. */
function merged(nodes: readonly AlikeNodes[]): readonly AlikeNodes[] {
  const groups = Map.groupBy(nodes, (item) => JSON.stringify(item.pods));
  return [...groups.values()]
    .flatMap((items): AlikeNodes[] => {
      const [first] = items;
      return first === undefined
        ? []
        : [{ ...first, count: items.reduce((sum, item) => sum + item.count, 0) }];
    })
    .sort((a, b) => b.count - a.count);
}

/** Capacity types in the order in which they are shown. */
export const CAPACITY_ORDER: readonly CapacityType[] = ['owned', 'reserved', 'on-demand', 'spot'];
