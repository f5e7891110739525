import type { Workspace } from './level-search.ts';

/** Redistributions tried without gain, per moved pod, before the search for fewer moves ends. *Assumed*. */
const TRIES_PER_MOVED = 12;
/** Steps that the bookkeeping of one try counts for. *Assumed*. */
const STEPS_PER_TRY = 200;

/**
 * A placement with the same pods placed and fewer of them moved: redistributes the two nodes between which a pod moved so that most pods
 * are on the nodes where they run now, again and again.
 */
export function fewerMoves(space: Workspace, best: Int32Array): Int32Array {
  const { problem, loads, random, repacker, effort } = space;
  loads.restore(best);
  const home = Int32Array.from(problem.pods, (pod) => pod.node ?? -1);
  let idle = 0;
  let moved = movedPods(loads.nodeOf, home).filter((pod) => loads.nodeOf[pod]! >= 0);
  while (moved.length > 0 && idle < TRIES_PER_MOVED * moved.length) {
    const pod = moved[random.integer(moved.length)]!;
    const before = repacker.work;
    repacker.pair(loads.nodeOf[pod]!, home[pod]!, { kind: 'home' });
    if (effort.spend(repacker.work - before + STEPS_PER_TRY)) break;
    const now = movedPods(loads.nodeOf, home).filter((other) => loads.nodeOf[other]! >= 0);
    idle = now.length < moved.length ? 0 : idle + 1;
    moved = now;
  }
  return loads.nodeOf.slice();
}

/** Pods that have a node in `home` and another or none in `nodeOf`. */
export function movedPods(nodeOf: Int32Array, home: Int32Array): readonly number[] {
  const moved: number[] = [];
  for (let pod = 0; pod < home.length; pod++) {
    if (home[pod]! >= 0 && nodeOf[pod] !== home[pod]) moved.push(pod);
  }
  return moved;
}
