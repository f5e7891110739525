import { mostOnNode } from './packing-classes.ts';
import type { FilledKind, PackingClasses } from './packing-classes.ts';

/** Nodes with pods on them, one by one: the state of searches that move single pods. */
export class OpenNodes {
  readonly classes: PackingClasses;
  /** Kept kind of each node. */
  readonly kinds: number[] = [];
  /** Pods of each class on each node. */
  readonly pods: Int32Array[] = [];
  /** Room left on each node, one entry per resource. */
  readonly left: Float64Array[] = [];
  /** Pods of each class that are not placed. */
  readonly waiting: Float64Array;
  readonly #most: readonly Float64Array[];

  constructor(classes: PackingClasses) {
    this.classes = classes;
    this.waiting = Float64Array.from(classes.counts);
    this.#most = classes.kinds.map((_, kind) => {
      const most = new Float64Array(classes.members.length);
      for (const c of classes.takes[kind] ?? []) most[c] = mostOnNode(classes, c, kind);
      return most;
    });
  }

  /** Adds an empty node and returns its index. */
  open(kind: number): number {
    this.kinds.push(kind);
    this.pods.push(new Int32Array(this.classes.members.length));
    this.left.push(
      Float64Array.from(this.classes.problem.nodes[this.classes.kinds[kind] ?? 0]?.capacity ?? []),
    );
    return this.kinds.length - 1;
  }

  /** Takes the last node away with its pods, which wait again; returns them by class. */
  close(node: number): Int32Array {
    const pods = this.pods[node] ?? new Int32Array(0);
    if (node !== this.kinds.length - 1) throw new Error('only the last node can be closed');
    pods.forEach((count, c) => {
      this.waiting[c] = (this.waiting[c] ?? 0) + count;
    });
    this.kinds.pop();
    this.pods.pop();
    this.left.pop();
    return pods;
  }

  /** How many more pods of class `c` the node takes, whatever is waiting. */
  room(node: number, c: number): number {
    const pods = this.pods[node];
    const left = this.left[node];
    if (pods === undefined || left === undefined) return 0;
    let room = (this.#most[this.kinds[node] ?? 0]?.[c] ?? 0) - (pods[c] ?? 0);
    const { resources, requests, apart } = this.classes;
    for (let r = 0; r < resources && room > 0; r++) {
      const request = requests[c * resources + r] ?? 0;
      if (request > 0) room = Math.min(room, Math.floor((left[r] ?? 0) / request + 1e-9));
    }
    if (room > 0) for (const other of apart[c] ?? []) if ((pods[other] ?? 0) > 0) return 0;
    return Math.max(0, room);
  }

  /** Room left on a node in the direction of a request: Σ over resources of request · room, both as shares of the node. */
  roomAlong(node: number, c: number): number {
    const left = this.left[node];
    const capacity = this.classes.problem.nodes[this.classes.kinds[this.kinds[node] ?? 0] ?? 0]?.capacity;
    const { resources, requests } = this.classes;
    let dot = 0;
    for (let r = 0; r < resources; r++) {
      const whole = capacity?.[r] ?? 0;
      if (whole > 0) dot += ((requests[c * resources + r] ?? 0) / whole) * ((left?.[r] ?? 0) / whole);
    }
    return dot;
  }

  /** Puts `count` waiting pods of class `c` on the node; a negative count takes pods off. */
  put(node: number, c: number, count: number): void {
    const pods = this.pods[node];
    const left = this.left[node];
    if (pods === undefined || left === undefined) return;
    pods[c] = (pods[c] ?? 0) + count;
    this.waiting[c] = (this.waiting[c] ?? 0) - count;
    const { resources, requests } = this.classes;
    for (let r = 0; r < resources; r++) left[r] = (left[r] ?? 0) - count * (requests[c * resources + r] ?? 0);
  }

  /** Pods that are not placed. */
  get pending(): number {
    return this.waiting.reduce((sum, count) => sum + Math.max(0, count), 0);
  }

  /** Nodes with pods, those filled alike counted together. */
  filled(): readonly FilledKind[] {
    const groups = new Map<
      string,
      { kind: number; count: number; pods: readonly (readonly [number, number])[] }
    >();
    this.pods.forEach((counts, node) => {
      const pods: [number, number][] = [];
      counts.forEach((count, c) => {
        if (count > 0) pods.push([c, count]);
      });
      if (pods.length === 0) return;
      const kind = this.kinds[node] ?? 0;
      const key = `${kind}:${pods.join(';')}`;
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { kind, count: 1, pods });
      else known.count++;
    });
    return [...groups.values()];
  }
}

