import type { PlanDocument } from '../model/index.ts';
import { compareText } from '../units/index.ts';
import { nodeFill } from './node-fill.ts';
import type { NodeFill } from './node-fill.ts';
import { busiestWindow, serviceSummaries } from './service-summary.ts';
import type { ServiceSummary } from './service-summary.ts';

/** One service that appears, vanishes, or changes its size, its replicas, where they run, or how available it is. */
export interface ServiceChange {
  readonly workload: string;
  readonly action: 'added' | 'removed' | 'changed';
  readonly before?: ServiceReplicas;
  readonly after?: ServiceReplicas;
}

/** What a reviewer compares of a service. */
export interface ServiceReplicas {
  /** Id of the size of replica. */
  readonly shape: string;
  /** Fewest and most replicas over the windows. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Replicas of the busiest window by pool, capacity type and zone: `general-m7i-large on-demand us-east-1a`. */
  readonly places: Readonly<Record<string, number>>;
  readonly availability: number;
  readonly target: number;
}

/** Nodes of one offering in the busiest window that services share, where their number differs. */
export interface NodeCountChange {
  readonly offering: string;
  readonly before: number;
  readonly after: number;
}

/** How services differ between two plans. */
export interface ServicesDiff {
  readonly services: readonly ServiceChange[];
  readonly nodes: readonly NodeCountChange[];
  /** How full the nodes are, where anything about services, nodes or their sharing differs. */
  readonly fill?: { readonly before?: NodeFill; readonly after?: NodeFill };
  /** Whether pods share nodes in another way in any window. */
  readonly isRepacked: boolean;
}

/** Compares the services of two plans; undefined where neither has any. Lists are sorted. */
export function diffServices(before: PlanDocument, after: PlanDocument): ServicesDiff | undefined {
  if (before.decision.services === undefined && after.decision.services === undefined) return undefined;
  const services = serviceChanges(before, after);
  const nodes = nodeChanges(before, after);
  const isRepacked = packingText(before) !== packingText(after);
  const [was, is] = [nodeFill(before), nodeFill(after)];
  return {
    services,
    nodes,
    isRepacked,
    ...(services.length + nodes.length > 0 || isRepacked
      ? {
          fill: { ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) },
        }
      : {}),
  };
}

/** Whether nothing about services differs. */
export function isSameServices(diff: ServicesDiff | undefined): boolean {
  return diff === undefined || (diff.services.length + diff.nodes.length === 0 && !diff.isRepacked);
}

function serviceChanges(before: PlanDocument, after: PlanDocument): readonly ServiceChange[] {
  const [old, fresh] = [replicasOf(before), replicasOf(after)];
  return namesOf(old, fresh).flatMap((workload): ServiceChange[] => {
    const [was, is] = [old.get(workload), fresh.get(workload)];
    if (was === undefined) return is === undefined ? [] : [{ workload, action: 'added', after: is }];
    if (is === undefined) return [{ workload, action: 'removed', before: was }];
    return JSON.stringify(was) === JSON.stringify(is)
      ? []
      : [{ workload, action: 'changed', before: was, after: is }];
  });
}

function replicasOf(plan: PlanDocument): ReadonlyMap<string, ServiceReplicas> {
  const busiest = busiestWindow(plan.decision)?.id ?? '';
  const podSets = Map.groupBy(plan.decision.serviceAllocations ?? [], (item) => item.workload);
  return new Map(
    serviceSummaries(plan).map((item: ServiceSummary): [string, ServiceReplicas] => {
      const places = (podSets.get(item.workload) ?? []).flatMap(({ pool, capacityType, replicas }) =>
        Object.entries(replicas[busiest] ?? {}).map(([zone, count]): [string, number] => [
          `${pool} ${capacityType} ${zone}`,
          count,
        ]),
      );
      return [
        item.workload,
        {
          shape: item.shape.id,
          minReplicas: item.fewest,
          maxReplicas: item.planned,
          places: Object.fromEntries(places.sort(([a], [b]) => compareText(a, b))),
          availability: item.availability.achieved,
          target: item.availability.target,
        },
      ];
    }),
  );
}

function nodeChanges(before: PlanDocument, after: PlanDocument): readonly NodeCountChange[] {
  const [old, fresh] = [nodeCounts(before), nodeCounts(after)];
  return namesOf(old, fresh)
    .map((offering) => ({
      offering,
      before: old.get(offering) ?? 0,
      after: fresh.get(offering) ?? 0,
    }))
    .filter((change) => change.before !== change.after);
}

function nodeCounts({ decision }: PlanDocument): ReadonlyMap<string, number> {
  const busiest = busiestWindow(decision)?.id;
  const counts = new Map<string, number>();
  for (const { offering, window, nodes } of decision.packing ?? []) {
    if (window === busiest) counts.set(offering, (counts.get(offering) ?? 0) + nodes);
  }
  return counts;
}

function packingText({ decision }: PlanDocument): string {
  return JSON.stringify(
    (decision.packing ?? []).map(({ offering, window, nodes, pods }) => [offering, window, nodes, pods]),
  );
}

function namesOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort(compareText);
}
