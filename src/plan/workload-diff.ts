import type { PlanDocument } from '../model/index.ts';
import { compareText, microUsd } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';
import { changeReasons } from './change-reasons.ts';
import type { ChangeReason } from './change-reasons.ts';

/** One workload (language model or service) that appears, vanishes, or runs or costs otherwise, and what was changed about it. */
export interface WorkloadChange {
  readonly workload: string;
  readonly action: 'added' | 'removed' | 'changed';
  readonly before?: WorkloadSummary;
  readonly after?: WorkloadSummary;
  /** Its own causes first, else those that it shares with others; empty where the plans name none. */
  readonly reasons: readonly ChangeReason[];
}

/** What a reviewer compares of a workload. */
export interface WorkloadSummary {
  readonly costPerMonth: MicroUsd;
  /** Sorted by what runs. */
  readonly replicas: readonly ReplicaGroup[];
}

/** Replicas that are alike, all zones together. */
export interface ReplicaGroup {
  /** Id of the candidate without its workload and pool, or of the size of a service. */
  readonly what: string;
  /** Sorted. */
  readonly pools: readonly string[];
  /** Fewest and most replicas over the windows. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Replicas of the busiest window by capacity type. */
  readonly capacity: Readonly<Record<string, number>>;
}

/** A pod set in the words that models and services share. */
interface PodSet {
  readonly workload: string;
  readonly what: string;
  readonly pool: string;
  readonly capacityType: string;
  readonly replicas: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Workloads that differ in what runs or in cost, by falling difference in cost, then by name. */
export function diffWorkloads(before: PlanDocument, after: PlanDocument): readonly WorkloadChange[] {
  const [old, fresh] = [summaries(before), summaries(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort(compareText);
  const changes = names.flatMap((workload): WorkloadChange[] => {
    const [was, is] = [old.get(workload), fresh.get(workload)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [
      {
        workload,
        action: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed',
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
        reasons: changeReasons(workload, before, after),
      },
    ];
  });
  return changes.toSorted((a, b) => Math.abs(costDelta(b)) - Math.abs(costDelta(a)));
}

/** Money per month that a workload costs more (or, negative, less) than before. */
export function costDelta({ before, after }: Pick<WorkloadChange, 'before' | 'after'>): MicroUsd {
  return microUsd((after?.costPerMonth ?? 0) - (before?.costPerMonth ?? 0));
}

function summaries(plan: PlanDocument): ReadonlyMap<string, WorkloadSummary> {
  const costs = new Map(plan.cost.workloads.map((item) => [item.workload, item.perMonth]));
  const byWorkload = Map.groupBy(podSets(plan), (item) => item.workload);
  const names = new Set([...costs.keys(), ...byWorkload.keys()]);
  return new Map(
    [...names].map((name): [string, WorkloadSummary] => [
      name,
      {
        costPerMonth: costs.get(name) ?? microUsd(0),
        replicas: replicaGroups(byWorkload.get(name) ?? []),
      },
    ]),
  );
}

function podSets({ decision }: PlanDocument): readonly PodSet[] {
  return [
    ...decision.allocations.map((item) => ({ ...item, what: candidateName(item.candidate) })),
    ...(decision.serviceAllocations ?? []).map((item) => ({ ...item, what: item.shape.id })),
  ];
}

/** `vllm-fp8-tp4-b8192x256` of `chat/h100/vllm-fp8-tp4-b8192x256`: workload and pool are told beside it. */
function candidateName(candidate: { id: string; workload: string; pool: string }): string {
  const prefix = `${candidate.workload}/${candidate.pool}/`;
  return candidate.id.startsWith(prefix) ? candidate.id.slice(prefix.length) : candidate.id;
}

function replicaGroups(sets: readonly PodSet[]): readonly ReplicaGroup[] {
  const groups = [...Map.groupBy(sets, (item) => item.what)];
  return groups
    .map(([what, members]): ReplicaGroup => {
      const perWindow = replicasByWindow(members);
      const totals = [...perWindow.values()].map((byType) => sum(byType.values()));
      const busiest = [...perWindow.values()].find((byType) => sum(byType.values()) === Math.max(...totals));
      const capacity = [...(busiest ?? [])].filter(([, count]) => count > 0);
      return {
        what,
        pools: [...new Set(members.map((item) => item.pool))].sort(compareText),
        minReplicas: totals.length === 0 ? 0 : Math.min(...totals),
        maxReplicas: totals.length === 0 ? 0 : Math.max(...totals),
        capacity: Object.fromEntries(capacity.sort(([a], [b]) => compareText(a, b))),
      };
    })
    .sort((a, b) => compareText(a.what, b.what));
}

/** Replicas of each window by capacity type. */
function replicasByWindow(sets: readonly PodSet[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const windows = new Set(sets.flatMap((item) => Object.keys(item.replicas)));
  return new Map(
    [...windows].map((window): [string, ReadonlyMap<string, number>] => {
      const byType = new Map<string, number>();
      for (const { capacityType, replicas } of sets) {
        byType.set(
          capacityType,
          (byType.get(capacityType) ?? 0) + sum(Object.values(replicas[window] ?? {})),
        );
      }
      return [window, byType];
    }),
  );
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
