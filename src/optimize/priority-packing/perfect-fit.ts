import { dropBudgets, wasteBudget } from './target.ts';
import type { Target } from './target.ts';

/** Most sums kept per half of the pods: some 0.1 s of work. *Assumed* a fair share of a one-second search. */
const MOST_SUMS = 250_000;
/** Pods tried, the largest first. */
const PODS_TRIED = 3;

/** What a refutation found: the target is impossible, or it could not tell within its budget. */
export interface Refutation {
  readonly impossible: boolean;
  readonly work: number;
}

/**
 * Refutes a target that leaves (almost) no waste, by a pod that no node can host without wasting more.
 *
 * If the target is met, all nodes together leave at most `wasteBudget` free, so each single node does. Take a pod that must be placed. If
 * on no node any set of other pods fills the room beside it up to that waste in every resource, no placement meets the target. Sets
 * are searched exhaustively: sums of the subsets of each half of the pods (those within the room), joined over a sorted list.
 */
export function refuteByPerfectFit(target: Target): Refutation {
  const budgets = dropBudgets(target);
  const waste = wasteBudget(target);
  if (waste.some((amount) => amount < 0)) return { impossible: true, work: 0 };
  const required = target.levels.flatMap((pods, level) => (budgets[level] === 0 ? pods : []));
  const size = sizes(target);
  const tried = [...required].sort((a, b) => size[b]! - size[a]! || a - b).slice(0, PODS_TRIED);
  let work = 0;
  for (const pod of tried) {
    const result = hostless(target, pod, waste);
    work += result.work;
    if (result.impossible) return { impossible: true, work };
  }
  return { impossible: false, work };
}

/** Largest share of a node's mean capacity that each pod asks for. */
function sizes(target: Target): Float64Array {
  const { nodes, pods, resources } = target.problem;
  const totals = resources.map((_, r) => nodes.reduce((sum, node) => sum + node.capacity[r]!, 0));
  return Float64Array.from(pods, (pod) =>
    Math.max(...pod.requests.map((amount, r) => (totals[r]! > 0 ? amount / totals[r]! : 0))),
  );
}

/** Whether no kind of node can host `pod` within `waste`. */
function hostless(target: Target, pod: number, waste: Float64Array): Refutation {
  const { nodes, pods } = target.problem;
  const own = pods[pod]!;
  const hosts = nodes.filter((_, index) => own.allowedNodes?.includes(index) ?? true);
  const kinds = new Map(hosts.map((node) => [node.capacity.join(' '), node.capacity]));
  let work = 0;
  for (const capacity of kinds.values()) {
    const room = capacity.map((amount, r) => amount - own.requests[r]!);
    if (room.some((amount) => amount < 0)) continue;
    const result = fills(target, pod, room, waste);
    work += result.work;
    if (!result.impossible) return { impossible: false, work };
  }
  return { impossible: true, work };
}

/** Whether no set of pods other than `pod` fills `room` up to `waste`. */
function fills(target: Target, pod: number, room: readonly number[], waste: Float64Array): Refutation {
  if (room.every((amount, r) => amount <= waste[r]!)) return { impossible: false, work: 1 };
  const others = target.levels
    .flat()
    .filter((other) => other !== pod)
    .map((other) => target.problem.pods[other]!.requests)
    .filter((requests) => requests.every((amount, r) => amount <= room[r]!));
  const halves = [0, 1].map((parity) => others.filter((_, i) => i % 2 === parity));
  const left = subsetSums(halves[0]!, room);
  if (left === undefined) return { impossible: false, work: MOST_SUMS };
  const right = subsetSums(halves[1]!, room);
  if (right === undefined) return { impossible: false, work: 2 * MOST_SUMS };
  return { impossible: !joins(left, right, room, waste), work: 2 * (left.length + right.length) };
}

/** Sums of all subsets within `room`, resource by resource in one flat array; undefined when there are too many. */
function subsetSums(
  items: readonly (readonly number[])[],
  room: readonly number[],
): Float64Array | undefined {
  const resources = room.length;
  const sums = new Float64Array(MOST_SUMS * resources);
  let count = 1;
  for (const item of items) {
    const before = count;
    for (let i = 0; i < before; i++) {
      let fits = true;
      for (let r = 0; r < resources; r++) {
        const sum = sums[i * resources + r]! + item[r]!;
        if (sum > room[r]!) fits = false;
        if (count < MOST_SUMS) sums[count * resources + r] = sum;
      }
      if (!fits) continue;
      if (count >= MOST_SUMS) return undefined;
      count++;
    }
  }
  return sums.subarray(0, count * resources);
}

/** Whether some sum of `left` and some of `right` together fill `room` up to `waste` and not beyond. */
function joins(
  left: Float64Array,
  right: Float64Array,
  room: readonly number[],
  waste: Float64Array,
): boolean {
  const resources = room.length;
  // The resource in which the window is narrowest, relative to the room, decides the order.
  let key = 0;
  for (let r = 1; r < resources; r++) {
    if (waste[r]! * room[key]! < waste[key]! * room[r]!) key = r;
  }
  const order = Uint32Array.from({ length: right.length / resources }, (_, i) => i).sort(
    (a, b) => right[a * resources + key]! - right[b * resources + key]!,
  );
  const keys = Float64Array.from(order, (i) => right[i * resources + key]!);
  for (let i = 0; i < left.length; i += resources) {
    const most = room[key]! - left[i + key]!;
    for (let at = firstAtLeast(keys, most - waste[key]!); at < keys.length && keys[at]! <= most; at++) {
      let matches = true;
      for (let r = 0; r < resources && matches; r++) {
        const sum = left[i + r]! + right[order[at]! * resources + r]!;
        matches = sum <= room[r]! && sum >= room[r]! - waste[r]!;
      }
      if (matches) return true;
    }
  }
  return false;
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
