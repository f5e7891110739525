import type { OpenNodes } from './fill-nodes.ts';
import type { FluidAnswer } from './fluid.ts';

/**
 * Puts pods on nodes of several kinds as the fluid relaxation shares them out: of each kind the whole part of its nodes is opened, and
 * the pods of a class that belong there are dealt one by one to the node that has most room in the direction of their request
 * (Panigrahy et al. 2011), large classes first. So all nodes of a kind end up with about the mix that fills them in every resource. Pods that
 * find no room stay waiting. `isAllowed` is asked before each node is bought. O(pods × nodes of the kind × resources).
 */
export function dealOut(open: OpenNodes, fluid: FluidAnswer, isAllowed: (kind: number) => boolean): void {
  const { classes } = open;
  const nodesOf = classes.kinds.map((_, kind) => {
    const nodes: number[] = [];
    for (let copy = Math.floor((fluid.nodes[kind] ?? 0) + 1e-6); copy > 0 && isAllowed(kind); copy--) {
      nodes.push(open.open(kind));
    }
    return nodes;
  });
  for (const c of bySize(open)) {
    nodesOf.forEach((nodes, kind) => {
      const share = fluid.shares[c * classes.kinds.length + kind] ?? 0;
      if (nodes.length === 0 || share <= 0) return;
      const whole = nodes.length / (fluid.nodes[kind] ?? 1);
      const wanted = Math.min(open.waiting[c] ?? 0, Math.round((classes.counts[c] ?? 0) * share * whole));
      dealClass(open, { c, wanted, nodes });
    });
  }
}

/** Waiting pods onto any open nodes, each to the one with most room in its direction; what does not fit stays waiting. */
export function dealLeftovers(open: OpenNodes): void {
  const all = open.kinds.map((_, node) => node);
  for (const c of bySize(open)) {
    const nodes = all.filter((node) => open.room(node, c) > 0);
    dealClass(open, { c, wanted: open.waiting[c] ?? 0, nodes });
  }
}

/** Classes with waiting pods, largest share of a node first. */
function bySize(open: OpenNodes): readonly number[] {
  const { classes } = open;
  const { resources, requests } = classes;
  const mean = new Float64Array(resources);
  classes.kinds.forEach((index) => {
    for (let r = 0; r < resources; r++)
      mean[r] = (mean[r] ?? 0) + (classes.problem.nodes[index]?.capacity[r] ?? 0);
  });
  const size = classes.members.map((_, c) => {
    let most = 0;
    for (let r = 0; r < resources; r++) {
      most = Math.max(most, (requests[c * resources + r] ?? 0) / Math.max(mean[r] ?? 0, 1e-9));
    }
    return most;
  });
  return classes.members
    .map((_, c) => c)
    .filter((c) => (open.waiting[c] ?? 0) > 0)
    .sort((a, b) => (size[b] ?? 0) - (size[a] ?? 0) || a - b);
}

function dealClass(
  open: OpenNodes,
  { c, wanted, nodes }: { readonly c: number; readonly wanted: number; readonly nodes: readonly number[] },
): void {
  if (wanted <= 0) return;
  const heap = new RoomHeap(nodes.length);
  for (const node of nodes) if (open.room(node, c) > 0) heap.push(node, open.roomAlong(node, c));
  for (let left = wanted; left > 0; left--) {
    const node = heap.pop();
    if (node === undefined) return;
    open.put(node, c, 1);
    if (open.room(node, c) > 0) heap.push(node, open.roomAlong(node, c));
  }
}

/** Nodes by falling room; of equal ones the lower index first. */
class RoomHeap {
  readonly #nodes: Int32Array;
  readonly #rooms: Float64Array;
  #size = 0;

  constructor(capacity: number) {
    this.#nodes = new Int32Array(capacity + 1);
    this.#rooms = new Float64Array(capacity + 1);
  }

  push(node: number, room: number): void {
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#goesFirst(parent, room, node)) break;
      this.#nodes[at] = this.#nodes[parent] ?? 0;
      this.#rooms[at] = this.#rooms[parent] ?? 0;
      at = parent;
    }
    this.#nodes[at] = node;
    this.#rooms[at] = room;
  }

  pop(): number | undefined {
    if (this.#size === 0) return undefined;
    const top = this.#nodes[0];
    this.#size--;
    const node = this.#nodes[this.#size] ?? 0;
    const room = this.#rooms[this.#size] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (
        child + 1 < this.#size &&
        this.#goesFirst(child + 1, this.#rooms[child] ?? 0, this.#nodes[child] ?? 0)
      )
        child++;
      if (!this.#goesFirst(child, room, node)) break;
      this.#nodes[at] = this.#nodes[child] ?? 0;
      this.#rooms[at] = this.#rooms[child] ?? 0;
      at = child;
    }
    this.#nodes[at] = node;
    this.#rooms[at] = room;
    return top;
  }

  /** Whether the entry at a place comes before a node with so much room. */
  #goesFirst(at: number, room: number, node: number): boolean {
    const own = this.#rooms[at] ?? 0;
    return own > room || (own === room && (this.#nodes[at] ?? 0) < node);
  }
}
