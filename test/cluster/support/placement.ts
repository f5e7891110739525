/** Where a plan says its pods lie, and where the scheduler put them. */
import type { PlanDocument } from '../../../src/model/index.ts';
import type { Json, Rest } from './rest.ts';

/** Pods by workload, instance type, capacity type and zone. */
export type PodCounts = ReadonlyMap<string, number>;

/** A pod set of a plan: its name in the cluster, its workload, and how many pods make one replica. */
export interface PlannedSet {
  readonly id: string;
  readonly workload: string;
  readonly podsPerReplica: number;
  readonly capacityType: string;
  readonly instanceType: string;
  readonly replicas: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** All pod sets of a plan: of language models and of services. */
export function plannedSets(plan: PlanDocument): readonly PlannedSet[] {
  const models = plan.decision.allocations.map(({ candidate, ...set }) => ({
    ...set,
    podsPerReplica: candidate.podGroup.nodes,
  }));
  return [
    ...models,
    ...(plan.decision.serviceAllocations ?? []).map((set) => ({ ...set, podsPerReplica: 1 })),
  ];
}

/** Replicas of a pod set in a window, all zones together. */
export function plannedReplicas(set: PlannedSet, window: string): number {
  return Object.values(set.replicas[window] ?? {}).reduce((sum, count) => sum + count, 0);
}

/** Pods as planned for one window. */
export function plannedPods(plan: PlanDocument, window: string): PodCounts {
  const rows = plannedSets(plan).flatMap((set) =>
    Object.entries(set.replicas[window] ?? {}).flatMap(([zone, count]) =>
      count === 0 ? [] : [[`${placeOf(set)} · ${zone}`, count * set.podsPerReplica] as const],
    ),
  );
  if (new Set(rows.map(([key]) => key)).size < rows.length) throw new Error('Two pod sets share a place.');
  return new Map(rows);
}

/** Where the pods of a set may lie, whatever the zone; no other set of a plan is there. */
export function placeOf({
  workload,
  instanceType,
  capacityType,
}: Pick<PlannedSet, 'workload' | 'instanceType' | 'capacityType'>): string {
  return [workload, instanceType, capacityType].join(' · ');
}

/** Pods of plans as they run, counted by their pod set and what their node is. */
export async function livePods(
  rest: Rest,
  stack: string,
): Promise<{ readonly running: PodCounts; readonly pending: readonly Json[] }> {
  const pods = await rest.list(
    `/api/v1/pods?labelSelector=app.kubernetes.io/part-of=${stack},plimsoll.dev/allocation`,
  );
  const nodes = new Map(
    (await rest.list('/api/v1/nodes')).map((node) => [
      node.metadata.name as string,
      node.metadata.labels as Record<string, string>,
    ]),
  );
  const running = new Map<string, number>();
  const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  for (const pod of living.filter((each) => each.status.phase === 'Running')) {
    const labels = nodes.get(pod.spec.nodeName as string) ?? {};
    const place = placeOf({
      workload: pod.metadata.labels['plimsoll.dev/workload'],
      instanceType: labels['node.kubernetes.io/instance-type'] ?? 'unknown',
      capacityType: labels['karpenter.sh/capacity-type'] ?? 'unknown',
    });
    const key = `${place} · ${labels['topology.kubernetes.io/zone'] ?? 'unknown'}`;
    running.set(key, (running.get(key) ?? 0) + 1);
  }
  return { running, pending: living.filter((pod) => pod.status.phase === 'Pending') };
}

/** How plan and cluster compare. */
export interface Placement {
  /** Share of the planned pods that run where they were planned, 0 to 1. */
  readonly share: number;
  /** Pods that run where none was planned, or more than were. */
  readonly misplaced: number;
  /** Every place where plan and cluster differ, in words. */
  readonly differences: readonly string[];
}

/** Compares pods as planned with pods as they run. */
export function compare(planned: PodCounts, running: PodCounts): Placement {
  const keys = [...new Set([...planned.keys(), ...running.keys()])].sort();
  const rows = keys.map((key) => ({ key, wanted: planned.get(key) ?? 0, found: running.get(key) ?? 0 }));
  const total = rows.reduce((sum, { wanted }) => sum + wanted, 0);
  const right = rows.reduce((sum, { wanted, found }) => sum + Math.min(wanted, found), 0);
  return {
    share: total === 0 ? 1 : right / total,
    misplaced: rows.reduce((sum, { wanted, found }) => sum + Math.max(0, found - wanted), 0),
    differences: rows.flatMap(({ key, wanted, found }) =>
      wanted === found ? [] : [`${key}: ${wanted} planned, ${found} there`],
    ),
  };
}
