/** Pods of one kind that are to be placed: equal requests, equal rules. */
export interface PackItem {
  readonly id: string;
  /** Request of one pod, one entry per resource of the problem, ≥ 0. */
  readonly request: readonly number[];
  /** Pods to place, a whole number ≥ 0. */
  readonly count: number;
  /** Most of these pods on one node, ≥ 1; Infinity when nothing forbids more. */
  readonly maxPerNode: number;
  /** Indices of the node kinds that it may run on, ascending. */
  readonly nodes: readonly number[];
}

/** A kind of node that can be bought in any number up to `most`. */
export interface PackNode {
  readonly id: string;
  /** What pods may use of one node, one entry per resource of the problem, ≥ 0. */
  readonly capacity: readonly number[];
  /** Price of one node in micro-dollars per hour, ≥ 0. */
  readonly price: number;
  /** Most nodes; Infinity when unlimited. */
  readonly most: number;
}

/** A limit on the number of nodes of several kinds together. */
export interface PackQuota {
  readonly id: string;
  /** Indices of node kinds, ascending. */
  readonly nodes: readonly number[];
  readonly most: number;
}

/** Which nodes to buy so that all pods fit at least price: vector bin packing with bins of many sizes. */
export interface PackingProblem {
  /** Names of the resources; they order requests and capacities. */
  readonly resources: readonly string[];
  readonly items: readonly PackItem[];
  readonly nodes: readonly PackNode[];
  readonly quotas: readonly PackQuota[];
  /** Pairs of items (by index, smaller first) that may not share a node. */
  readonly apart: readonly (readonly [number, number])[];
}

/** Nodes of one kind filled alike. */
export interface FilledNodes {
  /** Index of the node kind. */
  readonly node: number;
  /** How many of them, ≥ 1. */
  readonly count: number;
  /** Pods of each item on every one of them: pairs of item index and number ≥ 1, ascending by item. */
  readonly pods: readonly (readonly [item: number, count: number])[];
}

/** A placement of all pods. */
export interface Packing {
  readonly filled: readonly FilledNodes[];
  /** Price of all nodes, micro-dollars per hour. */
  readonly cost: number;
}

/** A packing with what is known about the best one. */
export interface PackingAnswer extends Packing {
  /** No packing costs less than this, micro-dollars per hour; at most `cost`. */
  readonly bound: number;
}

/** Number of nodes of each kind in a packing. */
export function nodeCounts(problem: PackingProblem, filled: readonly FilledNodes[]): Int32Array {
  const counts = new Int32Array(problem.nodes.length);
  for (const { node, count } of filled) counts[node] = (counts[node] ?? 0) + count;
  return counts;
}

/** Price of filled nodes, micro-dollars per hour. */
export function costOf(problem: PackingProblem, filled: readonly FilledNodes[]): number {
  return filled.reduce((sum, { node, count }) => sum + (problem.nodes[node]?.price ?? 0) * count, 0);
}
