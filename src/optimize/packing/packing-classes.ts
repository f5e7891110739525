import { itemsByNode, worthwhileNodes } from './dominance.ts';
import type { FilledNodes, PackingProblem } from './packing-problem.ts';

/**
 * A packing problem made small: items that nothing tells apart are one class, node kinds that are beaten are gone.
 * Classes and kinds have indices of their own; arrays are by class, or by class and resource.
 */
export interface PackingClasses {
  readonly problem: PackingProblem;
  readonly resources: number;
  /** Items of each class, ascending. */
  readonly members: readonly (readonly number[])[];
  /** Pods of each class. */
  readonly counts: Float64Array;
  /** Requests class by class: entry `c · resources + r`. */
  readonly requests: Float64Array;
  /** Most pods of a class on one node, all members together; Infinity when nothing forbids more. */
  readonly maxPerNode: Float64Array;
  /** Nodes that a class needs at least to keep its members' pods apart; 0 when nothing asks for it. */
  readonly leastNodes: Float64Array;
  /** Classes that may not share a node with a class; empty lists where nothing is apart. */
  readonly apart: readonly (readonly number[])[];
  /** Node kinds kept, as indices of the problem. */
  readonly kinds: readonly number[];
  /** Classes that each kept kind takes (and that fit on it), ascending. */
  readonly takes: readonly (readonly number[])[];
}

/**
 * The classes of a problem; items with no pods belong to none. Equal items that may have few pods per node are one class too, which may hold as
 * many as its members together: how they are handed out keeps each member's limit. `isMerged` false keeps such items apart.
 */
export function packingClasses(problem: PackingProblem, isMerged = true): PackingClasses {
  const tied = new Set(problem.apart.flat());
  const byKey = new Map<string, number[]>();
  problem.items.forEach((item, index) => {
    if (item.count <= 0) return;
    const limit = limitOf(item);
    const isOwn = tied.has(index) || (limit !== Infinity && !isMerged);
    const key = JSON.stringify([item.request, item.nodes, limit, isOwn ? index : '']);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [index]);
    else list.push(index);
  });
  const members = [...byKey.values()];
  const classOf = new Map(members.flatMap((list, c) => list.map((item): [number, number] => [item, c])));
  const first = (c: number): PackingProblem['items'][number] | undefined =>
    problem.items[members[c]?.[0] ?? -1];
  const resources = problem.resources.length;
  const requests = new Float64Array(members.length * resources);
  members.forEach((_, c) => requests.set(first(c)?.request ?? [], c * resources));
  const apart: number[][] = members.map(() => []);
  for (const [a, b] of problem.apart) {
    const left = classOf.get(a);
    const right = classOf.get(b);
    if (left === undefined || right === undefined) continue;
    apart[left]?.push(right);
    apart[right]?.push(left);
  }
  const kinds = worthwhileNodes(problem);
  const byNode = itemsByNode(problem);
  return {
    problem,
    resources,
    members,
    counts: Float64Array.from(members, (list) =>
      list.reduce((sum, item) => sum + (problem.items[item]?.count ?? 0), 0),
    ),
    requests,
    maxPerNode: Float64Array.from(members, (list, c) => list.length * limitOf(first(c))),
    leastNodes: Float64Array.from(members, (list, c) => {
      const limit = limitOf(first(c));
      return Math.max(...list.map((item) => Math.ceil((problem.items[item]?.count ?? 0) / limit)));
    }),
    apart,
    kinds,
    takes: kinds.map((kind) => {
      const classes = new Set((byNode[kind] ?? []).map((item) => classOf.get(item) ?? -1));
      return [...classes]
        .sort((a, b) => a - b)
        .filter((c) => podsThatFit(problem, { kind, request: first(c)?.request ?? [] }) > 0);
    }),
  };
}

/** Most pods of an item on one node; Infinity where its pods are not more than that. */
function limitOf(item: PackingProblem['items'][number] | undefined): number {
  return item === undefined || item.count <= item.maxPerNode ? Infinity : item.maxPerNode;
}

/** Pods of one request that one node of a kind holds; Infinity for a request of nothing. */
export function podsThatFit(
  problem: PackingProblem,
  of: { readonly kind: number; readonly request: readonly number[] },
): number {
  const capacity = problem.nodes[of.kind]?.capacity ?? [];
  return of.request.reduce(
    (most, amount, r) => (amount > 0 ? Math.min(most, Math.floor((capacity[r] ?? 0) / amount + 1e-9)) : most),
    Infinity,
  );
}

