import type { PackingProblem } from './problem.ts';

/** Weightings of CPU against the others that are tried. */
const MIXES = 20;

/** What decides which pods stay out. */
export interface LeaveOutOptions {
  /** Capacity less the load of all pods with those to choose from, per resource; may be negative. */
  readonly room: readonly number[];
  /** Factor on each pod's weight, drawn anew for every pod: 1 for the best guess, random to try other choices. */
  readonly jitter: () => number;
}

/**
 * The `count` pods of `pods` to leave out so that the rest of the load is easiest to pack: for each mix of the resources the pods that
 * weigh most, and of these choices the one that leaves the scarcest resource most room. Of equal pods the pending ones are left out first.
 */
export function choosePodsToLeaveOut(
  problem: PackingProblem,
  pods: readonly number[],
  count: number,
  { room, jitter }: LeaveOutOptions,
): readonly number[] {
  if (count === 0) return [];
  const totals = problem.resources.map((_, r) =>
    Math.max(
      1,
      problem.nodes.reduce((sum, node) => sum + node.capacity[r]!, 0),
    ),
  );
  const shares = pods.map((pod) => problem.pods[pod]!.requests.map((amount, r) => amount / totals[r]!));
  const factors = pods.map(jitter);
  let best: readonly number[] = [];
  let bestRoom = -Infinity;
  for (const weights of mixes(totals.length)) {
    const chosen = pods
      .map((pod, i) => ({
        pod,
        i,
        weight: factors[i]! * weights.reduce((sum, w, r) => sum + w * shares[i]![r]!, 0),
      }))
      .sort(
        (a, b) =>
          b.weight - a.weight ||
          Number(isBound(problem, a.pod)) - Number(isBound(problem, b.pod)) ||
          a.pod - b.pod,
      )
      .slice(0, count);
    const least = Math.min(
      ...totals.map((total, r) => chosen.reduce((sum, { i }) => sum + shares[i]![r]!, room[r]! / total)),
    );
    if (least > bestRoom) [best, bestRoom] = [chosen.map(({ pod }) => pod), least];
  }
  return best;
}

function isBound(problem: PackingProblem, pod: number): boolean {
  return problem.pods[pod]!.node !== undefined;
}

/** The first resource against the mean of the others, in even steps, and each resource alone. */
function mixes(resources: number): readonly (readonly number[])[] {
  const each = Array.from({ length: resources }, (_, r) =>
    Array.from({ length: resources }, (_, other) => (other === r ? 1 : 0)),
  );
  if (resources < 2) return each;
  const steps = Array.from({ length: MIXES - 1 }, (_, i) => (i + 1) / MIXES);
  return [
    ...each,
    ...steps.map((share) =>
      Array.from({ length: resources }, (_, r) => (r === 0 ? share : (1 - share) / (resources - 1))),
    ),
  ];
}
