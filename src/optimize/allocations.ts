import { parallelismName } from '../model/index.ts';
import type { Allocation, Candidate, NodeAllocation } from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import { isBase } from './placement/placement-problem.ts';
import type { PlacedReplicas, PlacementSolution } from './placement/solution.ts';

/** The replicas of a placement as pod sets: one per candidate and capacity type, sorted by id. */
export function allocationsOf(solution: PlacementSolution): readonly Allocation[] {
  const sets = Map.groupBy(
    solution.replicas,
    (item) => `${item.option.candidate.id} ${item.offering.capacityType}`,
  );
  const drafts = [...sets.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [{ first, members }];
  });
  const plain = ({ first }: (typeof drafts)[number]): string => {
    const { role } = first.option.candidate;
    const workload = role === 'aggregated' ? first.workload : `${first.workload}-${role}`;
    return `${workload}-${first.offering.pool}-${first.offering.capacityType}`;
  };
  const uses = new Map<string, number>();
  for (const draft of drafts) uses.set(plain(draft), (uses.get(plain(draft)) ?? 0) + 1);
  const names = new Set<string>();
  const allocations = sortedBy(drafts, ({ first }) => first.option.candidate.id).map((draft) => {
    const { first, members } = draft;
    const name =
      uses.get(plain(draft)) === 1 ? plain(draft) : withShape(plain(draft), first.option.candidate, names);
    names.add(name);
    return allocationOf(name, first, members);
  });
  return sortedBy(allocations, (allocation) => allocation.id);
}

/** A name with the shape appended, and precision or batch limits too where that is not enough. */
function withShape(name: string, candidate: Candidate, taken: ReadonlySet<string>): string {
  const parts = [
    parallelismName(candidate.parallelism, '-'),
    `${candidate.weightPrecision}-kv${candidate.kvPrecision}`,
    `b${candidate.batch.maxBatchedTokens}x${candidate.batch.maxSequences}`,
    candidate.engine,
  ];
  let longer = name;
  for (const part of parts) {
    longer = `${longer}-${part}`;
    if (!taken.has(longer)) break;
  }
  return longer;
}

function allocationOf(id: string, first: PlacedReplicas, members: readonly PlacedReplicas[]): Allocation {
  const replicas: Record<string, Record<string, number>> = {};
  for (const { window, offering, count } of sortedBy(members, (m) => `${m.window} ${m.offering.zone}`)) {
    const zones = (replicas[window] ??= {});
    zones[offering.zone] = (zones[offering.zone] ?? 0) + count;
  }
  return {
    id,
    workload: first.workload,
    candidate: first.option.candidate,
    pool: first.offering.pool,
    instanceType: first.offering.instanceType.name,
    capacityType: first.offering.capacityType,
    tier: isBase(first.offering) ? 'base' : 'surge',
    replicas,
    plannedRatePerReplica: first.option.rate,
  };
}

/** The nodes of a placement by offering, sorted by offering id. */
export function nodeAllocationsOf(solution: PlacementSolution): readonly NodeAllocation[] {
  const byOffering = Map.groupBy(solution.nodes, (item) => item.offering.id);
  return sortedBy(byOffering, ([id]) => id).flatMap(([id, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const { offering } = first;
    return [
      {
        offering: id,
        pool: offering.pool,
        zone: offering.zone,
        instanceType: offering.instanceType.name,
        capacityType: offering.capacityType,
        nodes: Object.fromEntries(
          sortedBy(members, (item) => item.window).map((item) => [item.window, item.count]),
        ),
      },
    ];
  });
}
