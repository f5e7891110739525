import type { ConstraintCheck, Offering, PodGroup, ResolvedProblem } from '../../model/index.ts';
import { atMost, replicasAt } from './subject.ts';
import type { Subject } from './subject.ts';

/** What is left of one node, and which replicas have a pod on it. */
interface OpenNode {
  accelerators: number;
  cpuMillicores: number;
  memory: number;
  pods: number;
  readonly replicas: Set<number>;
}

/** Nodes that hold every pod of an offering and window, found by placing pods one by one, against the nodes bought. */
export function checkPacking(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  return problem.offerings.flatMap((offering) =>
    subject.windows.flatMap((window) => {
      const groups = subject.allocations
        .filter((item) => item.pool === offering.pool && item.capacityType === offering.capacityType)
        .flatMap((item) =>
          Array.from({ length: replicasAt(item, window.id, offering.zone) }, () => item.candidate.podGroup),
        );
      const bought = subject.nodes.find((item) => item.offering === offering.id)?.nodes[window.id] ?? 0;
      if (groups.length === 0 && bought === 0) return [];
      const needed = firstFit(groups, offering);
      return [atMost(`packing/${offering.id}/${window.id}`, needed, bought, 'nodes')];
    }),
  );
}

/**
 * First-fit decreasing by accelerators; pods of one replica go to different nodes. Infinity when a pod fits on no
 * node at all. Optimal where sizes divide each other.
 */
export function firstFit(groups: readonly PodGroup[], offering: Offering): number {
  const { allocatable, accelerator } = offering.instanceType;
  const open: OpenNode[] = [];
  const order = groups
    .map((group, replica) => ({ group, replica }))
    .sort((a, b) => b.group.acceleratorsPerNode - a.group.acceleratorsPerNode);
  for (const { group, replica } of order) {
    for (let pod = 0; pod < group.nodes; pod++) {
      let node = open.find((item) => fits(item, group, replica));
      if (node === undefined) {
        node = {
          accelerators: accelerator?.count ?? 0,
          cpuMillicores: allocatable.cpuMillicores,
          memory: allocatable.memory,
          pods: allocatable.pods,
          replicas: new Set(),
        };
        if (!fits(node, group, replica)) return Infinity;
        open.push(node);
      }
      node.accelerators -= group.acceleratorsPerNode;
      node.cpuMillicores -= group.cpuMillicores;
      node.memory -= group.memory;
      node.pods -= 1;
      node.replicas.add(replica);
    }
  }
  return open.length;
}

function fits(node: OpenNode, group: PodGroup, replica: number): boolean {
  return (
    !node.replicas.has(replica) &&
    node.accelerators >= group.acceleratorsPerNode &&
    node.cpuMillicores >= group.cpuMillicores &&
    node.memory >= group.memory &&
    node.pods >= 1
  );
}

/** The most nodes of each limited pool, and of the pools of each limited mix together, in any window, and that capacity paid for in every hour is the same in all. */
export function checkQuotas(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  const { pools, mixes } = problem.problem;
  const own = pools.filter((pool) => pool.mix === undefined).map((pool) => ({ ...pool, members: [pool.id] }));
  const shared = mixes.map((mix) => ({
    ...mix,
    members: pools.filter((pool) => pool.mix === mix.id).map((pool) => pool.id),
  }));
  const limited = [...own, ...shared].filter((item) => Number.isFinite(item.maxNodes));
  const quotas = limited.map(({ id, maxNodes, members }) => {
    const used = subject.windows.map((window) =>
      subject.nodes
        .filter((item) => members.includes(item.pool))
        .reduce((sum, item) => sum + (item.nodes[window.id] ?? 0), 0),
    );
    return atMost(`quota/${id}`, Math.max(0, ...used), maxNodes, 'nodes');
  });
  const held = subject.nodes
    .filter((item) => item.capacityType === 'reserved' || item.capacityType === 'owned')
    .map((item) => {
      const counts = subject.windows.map((window) => item.nodes[window.id] ?? 0);
      return atMost(`held/${item.offering}`, Math.max(...counts) - Math.min(...counts), 0, 'nodes');
    });
  return [...quotas, ...held];
}

/** Nodes that start in a week, hour by hour, against the starts that are paid for. */
export function checkStarts(_: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  const windowAt = new Map(
    subject.windows.flatMap(({ id, hours }) => hours.map((hour): [number, string] => [hour, id])),
  );
  return subject.nodes.flatMap(({ offering, nodes, changes }) => {
    const count = (hour: number): number => nodes[windowAt.get(hour % windowAt.size) ?? ''] ?? 0;
    const starts = [...windowAt.keys()].reduce(
      (sum, hour) => sum + Math.max(0, count(hour + 1) - count(hour)),
      0,
    );
    const paid = changes?.startsPerWeek ?? 0;
    return starts === 0 && paid === 0 ? [] : [atMost(`starts/${offering}`, starts, paid, 'nodes per week')];
  });
}

/** Base nodes of a pool differ by at most one between the zones where it can be bought. */
export function checkSpread(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  const sets = Map.groupBy(
    problem.offerings.filter((offering) => offering.capacityType !== 'spot'),
    (offering) => `${offering.pool}/${offering.capacityType}`,
  );
  return [...sets]
    .filter(([, members]) => subject.nodes.some((item) => members.some(({ id }) => id === item.offering)))
    .map(([set, members]) => {
      const skews = subject.windows.map((window) => {
        const counts = members.map(
          ({ id }) => subject.nodes.find((item) => item.offering === id)?.nodes[window.id] ?? 0,
        );
        return Math.max(...counts) - Math.min(...counts);
      });
      return atMost(`zone-spread/${set}`, Math.max(0, ...skews), 1, 'nodes');
    });
}