/** How nodes are filled: what decides which pod goes on a node next. */
export type FillRule = 'dot-product' | 'shape' | 'largest' | 'value';

/** The rules tried in turn. Dot product and shape: Panigrahy et al., Heuristics for vector bin packing, 2011. */
export const FILL_RULES: readonly FillRule[] = ['shape', 'dot-product', 'largest'];

/**
 * Fills one node with waiting pods, class after class by the rule until nothing fits. `weights` (one per resource) say how scarce
 * resources are; `values` (one per class) what a pod is worth, for the rule `value`.
 */
export function fillNode(
  open: OpenNodes,
  node: number,
  rule: { readonly name: FillRule; readonly weights: Float64Array; readonly values: Float64Array },
): void {
  for (;;) {
    let best = -1;
    let bestScore = -Infinity;
    let room = 0;
    for (const c of open.classes.takes[open.kinds[node] ?? 0] ?? []) {
      const waiting = open.waiting[c] ?? 0;
      if (waiting <= 0) continue;
      const fits = open.room(node, c);
      if (fits <= 0) continue;
      const score = scoreOf(open, { node, c }, rule);
      if (score > bestScore) {
        bestScore = score;
        best = c;
        room = Math.min(fits, waiting);
      }
    }
    if (best < 0) return;
    open.put(node, best, rule.name === 'shape' ? 1 : Math.max(1, Math.floor(room / 2)));
  }
}

function scoreOf(
  open: OpenNodes,
  { node, c }: { readonly node: number; readonly c: number },
  rule: { readonly name: FillRule; readonly weights: Float64Array; readonly values: Float64Array },
): number {
  const { resources, requests } = open.classes;
  const left = open.left[node];
  const capacity = open.classes.problem.nodes[open.classes.kinds[open.kinds[node] ?? 0] ?? 0]?.capacity ?? [];
  let dot = 0;
  let size = 0;
  let length = 0;
  for (let r = 0; r < resources; r++) {
    const share = (requests[c * resources + r] ?? 0) / Math.max(capacity[r] ?? 0, 1e-9);
    const rest = (left?.[r] ?? 0) / Math.max(capacity[r] ?? 0, 1e-9);
    dot += (rule.weights[r] ?? 0) * share * rest;
    size += (rule.weights[r] ?? 0) * share;
    length += (rule.weights[r] ?? 0) * share * share;
  }
  if (rule.name === 'largest') return size;
  if (rule.name === 'value') return (rule.values[c] ?? 0) / Math.max(size, 1e-12);
  // `shape` looks at the direction of a request only, larger ones first among equals.
  return rule.name === 'dot-product' ? dot : dot / Math.sqrt(Math.max(length, 1e-18)) + 1e-3 * size;
}

/**
 * Places waiting pods by ejection: a pod goes where it fits after one pod of another class there has moved to a node that has room
 * for it. Stops when nothing moves; returns whether all pods are placed. O(waiting × nodes × classes × nodes) at worst.
 */
export function placeByEjection(open: OpenNodes): boolean {
  for (let c = 0; c < open.waiting.length; c++) {
    while ((open.waiting[c] ?? 0) > 0) if (!placeOne(open, c)) return false;
  }
  return true;
}

function placeOne(open: OpenNodes, c: number): boolean {
  const count = open.kinds.length;
  for (let node = 0; node < count; node++) {
    if (open.room(node, c) > 0) {
      open.put(node, c, 1);
      return true;
    }
  }
  for (let node = 0; node < count; node++) {
    if (open.classes.takes[open.kinds[node] ?? 0]?.includes(c) !== true) continue;
    if (eject(open, node, c)) return true;
  }
  return false;
}

