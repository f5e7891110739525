import { nodeCounts } from './packing-problem.ts';
import type { FilledNodes, PackingProblem } from './packing-problem.ts';

/**
 * What is wrong with a packing, recomputed from the problem alone; empty when it holds. Shares no code with the search.
 * Capacities are compared with a tolerance of 1e-9 of their size.
 */
export function packingFaults(problem: PackingProblem, filled: readonly FilledNodes[]): readonly string[] {
  const faults: string[] = [];
  const placed = new Float64Array(problem.items.length);
  for (const group of filled) {
    const kind = problem.nodes[group.node];
    if (kind === undefined || !Number.isInteger(group.count) || group.count < 1) {
      faults.push(`a group of nodes has kind ${group.node} and count ${group.count}`);
      continue;
    }
    for (const [item, count] of group.pods) placed[item] = (placed[item] ?? 0) + count * group.count;
    faults.push(...nodeFaults(problem, group));
  }
  problem.items.forEach((item, index) => {
    if (placed[index] !== item.count)
      faults.push(`${placed[index] ?? 0} pods of ${item.id} are placed, not ${item.count}`);
  });
  const counts = nodeCounts(problem, filled);
  problem.nodes.forEach((kind, index) => {
    if ((counts[index] ?? 0) > kind.most)
      faults.push(`${counts[index]} nodes of ${kind.id}, at most ${kind.most}`);
  });
  for (const quota of problem.quotas) {
    const used = quota.nodes.reduce((sum, index) => sum + (counts[index] ?? 0), 0);
    if (used > quota.most) faults.push(`${used} nodes under quota ${quota.id}, at most ${quota.most}`);
  }
  return faults;
}

function nodeFaults(problem: PackingProblem, group: FilledNodes): readonly string[] {
  const kind = problem.nodes[group.node];
  if (kind === undefined) return [];
  const faults: string[] = [];
  const on = new Set(group.pods.map(([item]) => item));
  for (const [index, count] of group.pods) {
    const item = problem.items[index];
    if (item === undefined || !Number.isInteger(count) || count < 1) {
      faults.push(`${kind.id} holds ${count} pods of item ${index}`);
    } else {
      if (count > item.maxPerNode) faults.push(`${count} pods of ${item.id} share a node of ${kind.id}`);
      if (!item.nodes.includes(group.node)) faults.push(`${item.id} may not run on ${kind.id}`);
    }
  }
  for (const [a, b] of problem.apart) {
    if (on.has(a) && on.has(b)) faults.push(`items ${a} and ${b} share a node of ${kind.id}`);
  }
  problem.resources.forEach((name, r) => {
    const used = group.pods.reduce(
      (sum, [item, count]) => sum + (problem.items[item]?.request[r] ?? 0) * count,
      0,
    );
    const capacity = kind.capacity[r] ?? 0;
    if (used > capacity * (1 + 1e-9)) faults.push(`${used} of ${capacity} ${name} used on ${kind.id}`);
  });
  return faults;
}