/** Most pods of a class on a node of a kept kind: what fits, what the rule allows, what there are. */
export function mostOnNode(classes: PackingClasses, c: number, kind: number): number {
  const { resources, requests } = classes;
  const request = Array.from(requests.subarray(c * resources, (c + 1) * resources));
  const fitting = podsThatFit(classes.problem, { kind: classes.kinds[kind] ?? 0, request });
  return Math.min(fitting, classes.maxPerNode[c] ?? Infinity, classes.counts[c] ?? 0);
}

/** Nodes of one kept kind filled alike, by class. */
export interface FilledKind {
  readonly kind: number;
  readonly count: number;
  /** Pods of each class on every one of them, ascending by class. */
  readonly pods: readonly (readonly [classIndex: number, count: number])[];
}

/**
 * The packing of classes told in items: pods of a class are handed out to its members in order, so a member ends before the
 * next begins. Nodes that come out alike are counted together.
 */
export function inItems(classes: PackingClasses, filled: readonly FilledKind[]): readonly FilledNodes[] {
  const left = classes.members.map((list) => list.map((item) => classes.problem.items[item]?.count ?? 0));
  const at = new Int32Array(classes.members.length);
  const groups = new Map<
    string,
    { node: number; count: number; pods: readonly (readonly [number, number])[] }
  >();
  for (const group of filled) {
    for (let copies = group.count; copies > 0;) {
      const { pods, times } = handOut(classes, group, { left, at, copies });
      copies -= times;
      const node = classes.kinds[group.kind] ?? 0;
      const key = JSON.stringify([node, pods]);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { node, count: times, pods });
      else known.count += times;
    }
  }
  return [...groups.values()];
}

/** The items on the next node of a group, and on how many nodes after it the same ones are. */
function handOut(
  classes: PackingClasses,
  group: FilledKind,
  state: { readonly left: number[][]; readonly at: Int32Array; readonly copies: number },
): { readonly pods: readonly (readonly [number, number])[]; readonly times: number } {
  const isLimited = group.pods.some(([c]) => Number.isFinite(classes.maxPerNode[c] ?? Infinity));
  let times = isLimited ? 1 : state.copies;
  for (const [c, count] of group.pods) {
    if (isLimited) break;
    const now = state.left[c]?.[state.at[c] ?? 0] ?? 0;
    times = Math.min(times, Math.max(1, Math.floor(now / count)));
  }
  const pods = new Map<number, number>();
  for (const [c, count] of group.pods) {
    if (Number.isFinite(classes.maxPerNode[c] ?? Infinity)) {
      for (const [item, own] of spreadOut(classes, { c, count, left: state.left[c] ?? [] }))
        pods.set(item, own);
      continue;
    }
    for (let wanted = count * times, perNode = count; wanted > 0;) {
      const position = state.at[c] ?? 0;
      const now = state.left[c]?.[position] ?? 0;
      const item = classes.members[c]?.[position];
      if (item === undefined) break;
      const taken = times > 1 ? wanted : Math.min(perNode, now);
      if (taken > 0) pods.set(item, (pods.get(item) ?? 0) + taken / times);
      const row = state.left[c];
      if (row !== undefined) row[position] = now - taken;
      if (now - taken <= 0) state.at[c] = position + 1;
      wanted -= taken;
      perNode -= taken;
    }
  }
  return { pods: [...pods].sort(([a], [b]) => a - b), times };
}

/**
 * Pods of a limited class for one node: always of the member that has most pods left, as long as it may have more there. Dealing to the
 * fullest first finds a dealing for all nodes wherever there is one (Gale & Ryser 1957).
 */
function spreadOut(
  classes: PackingClasses,
  facts: { readonly c: number; readonly count: number; readonly left: number[] },
): ReadonlyMap<number, number> {
  const members = classes.members[facts.c] ?? [];
  const pods = new Map<number, number>();
  for (let wanted = facts.count; wanted > 0; wanted--) {
    let best = -1;
    members.forEach((item, position) => {
      const limit = classes.problem.items[item]?.maxPerNode ?? 0;
      const isOpen = (facts.left[position] ?? 0) > 0 && (pods.get(item) ?? 0) < limit;
      if (isOpen && (best < 0 || (facts.left[position] ?? 0) > (facts.left[best] ?? 0))) best = position;
    });
    const item = members[best];
    if (item === undefined) break;
    pods.set(item, (pods.get(item) ?? 0) + 1);
    facts.left[best] = (facts.left[best] ?? 0) - 1;
  }
  return pods;
}
