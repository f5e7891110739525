import type { PackingProblem } from './problem.ts';

/**
 * Which pod is on which node, with the load of every node; overload is allowed and measured. Mutable: a working state of the search.
 * Amounts are integers, so loads are exact however often pods come and go.
 */
export class NodeLoads {
  readonly nodes: number;
  readonly resources: number;
  /** Requests, pod-major. */
  readonly requests: Float64Array;
  /** Capacities and loads, node-major. */
  readonly capacity: Float64Array;
  readonly load: Float64Array;
  /** Per resource: nodes ÷ total capacity, which makes overloads of different resources comparable; 0 without capacity. */
  readonly scale: Float64Array;
  /** Node of each pod, -1 without one. */
  readonly nodeOf: Int32Array;
  /** Pods of each node, in no order. */
  readonly podsOn: number[][];
  /** Nodes with some load above capacity, in no order. */
  readonly overloaded: number[] = [];
  /** Per pod, 1 when it keeps apart from no other pod. */
  readonly isFree: Uint8Array;
  /** Whether any pod has a rule about its nodes or its neighbours. */
  readonly hasRules: boolean;
  readonly #rank: Int32Array;
  readonly #overloadedRank: Int32Array;
  readonly #allowed: (Uint8Array | undefined)[];
  readonly #apart: readonly (readonly number[])[];

  constructor(problem: PackingProblem) {
    const { pods, nodes, resources } = problem;
    this.nodes = nodes.length;
    this.resources = resources.length;
    this.requests = Float64Array.from(pods.flatMap((pod) => [...pod.requests]));
    this.capacity = Float64Array.from(nodes.flatMap((node) => [...node.capacity]));
    this.load = new Float64Array(this.capacity.length);
    this.scale = Float64Array.from(resources, (_, r) => {
      const total = nodes.reduce((sum, node) => sum + node.capacity[r]!, 0);
      return total === 0 ? 0 : nodes.length / total;
    });
    this.nodeOf = new Int32Array(pods.length).fill(-1);
    this.podsOn = nodes.map(() => []);
    this.#rank = new Int32Array(pods.length);
    this.#overloadedRank = new Int32Array(nodes.length).fill(-1);
    this.#allowed = pods.map((pod) => allowedMask(pod.allowedNodes, nodes.length));
    this.#apart = apartLists(problem);
    this.isFree = Uint8Array.from(this.#apart, (others) => (others.length === 0 ? 1 : 0));
    this.hasRules = this.#allowed.some((mask) => mask !== undefined) || this.isFree.includes(0);
  }

  /** Whether `pod` may be on `node` by its rules and by the pods there, whatever the load. */
  allows(pod: number, node: number): boolean {
    const mask = this.#allowed[pod];
    if (mask !== undefined && mask[node] === 0) return false;
    return this.isFree[pod] === 1 || this.#apart[pod]!.every((other) => this.nodeOf[other] !== node);
  }

  /** Whether `pod` fits beside what is on `node`, and may be there. */
  fits(pod: number, node: number): boolean {
    for (let r = 0; r < this.resources; r++) {
      const at = node * this.resources + r;
      if (this.load[at]! + this.requests[pod * this.resources + r]! > this.capacity[at]!) return false;
    }
    return this.allows(pod, node);
  }

  /** Puts a pod without a node on `node`. */
  attach(pod: number, node: number): void {
    const list = this.podsOn[node]!;
    this.nodeOf[pod] = node;
    this.#rank[pod] = list.length;
    list.push(pod);
    this.#add(pod, node, 1);
  }

  /** Takes a pod off its node. */
  detach(pod: number): void {
    const node = this.nodeOf[pod]!;
    const list = this.podsOn[node]!;
    const last = list.pop()!;
    if (last !== pod) {
      list[this.#rank[pod]!] = last;
      this.#rank[last] = this.#rank[pod]!;
    }
    this.nodeOf[pod] = -1;
    this.#add(pod, node, -1);
  }

  /** Makes the placement equal to `nodeOf`. */
  restore(nodeOf: ArrayLike<number>): void {
    for (let pod = 0; pod < this.nodeOf.length; pod++) {
      if (this.nodeOf[pod]! >= 0 && this.nodeOf[pod] !== nodeOf[pod]) this.detach(pod);
    }
    for (let pod = 0; pod < this.nodeOf.length; pod++) {
      if (nodeOf[pod]! >= 0 && this.nodeOf[pod]! < 0) this.attach(pod, nodeOf[pod]!);
    }
  }

  /** Load above capacity of one node, scaled and summed over the resources; 0 when nothing is above. */
  overload(node: number): number {
    let sum = 0;
    for (let r = 0, at = node * this.resources; r < this.resources; r++, at++) {
      const above = this.load[at]! - this.capacity[at]!;
      if (above > 0) sum += above * this.scale[r]!;
    }
    return sum;
  }

  /** Scaled free amount of the scarcest resource of a node; negative when overloaded. */
  slack(node: number): number {
    let least = Infinity;
    for (let r = 0, at = node * this.resources; r < this.resources; r++, at++) {
      if (this.scale[r]! > 0) least = Math.min(least, (this.capacity[at]! - this.load[at]!) * this.scale[r]!);
    }
    return least;
  }

  #add(pod: number, node: number, sign: number): void {
    const { resources, requests, load, capacity } = this;
    let above = false;
    for (let r = 0, at = node * resources; r < resources; r++, at++) {
      load[at]! += sign * requests[pod * resources + r]!;
      if (load[at]! > capacity[at]!) above = true;
    }
    this.#mark(node, above);
  }

  #mark(node: number, above: boolean): void {
    const rank = this.#overloadedRank[node]!;
    if (above === rank >= 0) return;
    if (above) {
      this.#overloadedRank[node] = this.overloaded.length;
      this.overloaded.push(node);
      return;
    }
    const last = this.overloaded.pop()!;
    if (last !== node) {
      this.overloaded[rank] = last;
      this.#overloadedRank[last] = rank;
    }
    this.#overloadedRank[node] = -1;
  }
}

function allowedMask(allowed: readonly number[] | undefined, nodes: number): Uint8Array | undefined {
  if (allowed === undefined) return undefined;
  const mask = new Uint8Array(nodes);
  for (const node of allowed) mask[node] = 1;
  return mask;
}

/** Per pod the pods it must not share a node with, made symmetric. */
export function apartLists(problem: PackingProblem): readonly (readonly number[])[] {
  const sets = problem.pods.map(() => new Set<number>());
  problem.pods.forEach((pod, index) => {
    for (const other of pod.apartFrom ?? []) {
      if (other === index) continue;
      sets[index]!.add(other);
      sets[other]!.add(index);
    }
  });
  return sets.map((set) => [...set].sort((a, b) => a - b));
}
