import { dropBudgets } from './target.ts';
import type { Target } from './target.ts';

/** How an exhaustive search ended. */
export type ExhaustiveAnswer = 'impossible' | 'possible' | 'out-of-work';

/** Steps after which the search asks whether to go on. */
const STEPS_BETWEEN_LOOKS = 20_000;

/**
 * Decides a target exhaustively, node by node ("bin completion"), or runs out of work.
 *
 * Each node in turn gets a set of the remaining pods. Sound cuts: (1) what the nodes may still leave free in total is bounded, as in `wasteBudget`, so sets that leave more are
 * skipped; (2) only maximal sets are tried: were a further pod addable, moving it here keeps every placement valid and no count falls;
 * (3) of pods with equal requests, priority and rules only the first unused may be taken next; (4) while all remaining nodes are alike, the largest remaining pod is either in this node or stays
 * out. Rules that keep pods apart are ignored: fewer rules allow more, so `impossible` stays true; a placement found may break them. Used once.
 */
export class NodeByNodeSearch {
  work = 0;
  readonly #resources: number;
  readonly #nodes: number;
  readonly #capacity: Float64Array;
  /** Capacity of this and all later nodes. */
  readonly #capacityLeft: Float64Array;
  /** Whether this and all later nodes are alike. */
  readonly #alike: Uint8Array;
  readonly #pods: readonly number[];
  readonly #requests: Float64Array;
  readonly #level: Int32Array;
  /** Next pod that differs from this one. */
  readonly #nextKind: Int32Array;
  readonly #allowed: readonly (Uint8Array | undefined)[];
  readonly #used: Uint8Array;
  /** Position of the node that took each pod on the current path, -1 for none. */
  readonly #takenBy: Int32Array;
  readonly #nodeOrder: readonly number[];
  readonly #budgets: number[];
  /** Per resource, pods by falling request: to find the largest that may stay out. */
  readonly #byRequest: readonly Int32Array[];
  #stop: (work: number) => boolean = () => false;
  #isStopped = false;
  #nextLook = 0;

