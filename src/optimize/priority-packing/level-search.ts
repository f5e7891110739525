import type { RandomStream } from '../../random/index.ts';
import { choosePodsToLeaveOut } from './choose-dropped.ts';
import type { Effort } from './effort.ts';
import { removeOverload } from './fit-search.ts';
import type { NodeLoads } from './node-loads.ts';
import { chooseTightest } from './online.ts';
import type { PackingProblem } from './problem.ts';
import { Repacker } from './repack.ts';
import type { SplitAim } from './repack.ts';

/** What the search for a level works on: shared by all levels of a packing. */
export interface Workspace {
  readonly problem: PackingProblem;
  readonly loads: NodeLoads;
  readonly repacker: Repacker;
  readonly random: RandomStream;
  readonly effort: Effort;
}

/** How an attempt at a count goes about it. */
export interface AttemptOptions {
  readonly aim: SplitAim;
  /** 0 to leave out the pods that look best to leave out; up to 1 to vary that choice at random. */
  readonly variety: number;
  /** Most steps to spend. */
  readonly steps: number;
}

/** A workspace for one packing. */
export function workspaceOf(
  problem: PackingProblem,
  loads: NodeLoads,
  random: RandomStream,
  effort: Effort,
): Workspace {
  const home = Int32Array.from(problem.pods, (pod) => pod.node ?? -1);
  return { problem, loads, repacker: new Repacker(loads, random, home), random, effort };
}

/**
 * Puts the pods of `waiting` that fit beside what is placed: bound ones on their own node first, then the others from the largest on, each
 * where it leaves least room. Mutates the loads.
 */
export function placeWhatFits({ problem, loads }: Workspace, waiting: readonly number[]): void {
  for (const pod of waiting) {
    const node = problem.pods[pod]!.node;
    if (node !== undefined && loads.nodeOf[pod]! < 0 && loads.fits(pod, node)) loads.attach(pod, node);
  }
  const rest = waiting.filter((pod) => loads.nodeOf[pod]! < 0);
  const size = new Map(rest.map((pod) => [pod, scaledSize(loads, pod)]));
  for (const pod of rest.sort((a, b) => size.get(b)! - size.get(a)! || a - b)) {
    const node = chooseTightest(loads, pod);
    if (node >= 0) loads.attach(pod, node);
  }
}

/**
 * Tries to place `count` of `pods` beside all pods that are placed already (of which those in `pods` may change). Mutates the loads; on
 * failure they are left overloaded, for the caller to restore.
 */
export function tryToPlace(
  space: Workspace,
  pods: readonly number[],
  count: number,
  { aim, steps, variety }: AttemptOptions,
): boolean {
  const { problem, loads, repacker, effort } = space;
  const jitter = (): number => 1 - variety * space.random.uniform();
  const room = roomWithAll(loads, pods);
  const out = new Set(choosePodsToLeaveOut(problem, pods, pods.length - count, { room, jitter }));
  for (const pod of pods) if (out.has(pod) && loads.nodeOf[pod]! >= 0) loads.detach(pod);
  for (const pod of pods) {
    if (out.has(pod) || loads.nodeOf[pod]! >= 0) continue;
    const node = roomiestNode(loads, pod);
    if (node < 0) return false;
    loads.attach(pod, node);
  }
  const start = repacker.work;
  let seen = start;
  const stop = (): boolean => {
    const done = repacker.work - seen;
    seen = repacker.work;
    return effort.spend(done) || repacker.work - start >= steps;
  };
  return removeOverload(loads, repacker, space.random, { aim, stop });
}

/** Total capacity less the load, were all `pods` placed; per resource. */
function roomWithAll(loads: NodeLoads, pods: readonly number[]): readonly number[] {
  const { resources } = loads;
  const room = Array.from({ length: resources }, () => 0);
  for (let i = 0; i < loads.load.length; i++) room[i % resources]! += loads.capacity[i]! - loads.load[i]!;
  for (const pod of pods) {
    if (loads.nodeOf[pod]! >= 0) continue;
    for (let r = 0; r < resources; r++) room[r]! -= loads.requests[pod * resources + r]!;
  }
  return room;
}

function scaledSize(loads: NodeLoads, pod: number): number {
  let size = 0;
  for (let r = 0; r < loads.resources; r++) {
    size = Math.max(size, loads.requests[pod * loads.resources + r]! * loads.scale[r]!);
  }
  return size;
}

/** The node with most slack where the rules allow `pod`, -1 without any. */
function roomiestNode(loads: NodeLoads, pod: number): number {
  let best = -1;
  let bestSlack = -Infinity;
  for (let node = 0; node < loads.nodes; node++) {
    const slack = loads.slack(node);
    if (slack > bestSlack && loads.allows(pod, node)) [best, bestSlack] = [node, slack];
  }
  return best;
}
