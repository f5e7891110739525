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
  readonly maxPerNode: Float64Array;
  /** Classes that may not share a node with a class; empty lists where nothing is apart. */
  readonly apart: readonly (readonly number[])[];
  /** Node kinds kept, as indices of the problem. */
  readonly kinds: readonly number[];
  /** Classes that each kept kind takes (and that fit on it), ascending. */
  readonly takes: readonly (readonly number[])[];
}

/** The classes of a problem; items with no pods belong to none. */
export function packingClasses(problem: PackingProblem): PackingClasses {
  const tied = new Set(problem.apart.flat());
  const byKey = new Map<string, number[]>();
  problem.items.forEach((item, index) => {
    if (item.count <= 0) return;
    const own = tied.has(index) || Number.isFinite(item.maxPerNode) ? String(index) : '';
    const key = JSON.stringify([item.request, item.nodes, own]);
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
    maxPerNode: Float64Array.from(members, (_, c) => first(c)?.maxPerNode ?? Infinity),
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
  let times = state.copies;
  for (const [c, count] of group.pods) {
    const now = state.left[c]?.[state.at[c] ?? 0] ?? 0;
    times = Math.min(times, Math.max(1, Math.floor(now / count)));
  }
  const pods = new Map<number, number>();
  for (const [c, count] of group.pods) {
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