/** Makes room for a pod of class `c` by moving one other pod elsewhere; false, and nothing changed, when that is not possible. */
function eject(open: OpenNodes, node: number, c: number): boolean {
  const pods = open.pods[node];
  if (pods === undefined) return false;
  for (let other = 0; other < pods.length; other++) {
    if (other === c || (pods[other] ?? 0) === 0) continue;
    open.put(node, other, -1);
    if (open.room(node, c) > 0) {
      for (let target = 0; target < open.kinds.length; target++) {
        if (target !== node && open.room(target, other) > 0) {
          open.put(target, other, 1);
          open.put(node, c, 1);
          return true;
        }
      }
    }
    open.put(node, other, 1);
  }
  return false;
}

/**
 * All pods on the given numbers of nodes (by kept kind), by each rule in turn and ejection at the end. Returns the first full
 * placement, else the one whose waiting pods ask for least.
 */
export function fitInto(
  classes: PackingClasses,
  counts: Float64Array,
  more?: { readonly values: Float64Array },
): OpenNodes {
  let best: OpenNodes | undefined;
  let least = Infinity;
  const weights = scarcity(classes, counts);
  const values = more?.values ?? new Float64Array(classes.members.length);
  for (const name of FILL_RULES) {
    for (const isLargestFirst of [true, false]) {
      const open = new OpenNodes(classes);
      for (const kind of openingOrder(classes, counts, isLargestFirst)) {
        const node = open.open(kind);
        fillNode(open, node, { name, weights, values });
      }
      if (open.pending > 0) placeByEjection(open);
      if (open.pending === 0) return open;
      const waiting = waitingSize(open, weights);
      if (waiting < least) {
        best = open;
        least = waiting;
      }
    }
  }
  return best ?? new OpenNodes(classes);
}

/** Requests of all waiting pods, each resource by how scarce it is as a share of what one mean node of the kinds holds. */
function waitingSize(open: OpenNodes, weights: Float64Array): number {
  const { resources, requests, kinds, problem } = open.classes;
  let size = 0;
  for (let r = 0; r < resources; r++) {
    const mean =
      kinds.reduce((sum, index) => sum + (problem.nodes[index]?.capacity[r] ?? 0), 0) / kinds.length;
    open.waiting.forEach((count, c) => {
      if (count > 0)
        size += ((weights[r] ?? 0) * count * (requests[c * resources + r] ?? 0)) / Math.max(mean, 1e-9);
    });
  }
  return size;
}

function openingOrder(
  classes: PackingClasses,
  counts: Float64Array,
  isLargestFirst: boolean,
): readonly number[] {
  const order = classes.kinds.map((_, kind) => kind).filter((kind) => (counts[kind] ?? 0) > 0);
  const size = (kind: number): number => classes.problem.nodes[classes.kinds[kind] ?? 0]?.price ?? 0;
  order.sort((a, b) => (isLargestFirst ? size(b) - size(a) : size(a) - size(b)) || a - b);
  return order.flatMap((kind) => Array.from({ length: counts[kind] ?? 0 }, () => kind));
}

/** Share of all nodes' capacity that the pods ask for, by resource: how scarce it is. */
export function scarcity(classes: PackingClasses, counts: Float64Array): Float64Array {
  const { resources, requests } = classes;
  const weights = new Float64Array(resources);
  for (let r = 0; r < resources; r++) {
    let asked = 0;
    let held = 0;
    for (let c = 0; c < classes.members.length; c++)
      asked += (classes.counts[c] ?? 0) * (requests[c * resources + r] ?? 0);
    classes.kinds.forEach((index, kind) => {
      held += (counts[kind] ?? 0) * (classes.problem.nodes[index]?.capacity[r] ?? 0);
    });
    weights[r] = held > 0 ? asked / held : 0;
  }
  return weights;
}