  constructor(target: Target) {
    const { problem } = target;
    this.#resources = problem.resources.length;
    const levelOf = new Map(target.levels.flatMap((pods, level) => pods.map((pod) => [pod, level] as const)));
    const nodes = orderedNodes(target);
    this.#nodes = nodes.length;
    this.#capacity = Float64Array.from(nodes.flatMap((node) => [...problem.nodes[node]!.capacity]));
    this.#capacityLeft = suffixSums(this.#capacity, this.#nodes, this.#resources);
    const masks = target.levels.flat().map((pod) => problem.pods[pod]!.allowedNodes);
    const kinds = nodes.map((node) => nodeKind(target, node, masks));
    this.#alike = Uint8Array.from(kinds, (kind, i) =>
      kinds.slice(i).every((other) => other === kind) ? 1 : 0,
    );
    const order = orderedPods(target, levelOf);
    this.#pods = order;
    this.#requests = Float64Array.from(order.flatMap((pod) => [...problem.pods[pod]!.requests]));
    this.#level = Int32Array.from(order, (pod) => levelOf.get(pod)!);
    const podKinds = order.map((pod) => podKind(target, pod));
    this.#nextKind = Int32Array.from(order, (_, i) => {
      let next = i + 1;
      while (next < order.length && podKinds[next] === podKinds[i]) next++;
      return next;
    });
    this.#allowed = order.map((pod) => {
      const allowed = problem.pods[pod]!.allowedNodes;
      return allowed === undefined
        ? undefined
        : Uint8Array.from(nodes, (node) => (allowed.includes(node) ? 1 : 0));
    });
    this.#used = new Uint8Array(order.length);
    this.#takenBy = new Int32Array(order.length).fill(-1);
    this.#nodeOrder = nodes;
    this.#budgets = [...dropBudgets(target)];
    this.#byRequest = problem.resources.map((_, r) =>
      Int32Array.from(order, (_, i) => i).sort((a, b) => this.#request(b, r) - this.#request(a, r)),
    );
  }

  /** Searches until decided or until `stop`, asked now and then with the steps done so far, says to give up. */
  run(stop: (work: number) => boolean): ExhaustiveAnswer {
    this.#stop = stop;
    if (this.#budgets.some((budget) => budget < 0)) return 'impossible';
    return this.#node(0) ?? 'out-of-work';
  }

  /** After `possible`: the node of each pod placed, by index in the problem. */
  placement(): ReadonlyMap<number, number> {
    const placed = this.#pods.map((pod, i) => [pod, this.#takenBy[i]!] as const).filter(([, at]) => at >= 0);
    return new Map(placed.map(([pod, at]) => [pod, this.#nodeOrder[at]!]));
  }

  #request(pod: number, r: number): number {
    return this.#requests[pod * this.#resources + r]!;
  }

  /** Fills node `node` and the later ones; undefined when out of work. */
  #node(node: number): 'impossible' | 'possible' | undefined {
    const first = this.#used.indexOf(0);
    if (first < 0) return 'possible';
    if (node === this.#nodes) return this.#restMayStayOut() ? 'possible' : 'impossible';
    const waste = this.#waste(node);
    if (waste === undefined) return 'impossible';
    if (this.#alike[node] === 0) return this.#fill(node, 0, this.#loadOf(undefined), waste);
    if (this.#fitsAlone(first, node)) {
      this.#used[first] = 1;
      this.#takenBy[first] = node;
      const answer = this.#fill(node, first + 1, this.#loadOf(first), waste);
      if (answer !== 'impossible') return answer;
      this.#used[first] = 0;
      this.#takenBy[first] = -1;
    }
    const level = this.#level[first]!;
    if (this.#budgets[level] === 0) return 'impossible';
    this.#used[first] = 1;
    this.#budgets[level]!--;
    const answer = this.#node(node);
    if (answer !== 'impossible') return answer;
    this.#budgets[level]!++;
    this.#used[first] = 0;
    return answer;
  }

  /** Load of a node that holds nothing, or one pod. */
  #loadOf(pod: number | undefined): Float64Array {
    const load = new Float64Array(this.#resources);
    if (pod !== undefined) for (let r = 0; r < load.length; r++) load[r] = this.#request(pod, r);
    return load;
  }

  #fitsAlone(pod: number, node: number): boolean {
    const mask = this.#allowed[pod];
    if (mask !== undefined && mask[node] === 0) return false;
    for (let r = 0; r < this.#resources; r++) {
      if (this.#request(pod, r) > this.#capacity[node * this.#resources + r]!) return false;
    }
    return true;
  }

  /** Decides pods from index `from` on for `node`, which has `load`; takes first, then leaves out. */
  #fill(
    node: number,
    from: number,
    load: Float64Array,
    waste: Float64Array,
  ): 'impossible' | 'possible' | undefined {
    if (this.#tired()) return undefined;
    const next = this.#nextFitting(node, from, load);
    if (next < 0) return this.#close(node, load, waste);
    if (!this.#canReach(node, next, load, waste)) return 'impossible';
    this.#used[next] = 1;
    this.#takenBy[next] = node;
    const more = new Float64Array(this.#resources);
    for (let r = 0; r < more.length; r++) more[r] = load[r]! + this.#request(next, r);
    const taken = this.#fill(node, next + 1, more, waste);
    if (taken !== 'impossible') return taken;
    this.#used[next] = 0;
    this.#takenBy[next] = -1;
    return this.#fill(node, this.#nextKind[next]!, load, waste);
  }

  /** Counts a step by the pods it looks at; whether to give up. */
  #tired(): boolean {
    this.work += 8 + this.#pods.length / 4;
    if (this.work >= this.#nextLook) {
      this.#nextLook = this.work + STEPS_BETWEEN_LOOKS;
      this.#isStopped ||= this.#stop(this.work);
    }
    return this.#isStopped;
  }

  #nextFitting(node: number, from: number, load: Float64Array): number {
    for (let pod = from; pod < this.#pods.length; pod++) {
      if (this.#used[pod] === 0 && this.#fitsIn(node, pod, load)) return pod;
    }
    return -1;
  }

  #fitsIn(node: number, pod: number, load: Float64Array): boolean {
    const mask = this.#allowed[pod];
    if (mask !== undefined && mask[node] === 0) return false;
    for (let r = 0; r < this.#resources; r++) {
      if (load[r]! + this.#request(pod, r) > this.#capacity[node * this.#resources + r]!) return false;
    }
    return true;
  }

  /** Whether the pods from `from` on can bring the node within the waste. */
  #canReach(node: number, from: number, load: Float64Array, waste: Float64Array): boolean {
    for (let r = 0; r < this.#resources; r++) {
      let missing = this.#capacity[node * this.#resources + r]! - waste[r]! - load[r]!;
      for (let pod = from; missing > 0 && pod < this.#pods.length; pod++) {
        if (this.#used[pod] === 0) missing -= this.#request(pod, r);
      }
      if (missing > 0) return false;
    }
    return true;
  }

  /** Ends a node's set when it is maximal and wastes little enough, and goes on with the next node. */
  #close(node: number, load: Float64Array, waste: Float64Array): 'impossible' | 'possible' | undefined {
    for (let r = 0; r < this.#resources; r++) {
      if (this.#capacity[node * this.#resources + r]! - load[r]! > waste[r]!) return 'impossible';
    }
    if (this.#nextFitting(node, 0, load) >= 0) return 'impossible';
    return this.#node(node + 1);
  }

  /** What this and later nodes may leave free together; undefined when the rest cannot be placed. */
  #waste(node: number): Float64Array | undefined {
    const waste = new Float64Array(this.#resources);
    for (let r = 0; r < this.#resources; r++) {
      let left = this.#capacityLeft[node * this.#resources + r]!;
      const budgets = [...this.#budgets];
      for (const pod of this.#byRequest[r]!) {
        if (this.#used[pod] === 1) continue;
        const level = this.#level[pod]!;
        if (budgets[level]! > 0) budgets[level]!--;
        else left -= this.#request(pod, r);
      }
      if (left < 0) return undefined;
      waste[r] = left;
    }
    return waste;
  }

  #restMayStayOut(): boolean {
    const out = this.#budgets.map(() => 0);
    for (let pod = 0; pod < this.#pods.length; pod++) if (this.#used[pod] === 0) out[this.#level[pod]!]!++;
    return out.every((count, level) => count <= this.#budgets[level]!);
  }
}

/** Pods with the largest share of any resource first; equal ones side by side. */
function orderedPods(target: Target, levelOf: ReadonlyMap<number, number>): readonly number[] {
  const { nodes, pods, resources } = target.problem;
  const totals = resources.map((_, r) => nodes.reduce((sum, node) => sum + node.capacity[r]!, 0));
  const size = (pod: number) =>
    Math.max(...pods[pod]!.requests.map((amount, r) => (totals[r]! > 0 ? amount / totals[r]! : 0)));
  return [...levelOf.keys()]
    .map((pod) => ({ pod, size: size(pod), kind: podKind(target, pod) }))
    .sort((a, b) => b.size - a.size || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.pod - b.pod))
    .map(({ pod }) => pod);
}

/** What makes two pods exchangeable for the search. */
function podKind(target: Target, pod: number): string {
  const { requests, allowedNodes, priority } = target.problem.pods[pod]!;
  return `${requests.join(' ')}|${allowedNodes?.join(' ') ?? '*'}|${String(priority)}`;
}

/** Nodes alike side by side, the rarest kinds first, so that the last ones are alike. */
function orderedNodes(target: Target): readonly number[] {
  const masks = target.levels.flat().map((pod) => target.problem.pods[pod]!.allowedNodes);
  const groups = Map.groupBy(target.problem.nodes.keys(), (node) => nodeKind(target, node, masks));
  return [...groups.values()].sort((a, b) => a.length - b.length).flat();
}

function nodeKind(target: Target, node: number, masks: readonly (readonly number[] | undefined)[]): string {
  const rules = new Set(masks.filter((mask) => mask !== undefined));
  const capacity = target.problem.nodes[node]!.capacity.join(' ');
  return `${capacity}|${[...rules].map((mask) => (mask.includes(node) ? '1' : '0')).join('')}`;
}

function suffixSums(values: Float64Array, rows: number, columns: number): Float64Array {
  const sums = new Float64Array((rows + 1) * columns);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = 0; column < columns; column++) {
      sums[row * columns + column] = sums[(row + 1) * columns + column]! + values[row * columns + column]!;
    }
  }
  return sums;
}
