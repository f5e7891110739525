/**
 * Karpenter's provisioning as a baseline: pods by falling CPU, then memory; each goes to the first node in the making on which it still fits some
 * instance type, else to a new one; in the end every node becomes the cheapest type that holds its pods (read in kubernetes-sigs/karpenter,
 * pkg/controllers/provisioning/scheduling, 2026-11). Consolidation as its disruption controller does it: a node whose pods fit on the others is
 * removed, and a node is replaced where its pods fit on the others and one cheaper node. Left out: preferences, topology, spot-to-spot rules,
 * the limit of 60 types per launch, and multi-node replacement by binary search.
 */

/** A pod to place: requests by resource. */
export interface KarpenterPod {
  readonly id: string;
  readonly request: readonly number[];
}

/** A type of node that may be launched. */
export interface KarpenterType {
  readonly id: string;
  readonly capacity: readonly number[];
  readonly price: number;
}

/** A node with the pods on it. */
export interface KarpenterNode {
  type: KarpenterType;
  readonly pods: KarpenterPod[];
}

interface NodeInTheMaking {
  readonly pods: KarpenterPod[];
  readonly used: number[];
  /** Types that still hold all its pods, by rising price. */
  types: readonly KarpenterType[];
}

/** First-fit decreasing over nodes in the making; throws when a pod fits on no type. */
export function provision(pods: readonly KarpenterPod[], types: readonly KarpenterType[]): KarpenterNode[] {
  const byPrice = types.toSorted((a, b) => a.price - b.price);
  const order = pods.toSorted(
    (a, b) => (b.request[0] ?? 0) - (a.request[0] ?? 0) || (b.request[1] ?? 0) - (a.request[1] ?? 0),
  );
  const nodes: NodeInTheMaking[] = [];
  for (const pod of order) {
    if (nodes.some((node) => tryAdd(node, pod))) continue;
    const node: NodeInTheMaking = { pods: [], used: pod.request.map(() => 0), types: byPrice };
    if (!tryAdd(node, pod)) throw new Error(`${pod.id} fits on no type`);
    nodes.push(node);
  }
  return nodes.map(({ pods: placed, types: left }) => {
    const [cheapest] = left;
    if (cheapest === undefined) throw new Error('a node without a type');
    return { type: cheapest, pods: placed };
  });
}

function tryAdd(node: NodeInTheMaking, pod: KarpenterPod): boolean {
  const used = node.used.map((amount, r) => amount + (pod.request[r] ?? 0));
  const types = node.types.filter((type) => used.every((amount, r) => amount <= (type.capacity[r] ?? 0)));
  if (types.length === 0) return false;
  node.types = types;
  node.pods.push(pod);
  used.forEach((amount, r) => (node.used[r] = amount));
  return true;
}

/** Removes and replaces single nodes as long as that saves money; dearest nodes first. */
export function consolidate(
  nodes: readonly KarpenterNode[],
  types: readonly KarpenterType[],
): KarpenterNode[] {
  let current = nodes.map((node) => ({ type: node.type, pods: [...node.pods] }));
  for (let round = 0; round < 1_000; round++) {
    const order = current.toSorted((a, b) => b.type.price - a.type.price);
    const better = order.map((node) => without(current, node, types)).find((next) => next !== undefined);
    if (better === undefined) return current;
    current = better;
  }
  return current;
}

/** The nodes without one of them, its pods on the others and at most one new cheaper node; undefined when that is not possible. */
function without(
  nodes: readonly KarpenterNode[],
  gone: KarpenterNode,
  types: readonly KarpenterType[],
): KarpenterNode[] | undefined {
  const others = nodes
    .filter((node) => node !== gone)
    .map((node) => ({ type: node.type, pods: [...node.pods] }));
  const left = others.map((node) =>
    node.type.capacity.map(
      (amount, r) => amount - node.pods.reduce((sum, pod) => sum + (pod.request[r] ?? 0), 0),
    ),
  );
  const homeless: KarpenterPod[] = [];
  for (const pod of gone.pods.toSorted((a, b) => (b.request[0] ?? 0) - (a.request[0] ?? 0))) {
    const at = left.findIndex((room) => pod.request.every((amount, r) => amount <= (room[r] ?? 0)));
    if (at < 0) homeless.push(pod);
    else {
      others[at]?.pods.push(pod);
      pod.request.forEach((amount, r) => {
        const room = left[at];
        if (room !== undefined) room[r] = (room[r] ?? 0) - amount;
      });
    }
  }
  if (homeless.length === 0) return others;
  const needed = gone.type.capacity.map((_, r) =>
    homeless.reduce((sum, pod) => sum + (pod.request[r] ?? 0), 0),
  );
  const cheaper = types
    .filter(
      (type) =>
        type.price < gone.type.price && needed.every((amount, r) => amount <= (type.capacity[r] ?? 0)),
    )
    .sort((a, b) => a.price - b.price)[0];
  return cheaper === undefined ? undefined : [...others, { type: cheaper, pods: homeless }];
}

/** Price of nodes. */
export function priceOf(nodes: readonly KarpenterNode[]): number {
  return nodes.reduce((sum, node) => sum + node.type.price, 0);
}
