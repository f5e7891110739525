import type { PackingProblem, PackNode } from './packing-problem.ts';

/**
 * The node kinds worth looking at, as indices ascending: a kind is left out when another one holds at least as much of every
 * resource at no higher price, takes every item that it takes, and is unlimited. Sound: every node of the kind left out can be
 * replaced. Of equal kinds the first stays. O(kinds² × resources).
 */
export function worthwhileNodes(problem: PackingProblem): readonly number[] {
  const takers = itemsByNode(problem);
  const limited = new Set(problem.quotas.flatMap((quota) => quota.nodes));
  const order = problem.nodes
    .map((_, index) => index)
    .filter((index) => (takers[index]?.length ?? 0) > 0)
    .sort((a, b) => (problem.nodes[a]?.price ?? 0) - (problem.nodes[b]?.price ?? 0) || a - b);
  const kept: number[] = [];
  for (const index of order) {
    const node = problem.nodes[index];
    const items = takers[index] ?? [];
    if (node === undefined || node.most < 1) continue;
    const isBeaten = kept.some((other) => {
      const rival = problem.nodes[other];
      if (rival === undefined || rival.most !== Infinity || limited.has(other)) return false;
      return holdsAsMuch(rival, node) && takesAll(takers[other] ?? [], items);
    });
    if (!isBeaten) kept.push(index);
  }
  return kept.sort((a, b) => a - b);
}

function holdsAsMuch(rival: PackNode, node: PackNode): boolean {
  return node.capacity.every((amount, r) => (rival.capacity[r] ?? 0) >= amount);
}

/** Whether the ascending list `all` holds every entry of the ascending list `some`. */
function takesAll(all: readonly number[], some: readonly number[]): boolean {
  if (all.length < some.length) return false;
  let at = 0;
  for (const item of some) {
    while (at < all.length && (all[at] ?? 0) < item) at++;
    if (all[at] !== item) return false;
  }
  return true;
}

/** Items with pods to place that each node kind takes, ascending. */
export function itemsByNode(problem: PackingProblem): readonly (readonly number[])[] {
  const lists: number[][] = problem.nodes.map(() => []);
  problem.items.forEach((item, index) => {
    if (item.count > 0) for (const node of item.nodes) lists[node]?.push(index);
  });
  return lists;
}
