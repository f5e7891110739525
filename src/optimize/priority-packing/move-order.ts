import { NodeLoads } from './node-loads.ts';
import type { PackingProblem } from './problem.ts';

/** One step of carrying out a placement. Pods and nodes by index. */
export type PackingStep =
  /** Takes a pod off its node; it is placed by a later step when it has a node in the answer. */
  | { readonly kind: 'evict'; readonly pod: number; readonly from: number; readonly isPlacedLater: boolean }
  /** Evicts a pod and creates it anew on another node, where there is room for it. */
  | { readonly kind: 'move'; readonly pod: number; readonly from: number; readonly to: number }
  /** Starts a pod that waits, on a node with room for it. */
  | { readonly kind: 'place'; readonly pod: number; readonly to: number };

/**
 * The steps from the placement of now to `nodeOf`, in an order in which every pod finds room and no rule is broken when its turn comes. Pods that lose their
 * node go first; where pods wait for each other in a circle, one is evicted early and placed when its room is free.
 */
export function orderMoves(problem: PackingProblem, nodeOf: ArrayLike<number>): readonly PackingStep[] {
  const loads = new NodeLoads(problem);
  problem.pods.forEach((pod, index) => {
    if (pod.node !== undefined) loads.attach(index, pod.node);
  });
  const steps: PackingStep[] = [];
  let open: readonly number[] = [...problem.pods.keys()].filter((pod) => loads.nodeOf[pod] !== nodeOf[pod]);
  for (const pod of open) if (nodeOf[pod]! < 0) steps.push(evict(loads, pod, false));
  open = open.filter((pod) => nodeOf[pod]! >= 0);
  while (open.length > 0) {
    const ready = open.filter((pod) => goTo(loads, pod, nodeOf[pod]!, steps));
    const done = new Set(ready);
    open = open.filter((pod) => !done.has(pod));
    if (ready.length > 0) continue;
    const running = open.filter((pod) => loads.nodeOf[pod]! >= 0);
    if (running.length === 0) throw new Error('The placement overloads a node or breaks a rule.');
    steps.push(evict(loads, freesMost(loads, running, open, nodeOf), true));
  }
  return steps;
}

function evict(loads: NodeLoads, pod: number, isPlacedLater: boolean): PackingStep {
  const from = loads.nodeOf[pod]!;
  loads.detach(pod);
  return { kind: 'evict', pod, from, isPlacedLater };
}

/** Carries a pod to its node if there is room now; whether it did. */
function goTo(loads: NodeLoads, pod: number, to: number, steps: PackingStep[]): boolean {
  if (!loads.fits(pod, to)) return false;
  const from = loads.nodeOf[pod]!;
  if (from >= 0) loads.detach(pod);
  loads.attach(pod, to);
  steps.push(from >= 0 ? { kind: 'move', pod, from, to } : { kind: 'place', pod, to });
  return true;
}

/** Of the running pods, one whose leaving lets most of the waiting ones in. */
function freesMost(
  loads: NodeLoads,
  running: readonly number[],
  open: readonly number[],
  nodeOf: ArrayLike<number>,
): number {
  let best = running[0]!;
  let most = -1;
  for (const pod of running) {
    const from = loads.nodeOf[pod]!;
    loads.detach(pod);
    const freed = open.filter(
      (other) => other !== pod && nodeOf[other] === from && loads.fits(other, from),
    ).length;
    loads.attach(pod, from);
    if (freed > most) [best, most] = [pod, freed];
  }
  return best;
}
