import type { RandomStream } from '../../random/index.ts';
import type { NodeLoads } from './node-loads.ts';
import { ThreeNodeSplit } from './three-node-split.ts';

/** Most pods whose two sides are enumerated together: 2^14 splits take some 50 µs. *Assumed* best by trial on random instances. */
const MOST_IN_PAIR = 14;
/** The same where pods at home count, which needs all splits looked at. */
const MOST_IN_HOME_PAIR = 12;
/** Most pods of three nodes enumerated together. *Assumed*, by the same trial. */
const MOST_IN_TRIPLE = 12;

/** What a redistribution of two nodes aims at. */
export type SplitAim =
  /** Least overload; among equals the last one met in a random order. */
  | { readonly kind: 'fit' }
  /** Least overload plus `perMove` for each pod that is not on its home node. */
  | { readonly kind: 'gentle'; readonly perMove: number }
  /** No overload, and most pods on their home nodes. */
  | { readonly kind: 'home' };

/**
 * Exact redistribution of the pods of two or three nodes for the least overload: all splits are enumerated in Gray code order, so
 * that each costs one addition per resource. Among equally good splits the last one met is taken, in a random order of the pods:
 * repeated on nodes that fit already it is a random walk over their packings.
 */
export class Repacker {
  /** Splits looked at so far. */
  work = 0;
  readonly #loads: NodeLoads;
  readonly #random: RandomStream;
  readonly #three: ThreeNodeSplit;
  readonly #pods = new Int32Array(64);
  readonly #amounts: Float64Array;
  readonly #sum: Float64Array;
  readonly #rest: Float64Array;
  readonly #signs = new Float64Array(32);
  /** Per pod, what leaving node `a` adds to the number of pods at home. */
  readonly #homeGains = new Float64Array(32);
  readonly #home: Int32Array;
  /** What the last `#homeSplit` improves its aim by. */
  #gain = 0;

  /** `home`: the node where each pod is best left, -1 for none. */
  constructor(loads: NodeLoads, random: RandomStream, home: Int32Array) {
    this.#loads = loads;
    this.#random = random;
    this.#three = new ThreeNodeSplit(loads);
    this.#home = home;
    this.#amounts = new Float64Array(32 * loads.resources);
    this.#sum = new Float64Array(loads.resources);
    this.#rest = new Float64Array(loads.resources);
  }

  /** Redistributes pods between nodes `a` and `b`. */
  pair(a: number, b: number, aim: SplitAim): void {
    const count = this.#collect([a, b], aim.kind === 'fit' ? MOST_IN_PAIR : MOST_IN_HOME_PAIR);
    if (count === 0) return;
    const code = aim.kind === 'fit' ? this.#bestSplit(count, a, b) : this.#homeSplit(count, a, b, aim);
    this.#apply(code, count, a, b);
  }

