/**
 * The default scheduler of Kubernetes 1.33 as the authors of "Priority Matters" (arXiv 2511.08373) run it: pods one by one in arrival
 * order, filtered by fit of requests, scored by NodeResourcesFit (LeastAllocated, CPU and memory with equal weight) plus
 * NodeResourcesBalancedAllocation, each of weight 1 and rounded down to whole points of 100 (kubernetes.io, "Scheduler configuration" and
 * the plugins' documentation, read 2026-11). Followed for ties: henrikdchristensen/scheduler-plugins MyDeterministicScore, which prefers
 * the node first by name. With `preemption`, a pod that fits nowhere evicts lower-priority pods of one node (DefaultPreemption): the
 * node where the highest victim priority is lowest, then the sum of victim priorities, then their number; victims are re-admitted from the most important on as long
 * as the pod still fits, and evicted pods queue again at the end, as their replica set creates them anew.
 *
 * Left out: topology spread, image locality, taints and affinity scores (nodes are identical and pods carry none; the system's default
 * spreading of a replica set's pods is a soft score of weight 2), requests of 0 (scored as 100m and 200 MB there), nominated nodes.
 */
import type { PackingProblem } from '../../src/optimize/priority-packing/index.ts';

/** How the rival schedules. */
export interface DefaultSchedulerOptions {
  /** Whether DefaultPreemption is on, as in a cluster by default. */
  readonly preemption: boolean;
}

/** Node index per pod, -1 for pods that stay pending. Resources 0 and 1 are CPU and memory; all are filtered. */
export function defaultSchedule(problem: PackingProblem, options: DefaultSchedulerOptions): Int32Array {
  const cluster = new Cluster(problem);
  // The scheduling queue: priority first, then arrival; pods arrive one at a time, so each finds the queue empty.
  for (let pod = 0; pod < problem.pods.length; pod++) {
    cluster.admit(pod, options.preemption);
  }
  return cluster.nodeOf;
}

class Cluster {
  readonly nodeOf: Int32Array;
  readonly #problem: PackingProblem;
  readonly #free: number[][];

  constructor(problem: PackingProblem) {
    this.#problem = problem;
    this.nodeOf = new Int32Array(problem.pods.length).fill(-1);
    this.#free = problem.nodes.map((node) => [...node.capacity]);
  }

  /** Schedules one pod, and the pods it evicts after it. */
  admit(arrival: number, preemption: boolean): void {
    const queue = [arrival];
    for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
      const node = this.#bestNode(pod);
      if (node >= 0) {
        this.#bind(pod, node);
        continue;
      }
      if (!preemption) continue;
      const [target, victims] = this.#preemption(pod);
      if (target < 0) continue;
      for (const victim of victims) this.#release(victim);
      this.#bind(pod, target);
      queue.push(...victims);
      queue.sort((a, b) => this.#pod(b).priority - this.#pod(a).priority);
    }
  }

  #bestNode(pod: number): number {
    let best = -1;
    let bestScore = -1;
    for (let node = 0; node < this.#free.length; node++) {
      if (!this.#fits(pod, node)) continue;
      const score = this.#score(pod, node);
      if (score > bestScore) [best, bestScore] = [node, score];
    }
    return best;
  }

  /** LeastAllocated: mean free share after placing, of 100. Balanced: 1 less the standard deviation of the used shares, of 100. */
  #score(pod: number, node: number): number {
    const capacity = this.#problem.nodes[node]!.capacity;
    const requests = this.#pod(pod).requests;
    const used = [0, 1].map((r) => (capacity[r]! - this.#free[node]![r]! + requests[r]!) / capacity[r]!);
    const least = Math.floor(used.reduce((sum, share) => sum + Math.floor((1 - share) * 100), 0) / 2);
    const balanced = Math.floor((1 - Math.abs(used[0]! - used[1]!) / 2) * 100);
    return least + balanced;
  }

  #preemption(pod: number): readonly [number, readonly number[]] {
    let best: readonly [number, readonly number[]] = [-1, []];
    let bestCost: readonly number[] | undefined;
    for (let node = 0; node < this.#free.length; node++) {
      const victims = this.#victims(pod, node);
      if (victims === undefined) continue;
      const priorities = victims.map((victim) => this.#pod(victim).priority);
      const cost = [Math.max(...priorities), priorities.reduce((a, b) => a + b, 0), victims.length];
      if (bestCost === undefined || firstDifference(cost, bestCost) < 0)
        [best, bestCost] = [[node, victims], cost];
    }
    return best;
  }

  /** The pods of `node` to evict for `pod`; undefined when evicting all of lower priority does not make room. */
  #victims(pod: number, node: number): readonly number[] | undefined {
    const own = this.#pod(pod);
    const lower = [...this.nodeOf.keys()].filter(
      (other) => this.nodeOf[other] === node && this.#pod(other).priority < own.priority,
    );
    const free = this.#free[node]!.map(
      (amount, r) =>
        lower.reduce((sum, other) => sum + this.#pod(other).requests[r]!, amount) - own.requests[r]!,
    );
    if (free.some((amount) => amount < 0)) return undefined;
    const victims: number[] = [];
    for (const other of lower.sort((a, b) => this.#pod(b).priority - this.#pod(a).priority || a - b)) {
      const requests = this.#pod(other).requests;
      if (requests.every((amount, r) => amount <= free[r]!))
        requests.forEach((amount, r) => (free[r]! -= amount));
      else victims.push(other);
    }
    return victims;
  }

  #fits(pod: number, node: number): boolean {
    return this.#pod(pod).requests.every((amount, r) => amount <= this.#free[node]![r]!);
  }

  #bind(pod: number, node: number): void {
    this.nodeOf[pod] = node;
    this.#pod(pod).requests.forEach((amount, r) => (this.#free[node]![r]! -= amount));
  }

  #release(pod: number): void {
    this.#pod(pod).requests.forEach((amount, r) => (this.#free[this.nodeOf[pod]!]![r]! += amount));
    this.nodeOf[pod] = -1;
  }

  #pod(index: number): PackingProblem['pods'][number] {
    return this.#problem.pods[index]!;
  }
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - b[i]!).find((difference) => difference !== 0) ?? 0;
}
