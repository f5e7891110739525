import type { PackingProblem } from './problem.ts';

/** Mixes of two resources that are tried as weights, beside each resource alone. *Assumed* fine enough: instances differ by less than half a pod. */
const MIXES = 20;
/** Share by which a mixed load may exceed the mixed capacity before it counts as too much: guards against rounding. */
const TOLERANCE = 1e-9;

/** Pods that can only be on some of the nodes, and the capacity of those: one inequality per weighting of the resources. */
interface NodeSubset {
  /** Per pod, whether all nodes that it may be on are in the subset. */
  readonly confined: Uint8Array;
  readonly capacity: readonly number[];
}

/**
 * Upper bounds of how many pods of a level can be placed beside given counts of the levels above.
 *
 * For any weights w ≥ 0 of the resources, a placement on a set of nodes A holds Σ_pods w·requests ≤ w·capacity(A). Of the pods of one
 * level that are confined to A, at least (count − pods of the level that are not confined) are placed there, and they weigh no less than as many of the lightest.
 * The largest count that passes for every weighting and every set tried is therefore a bound; higher levels are let free which pods they place, so it holds for every placement
 * with those counts. Sets tried: all nodes, and the allowed nodes of each pod that has a rule. Weightings: each resource alone and mixes of each two.
 */
export class CountBound {
  readonly #problem: PackingProblem;
  readonly #levels: readonly (readonly number[])[];
  readonly #weights: readonly (readonly number[])[];
  readonly #subsets: readonly NodeSubset[];

  /** `levels`: indices of the pods that can be placed at all, per level. */
  constructor(problem: PackingProblem, levels: readonly (readonly number[])[]) {
    this.#problem = problem;
    this.#levels = levels;
    this.#subsets = nodeSubsets(problem);
    this.#weights = weightings(problem);
  }

  /** Most pods of level `level` beside `above[l]` pods of each level l before it. */
  most(level: number, above: readonly number[]): number {
    let most = this.#levels[level]!.length;
    for (const subset of this.#subsets) {
      for (const weights of this.#weights) {
        if (most === 0) return 0;
        most = Math.min(most, this.#mostUnder(level, above, subset, weights));
      }
    }
    return most;
  }

  #mostUnder(
    level: number,
    above: readonly number[],
    subset: NodeSubset,
    weights: readonly number[],
  ): number {
    const capacity = dot(weights, subset.capacity);
    let room = capacity * (1 + TOLERANCE);
    for (let l = 0; l < level; l++) {
      const confined = this.#confinedWeights(l, subset, weights);
      const fewest = above[l]! - (this.#levels[l]!.length - confined.length);
      for (let i = 0; i < fewest; i++) room -= confined[i]!;
    }
    const own = this.#confinedWeights(level, subset, weights);
    let fitting = 0;
    while (fitting < own.length && own[fitting]! <= room) room -= own[fitting++]!;
    return fitting + this.#levels[level]!.length - own.length;
  }

  /** Weights of the confined pods of a level, the lightest first. */
  #confinedWeights(level: number, subset: NodeSubset, weights: readonly number[]): Float64Array {
    const confined = this.#levels[level]!.filter((pod) => subset.confined[pod] === 1);
    return Float64Array.from(confined, (pod) => dot(weights, this.#problem.pods[pod]!.requests)).sort();
  }
}

function nodeSubsets(problem: PackingProblem): readonly NodeSubset[] {
  const keys = new Map<string, ReadonlySet<number> | undefined>([['', undefined]]);
  for (const pod of problem.pods) {
    if (pod.allowedNodes !== undefined) keys.set(pod.allowedNodes.join(' '), new Set(pod.allowedNodes));
  }
  return [...keys.values()].map((nodes) => ({
    confined: Uint8Array.from(problem.pods, (pod) =>
      nodes === undefined || (pod.allowedNodes?.every((node) => nodes.has(node)) ?? false) ? 1 : 0,
    ),
    capacity: problem.resources.map((_, r) =>
      problem.nodes.reduce(
        (sum, node, index) => (nodes === undefined || nodes.has(index) ? sum + node.capacity[r]! : sum),
        0,
      ),
    ),
  }));
}

function weightings(problem: PackingProblem): readonly (readonly number[])[] {
  const count = problem.resources.length;
  const totals = problem.resources.map((_, r) =>
    problem.nodes.reduce((sum, node) => sum + node.capacity[r]!, 0),
  );
  const weightings = totals.map((_, r) => totals.map((_, other): number => (other === r ? 1 : 0)));
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (totals[a] === 0 || totals[b] === 0) continue;
      for (let mix = 1; mix < MIXES; mix++) {
        const weights = totals.map(() => 0);
        weights[a] = mix / MIXES / totals[a]!;
        weights[b] = (1 - mix / MIXES) / totals[b]!;
        weightings.push(weights);
      }
    }
  }
  return weightings;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
