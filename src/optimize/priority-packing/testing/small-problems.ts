import { randomStream } from '../../../random/index.ts';
import { apartLists } from '../node-loads.ts';
import { compareCounts, placedCounts } from '../problem.ts';
import type { PackingPod, PackingProblem } from '../problem.ts';

/** What a small random problem has besides requests and priorities. */
export interface SmallOptions {
  readonly nodes: number;
  readonly pods: number;
  /** Whether some pods may only be on some nodes, and some keep apart. */
  readonly rules: boolean;
  /** Whether some pods run already, by first fit in their order. */
  readonly running: boolean;
}

/** A random problem with integer amounts of 1 to 9, small enough to try all placements. */
export function smallProblem(seed: number, options: SmallOptions): PackingProblem {
  const random = randomStream(seed, 'small-packing');
  const nodes = Array.from({ length: options.nodes }, (_, i) => ({
    name: `n${String(i)}`,
    capacity: [8 + random.integer(6), 8 + random.integer(6)],
  }));
  const pods: PackingPod[] = Array.from({ length: options.pods }, (_, i) => ({
    name: `p${String(i)}`,
    priority: random.integer(3),
    requests: [1 + random.integer(7), 1 + random.integer(7)],
    ...(options.rules && random.uniform() < 0.3
      ? { allowedNodes: [...nodes.keys()].filter(() => random.uniform() < 0.6) }
      : {}),
    ...(options.rules && i > 0 && random.uniform() < 0.3 ? { apartFrom: [random.integer(i)] } : {}),
  }));
  const problem = { resources: ['cpu', 'memory'], nodes, pods };
  return options.running ? withRunning(problem) : problem;
}

function withRunning(problem: PackingProblem): PackingProblem {
  const nodeOf = new Int32Array(problem.pods.length).fill(-1);
  const pods = problem.pods.map((pod, index) => {
    const node = problem.nodes.findIndex((_, at) => {
      nodeOf[index] = at;
      return isValid(problem, nodeOf);
    });
    nodeOf[index] = node;
    return node < 0 ? pod : { ...pod, node };
  });
  return { ...problem, pods };
}

/** Whether a placement keeps all capacities and rules. */
export function isValid(problem: PackingProblem, nodeOf: Int32Array): boolean {
  const load = problem.nodes.map((node) => node.capacity.map(() => 0));
  const apart = apartLists(problem);
  return problem.pods.every((pod, index) => {
    const node = nodeOf[index]!;
    if (node < 0) return true;
    pod.requests.forEach((amount, r) => (load[node]![r]! += amount));
    return (
      load[node]!.every((amount, r) => amount <= problem.nodes[node]!.capacity[r]!) &&
      (pod.allowedNodes?.includes(node) ?? true) &&
      apart[index]!.every((other) => nodeOf[other] !== node)
    );
  });
}

/** The best counts and the fewest moves with them, by trying every placement. */
export function bruteForce(problem: PackingProblem): { counts: readonly number[]; moves: number } {
  const nodeOf = new Int32Array(problem.pods.length).fill(-1);
  let best: { counts: readonly number[]; moves: number } | undefined;
  const visit = (pod: number): void => {
    if (pod === problem.pods.length) {
      const counts = placedCounts(problem, nodeOf);
      const moves = movesOf(problem, nodeOf);
      const difference = best === undefined ? 1 : compareCounts(counts, best.counts);
      if (best === undefined || difference > 0 || (difference === 0 && moves < best.moves))
        best = { counts, moves };
      return;
    }
    for (let node = -1; node < problem.nodes.length; node++) {
      nodeOf[pod] = node;
      if (node < 0 || isValid(problem, nodeOf)) visit(pod + 1);
    }
    nodeOf[pod] = -1;
  };
  visit(0);
  return best!;
}

/** Running pods that are elsewhere in `nodeOf`. */
export function movesOf(problem: PackingProblem, nodeOf: Int32Array): number {
  return problem.pods.filter((pod, index) => pod.node !== undefined && pod.node !== nodeOf[index]).length;
}