  /** Redistributes pods between `a` and that node of `others` with which most is gained by the aim. */
  bestPair(a: number, others: readonly number[], aim: SplitAim): void {
    let most = 0;
    let chosen: { readonly b: number; readonly pods: readonly number[] } | undefined;
    for (const b of others) {
      const count = this.#collect([a, b], MOST_IN_HOME_PAIR);
      if (count === 0) continue;
      const code = this.#homeSplit(count, a, b, aim);
      if (chosen !== undefined && this.#gain <= most) continue;
      most = this.#gain;
      chosen = {
        b,
        pods: Array.from(this.#pods.subarray(0, count)).filter((_, i) => ((code >> i) & 1) === 1),
      };
    }
    for (const pod of chosen?.pods ?? []) this.#change(pod, a, chosen!.b);
  }

  /** Redistributes pods among three nodes for the least overload. */
  triple(a: number, b: number, c: number): void {
    const count = this.#collect([a, b, c], MOST_IN_TRIPLE);
    if (count === 0) return;
    const pods = Array.from(this.#pods.subarray(0, count));
    const before = this.#three.work;
    const nodes = this.#three.better(pods, [a, b, c]) ?? [];
    this.work += this.#three.work - before;
    nodes.forEach((node, i) => {
      const pod = pods[i]!;
      if (this.#loads.nodeOf[pod] === node) return;
      this.#loads.detach(pod);
      this.#loads.attach(pod, node);
    });
  }

  /** The pods of `nodes` that may be on all of them, at most `most`, in random order; their number. */
  #collect(nodes: readonly number[], most: number): number {
    const loads = this.#loads;
    const list: number[] = [];
    for (const node of nodes) {
      for (const pod of loads.podsOn[node]!) {
        if (loads.isFree[pod] === 1 && nodes.every((other) => other === node || loads.allows(pod, other)))
          list.push(pod);
      }
    }
    const count = Math.min(most, list.length);
    for (let i = 0; i < count; i++) {
      const j = i + this.#random.integer(list.length - i);
      const pod = list[j]!;
      list[j] = list[i]!;
      list[i] = pod;
      this.#pods[i] = pod;
      for (let r = 0; r < loads.resources; r++) {
        this.#amounts[i * loads.resources + r] = loads.requests[pod * loads.resources + r]!;
      }
    }
    return count;
  }

  /** The Gray code of the split with least overload, bit i set when pod i changes sides; 0 keeps all. */
  #bestSplit(count: number, a: number, b: number): number {
    const loads = this.#loads;
    for (let i = 0; i < count; i++) this.#signs[i] = loads.nodeOf[this.#pods[i]!] === a ? -1 : 1;
    if (loads.resources === 2) return this.#bestSplitOfTwo(count, a, b);
    const { resources, scale, capacity, load } = loads;
    const sum = this.#sum;
    const low = this.#rest;
    for (let r = 0; r < resources; r++) {
      sum[r] = load[a * resources + r]!;
      low[r] = sum[r]! + load[b * resources + r]! - capacity[b * resources + r]!;
    }
    let best = Infinity;
    let bestCode = 0;
    const codes = 1 << count;
    for (let code = 1; code <= codes; code++) {
      const index = code === codes ? count - 1 : 31 - Math.clz32(code & -code);
      const sign = this.#signs[index]!;
      this.#signs[index] = -sign;
      let cost = 0;
      for (let r = 0; r < resources; r++) {
        const value = sum[r]! + sign * this.#amounts[index * resources + r]!;
        sum[r] = value;
        const above = value - capacity[a * resources + r]!;
        if (above > 0) cost += above * scale[r]!;
        const below = low[r]! - value;
        if (below > 0) cost += below * scale[r]!;
      }
      if (cost <= best) {
        best = cost;
        bestCode = code === codes ? 0 : code ^ (code >> 1);
        if (cost === 0 && code > 1) break;
      }
    }
    this.work += codes;
    return bestCode;
  }

  /** `#bestSplit` for two resources, the common case: sums in local numbers. */
  #bestSplitOfTwo(count: number, a: number, b: number): number {
    const { scale, capacity, load } = this.#loads;
    const signs = this.#signs;
    const amounts = this.#amounts;
    const [scale0, scale1] = [scale[0]!, scale[1]!];
    let sum0 = load[2 * a]!;
    let sum1 = load[2 * a + 1]!;
    const high0 = capacity[2 * a]!;
    const high1 = capacity[2 * a + 1]!;
    const low0 = sum0 + load[2 * b]! - capacity[2 * b]!;
    const low1 = sum1 + load[2 * b + 1]! - capacity[2 * b + 1]!;
    let best = Infinity;
    let bestCode = 0;
    const codes = 1 << count;
    let code = 1;
    for (; code <= codes; code++) {
      const index = code === codes ? count - 1 : 31 - Math.clz32(code & -code);
      const sign = signs[index]!;
      signs[index] = -sign;
      sum0 += sign * amounts[2 * index]!;
      sum1 += sign * amounts[2 * index + 1]!;
      let cost = 0;
      if (sum0 > high0) cost = (sum0 - high0) * scale0;
      if (sum0 < low0) cost += (low0 - sum0) * scale0;
      if (sum1 > high1) cost += (sum1 - high1) * scale1;
      if (sum1 < low1) cost += (low1 - sum1) * scale1;
      if (cost <= best) {
        best = cost;
        bestCode = code === codes ? 0 : code ^ (code >> 1);
        if (cost === 0) break;
      }
    }
    this.work += code;
    return bestCode;
  }

  /** The split of least overload and pods away from home, weighed as `aim` says; code as for `#bestSplit`. */
  #homeSplit(count: number, a: number, b: number, aim: SplitAim): number {
    const { resources, scale, capacity, load } = this.#loads;
    const sum = this.#sum;
    const low = this.#rest;
    for (let r = 0; r < resources; r++) {
      sum[r] = load[a * resources + r]!;
      low[r] = sum[r]! + load[b * resources + r]! - capacity[b * resources + r]!;
    }
    for (let i = 0; i < count; i++) {
      const pod = this.#pods[i]!;
      this.#signs[i] = this.#loads.nodeOf[pod] === a ? -1 : 1;
      this.#homeGains[i] = (this.#home[pod] === b ? 1 : 0) - (this.#home[pod] === a ? 1 : 0);
    }
    const perMove = aim.kind === 'gentle' ? aim.perMove : 1;
    const perOverload = aim.kind === 'gentle' ? 1 : Infinity;
    let atHome = 0;
    let best = Infinity;
    let bestCode = 0;
    let unchanged = 0;
    const codes = 1 << count;
    for (let code = 1; code <= codes; code++) {
      const index = code === codes ? count - 1 : 31 - Math.clz32(code & -code);
      const sign = this.#signs[index]!;
      this.#signs[index] = -sign;
      atHome -= sign * this.#homeGains[index]!;
      let overload = 0;
      for (let r = 0; r < resources; r++) {
        const value = sum[r]! + sign * this.#amounts[index * resources + r]!;
        sum[r] = value;
        const above = value - capacity[a * resources + r]!;
        if (above > 0) overload += above * scale[r]!;
        const below = low[r]! - value;
        if (below > 0) overload += below * scale[r]!;
      }
      const cost = (overload > 0 ? overload * perOverload : 0) - atHome * perMove;
      if (cost <= best) {
        best = cost;
        bestCode = code === codes ? 0 : code ^ (code >> 1);
      }
      unchanged = cost;
    }
    this.work += codes;
    this.#gain = best === Infinity ? 0 : unchanged - best;
    return best === Infinity ? 0 : bestCode;
  }

  #apply(code: number, count: number, a: number, b: number): void {
    for (let i = 0; i < count; i++) {
      if (((code >> i) & 1) === 0) continue;
      this.#change(this.#pods[i]!, a, b);
    }
  }

  /** Moves a pod of node `a` to `b`, or of `b` to `a`. */
  #change(pod: number, a: number, b: number): void {
    const other = this.#loads.nodeOf[pod] === a ? b : a;
    this.#loads.detach(pod);
    this.#loads.attach(pod, other);
  }
}
