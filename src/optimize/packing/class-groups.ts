import type { PackingClasses } from './packing-classes.ts';

/**
 * The problem with like classes as one, of their mean request: at most about `most` classes. Neither a relaxation nor a restriction of the problem, so it
 * tells which nodes are worth buying and bounds nothing. Limits per node of single classes become least numbers of nodes of the group.
 */
export function groupedClasses(classes: PackingClasses, most: number): PackingClasses {
  const groups = groupsOf(classes, most);
  const { resources } = classes;
  const counts = Float64Array.from(groups, (list) =>
    list.reduce((sum, c) => sum + (classes.counts[c] ?? 0), 0),
  );
  const requests = new Float64Array(groups.length * resources);
  groups.forEach((list, g) => {
    for (let r = 0; r < resources; r++) {
      const total = list.reduce(
        (sum, c) => sum + (classes.counts[c] ?? 0) * (classes.requests[c * resources + r] ?? 0),
        0,
      );
      requests[g * resources + r] = total / Math.max(counts[g] ?? 0, 1e-9);
    }
  });
  const groupOf = new Map(groups.flatMap((list, g) => list.map((c): [number, number] => [c, g])));
  return {
    ...classes,
    members: groups.map((list) => list.flatMap((c) => classes.members[c] ?? [])),
    counts,
    requests,
    maxPerNode: new Float64Array(groups.length).fill(Infinity),
    leastNodes: Float64Array.from(groups, (list) => Math.max(...list.map((c) => classes.leastNodes[c] ?? 0))),
    apart: groups.map(() => []),
    takes: classes.takes.map((list) =>
      [...new Set(list.map((c) => groupOf.get(c) ?? -1))].sort((a, b) => a - b),
    ),
  };
}

/** Classes grouped by the kinds they may use and by the proportions of their requests; each group holds like classes. */
export function groupsOf(classes: PackingClasses, most: number): readonly (readonly number[])[] {
  const bySignature = new Map<string, number[]>();
  const kindsOf: number[][] = classes.members.map(() => []);
  classes.takes.forEach((list, kind) => list.forEach((c) => kindsOf[c]?.push(kind)));
  kindsOf.forEach((kinds, c) => {
    const key = kinds.join(',');
    const list = bySignature.get(key);
    if (list === undefined) bySignature.set(key, [c]);
    else list.push(c);
  });
  const perSignature = Math.max(1, Math.floor(most / Math.max(1, bySignature.size)));
  return [...bySignature.values()].flatMap((list) => cutByProportion(classes, list, perSignature));
}

function cutByProportion(classes: PackingClasses, list: readonly number[], groups: number): number[][] {
  const { resources, requests } = classes;
  const proportion = (c: number): number =>
    (requests[c * resources + 1] ?? 0) / Math.max(requests[c * resources] ?? 0, 1e-9);
  const order = [...list].sort((a, b) => proportion(a) - proportion(b) || a - b);
  const size = Math.ceil(order.length / groups);
  return Array.from({ length: Math.ceil(order.length / size) }, (_, g) =>
    order.slice(g * size, (g + 1) * size),
  );
}
