/** A node as the packer sees it. */
export interface PackingNode {
  readonly name: string;
  /** Room for the pods of the problem, one entry per resource, in whole units: what immovable pods hold is taken off. Never negative. */
  readonly capacity: readonly number[];
}

/** A pod that may be placed, moved or evicted. */
export interface PackingPod {
  readonly name: string;
  /** A larger number is more important, as in Kubernetes. */
  readonly priority: number;
  /** What the pod asks for, one entry per resource, in the units of the nodes' capacity. Never negative. */
  readonly requests: readonly number[];
  /** Index of the node that runs the pod now; absent for a pending pod. */
  readonly node?: number;
  /** Indices of the nodes that the pod may run on; absent means all. */
  readonly allowedNodes?: readonly number[];
  /** Indices of the pods that must not share its node; symmetric: both pods name each other, or either one does. */
  readonly apartFrom?: readonly number[];
}

/**
 * Pods to place on nodes, best by priority first. Amounts are integers below 2^53 so that sums are exact (milli-CPU, bytes, pieces).
 */
export interface PackingProblem {
  /** Names of the resources, in the order of the amounts. */
  readonly resources: readonly string[];
  readonly nodes: readonly PackingNode[];
  readonly pods: readonly PackingPod[];
}

/** What one priority level got. */
export interface LevelOutcome {
  readonly priority: number;
  readonly pods: number;
  /** Pods of this level that have a node in the answer. */
  readonly placed: number;
  /** Pods of this level that have a node now. */
  readonly placedBefore: number;
  /**
   * No placement puts more pods of this level on nodes, given the counts `placed` of all higher levels.
   * When `placed` equals it at this and every higher level, `placed` is the proven lexicographic optimum up to here.
   */
  readonly bound: number;
}

/** Why a packing ended. */
export type PackingStop = 'proven' | 'work-limit' | 'time-limit';

/** A placement by priority, with what is proven of it. */
export interface PackingResult {
  /** Node index of each pod, or -1 without one. */
  readonly nodeOf: Int32Array;
  /** Per priority level, the most important first. */
  readonly levels: readonly LevelOutcome[];
  /** Whether the counts of placed pods are the lexicographic optimum, proven. */
  readonly provenCounts: boolean;
  /** Pods that have a node now and another or none in the answer. */
  readonly moves: number;
  /** No placement with these counts moves fewer pods. */
  readonly movesBound: number;
  /** Whether the placement of now is proven to have the best counts already. */
  readonly alreadyOptimal: boolean;
  readonly stop: PackingStop;
  /** Elementary search steps taken: the deterministic measure of effort. */
  readonly work: number;
}

/** The distinct priorities of `pods`, the most important first. */
export function priorityLevels(pods: readonly PackingPod[]): readonly number[] {
  return [...new Set(pods.map((pod) => pod.priority))].sort((a, b) => b - a);
}

/** Compares counts of placed pods, the most important level first: positive when `a` is better. */
export function compareCounts(a: readonly number[], b: readonly number[]): number {
  for (let level = 0; level < a.length; level++) {
    const difference = a[level]! - b[level]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Pods placed per priority level, the most important level first; `nodeOf` has -1 for a pod without a node. */
export function placedCounts(problem: PackingProblem, nodeOf: ArrayLike<number>): readonly number[] {
  const levels = priorityLevels(problem.pods);
  const counts = levels.map(() => 0);
  problem.pods.forEach((pod, index) => {
    if (nodeOf[index]! >= 0) counts[levels.indexOf(pod.priority)]!++;
  });
  return counts;
}
