import { NodeLoads } from './node-loads.ts';
import type { PackingProblem } from './problem.ts';

/** Chooses a node for one pod among those where it fits beside what is there; asked once per pod. */
export interface OnlineRule {
  readonly name: string;
  /** The node for `pod`, -1 when it fits nowhere. Must not change the loads. */
  choose(loads: NodeLoads, pod: number): number;
}

/** Best fit: the node that has least free, as the mean share of its resources; the first of equals. */
export const BEST_FIT: OnlineRule = { name: 'best-fit', choose: chooseTightest };

/** The node where `pod` fits and least is free, -1 without any. */
export function chooseTightest(loads: NodeLoads, pod: number): number {
  let best = -1;
  let bestLeft = Infinity;
  for (let node = 0; node < loads.nodes; node++) {
    if (!loads.fits(pod, node)) continue;
    let left = 0;
    for (let r = 0, at = node * loads.resources; r < loads.resources; r++, at++) {
      left += (loads.capacity[at]! - loads.load[at]!) * loads.scale[r]!;
    }
    if (left < bestLeft) [best, bestLeft] = [node, left];
  }
  return best;
}

/**
 * Places the pending pods one at a time, the most important first and else in their order, and moves nothing; the node of each pod, -1 without
 * one. Nothing is proven.
 */
export function placeOneByOne(problem: PackingProblem, rule: OnlineRule): Int32Array {
  const loads = new NodeLoads(problem);
  problem.pods.forEach((pod, index) => {
    if (pod.node !== undefined) loads.attach(index, pod.node);
  });
  const pending = [...problem.pods.keys()].filter((pod) => loads.nodeOf[pod]! < 0);
  for (const pod of pending.sort((a, b) => problem.pods[b]!.priority - problem.pods[a]!.priority || a - b)) {
    const node = rule.choose(loads, pod);
    if (node >= 0) loads.attach(pod, node);
  }
  return loads.nodeOf.slice();
}
