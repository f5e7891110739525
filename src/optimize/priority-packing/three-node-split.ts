import type { NodeLoads } from './node-loads.ts';

/** Overloads, as shares of a node, that differ by less count as equal: guards against rounding. */
const TOLERANCE = 1e-12;

/** A split of pods among three nodes: bit i of `inA` and `inB` says where pod i goes; in neither, to the third node. */
interface Split {
  readonly inA: number;
  readonly inB: number;
  readonly cost: number;
}

/**
 * Exact redistribution of pods among three nodes for the least overload: for every choice for the first node that can still win, all splits of the other pods between
 * the second and the third, both in Gray code order.
 */
export class ThreeNodeSplit {
  /** Splits looked at so far. */
  work = 0;
  readonly #loads: NodeLoads;
  readonly #total: Float64Array;
  readonly #onA: Float64Array;
  readonly #onB: Float64Array;
  /** What stays on the second node whatever the split. */
  readonly #fixedB: Float64Array;
  #nodes: readonly [number, number, number] = [0, 0, 0];
  #pods: readonly number[] = [];

  constructor(loads: NodeLoads) {
    this.#loads = loads;
    this.#total = new Float64Array(loads.resources);
    this.#onA = new Float64Array(loads.resources);
    this.#onB = new Float64Array(loads.resources);
    this.#fixedB = new Float64Array(loads.resources);
  }

  /** The node of each of `pods`, all of them on one of `nodes` now, in a split with less overload; undefined when there is none. */
  better(pods: readonly number[], nodes: readonly [number, number, number]): readonly number[] | undefined {
    this.#begin(pods, nodes);
    const least = this.#unavoidable(this.#total, nodes) + TOLERANCE;
    let best: Split = {
      inA: 0,
      inB: 0,
      cost: nodes.reduce((sum, node) => sum + this.#loads.overload(node), 0),
    };
    let isFound = false;
    let inA = 0;
    const codes = 1 << pods.length;
    for (let code = 0; code < codes && best.cost > least; code++) {
      if (code > 0) inA = this.#flip(inA, 31 - Math.clz32(code & -code), this.#onA);
      const better = this.#splitRest(inA, best.cost);
      if (better === undefined) continue;
      best = better;
      isFound = true;
    }
    this.work += codes;
    if (!isFound) return undefined;
    const [a, b, c] = nodes;
    return pods.map((_, i) => ((best.inA >> i) & 1 ? a : (best.inB >> i) & 1 ? b : c));
  }

  #begin(pods: readonly number[], nodes: readonly [number, number, number]): void {
    const { resources, load, nodeOf, requests } = this.#loads;
    const [a, b, c] = nodes;
    this.#pods = pods;
    this.#nodes = nodes;
    for (let r = 0; r < resources; r++) {
      this.#onA[r] = load[a * resources + r]!;
      this.#fixedB[r] = load[b * resources + r]!;
      this.#total[r] = this.#onA[r]! + this.#fixedB[r]! + load[c * resources + r]!;
    }
    for (const pod of pods) {
      const fixed = nodeOf[pod] === a ? this.#onA : nodeOf[pod] === b ? this.#fixedB : undefined;
      if (fixed === undefined) continue;
      for (let r = 0; r < resources; r++) fixed[r]! -= requests[pod * resources + r]!;
    }
  }

  /** The best split of the pods not in `inA` between the second and third node, if it costs less than `limit`. */
  #splitRest(inA: number, limit: number): Split | undefined {
    const [a, b, c] = this.#nodes;
    const overA = this.#over(a, this.#onA);
    const { resources } = this.#loads;
    const rest = new Float64Array(resources);
    for (let r = 0; r < resources; r++) rest[r] = this.#total[r]! - this.#onA[r]!;
    if (overA + this.#unavoidable(rest, [b, c]) >= limit) return undefined;
    const free: number[] = [];
    for (let i = 0; i < this.#pods.length; i++) if (((inA >> i) & 1) === 0) free.push(i);
    this.#onB.set(this.#fixedB);
    const onC = new Float64Array(resources);
    let best: Split | undefined;
    let cost = limit;
    let inB = 0;
    const codes = 1 << free.length;
    for (let code = 0; code < codes; code++) {
      if (code > 0) inB = this.#flip(inB, free[31 - Math.clz32(code & -code)]!, this.#onB);
      for (let r = 0; r < resources; r++) onC[r] = rest[r]! - this.#onB[r]!;
      const sum = overA + this.#over(b, this.#onB) + this.#over(c, onC);
      if (sum >= cost) continue;
      cost = sum;
      best = { inA, inB, cost };
    }
    this.work += codes;
    return best;
  }

  /** Puts pod i into the set or takes it out; `sums` follows. The new set. */
  #flip(set: number, i: number, sums: Float64Array): number {
    const { resources, requests } = this.#loads;
    const sign = (set >> i) & 1 ? -1 : 1;
    const at = this.#pods[i]! * resources;
    for (let r = 0; r < resources; r++) sums[r]! += sign * requests[at + r]!;
    return set ^ (1 << i);
  }

  #over(node: number, sums: Float64Array): number {
    const { resources, capacity, scale } = this.#loads;
    let over = 0;
    for (let r = 0; r < resources; r++) {
      const above = sums[r]! - capacity[node * resources + r]!;
      if (above > 0) over += above * scale[r]!;
    }
    return over;
  }

  /** Overload that `nodes` have together however `sums` are split among them. */
  #unavoidable(sums: Float64Array, nodes: readonly number[]): number {
    const { resources, capacity, scale } = this.#loads;
    let over = 0;
    for (let r = 0; r < resources; r++) {
      let above = sums[r]!;
      for (const node of nodes) above -= capacity[node * resources + r]!;
      if (above > 0) over += above * scale[r]!;
    }
    return over;
  }
}
