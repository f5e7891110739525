import { describe, expect, it } from 'vitest';
import { orderMoves } from './move-order.ts';
import { NodeLoads } from './node-loads.ts';
import { packByPriority } from './pack.ts';
import type { PackingProblem } from './problem.ts';
import { smallProblem } from './testing/small-problems.ts';

/** Carries out the steps and checks room and rules before each placing; the placement reached. */
function replay(problem: PackingProblem, nodeOf: Int32Array): Int32Array {
  const loads = new NodeLoads(problem);
  problem.pods.forEach((pod, index) => {
    if (pod.node !== undefined) loads.attach(index, pod.node);
  });
  for (const step of orderMoves(problem, nodeOf)) {
    if (step.kind !== 'place') loads.detach(step.pod);
    if (step.kind === 'evict') continue;
    expect(loads.fits(step.pod, step.to)).toBe(true);
    loads.attach(step.pod, step.to);
  }
  return loads.nodeOf.slice();
}

describe('orderMoves', () => {
  it.each(Array.from({ length: 25 }, (_, i) => i + 1))(
    'every pod finds room when its turn comes (seed %i)',
    (seed) => {
      const problem = smallProblem(600 + seed, { nodes: 4, pods: 16, rules: seed % 2 === 0, running: true });
      const { nodeOf } = packByPriority(problem, {
        seed: 1,
        limits: { work: 2_000_000, seconds: Infinity, now: () => 0 },
      });
      expect(replay(problem, nodeOf)).toEqual(nodeOf);
    },
  );

  it('breaks a circle of two full nodes by one early eviction', () => {
    const problem = {
      resources: ['cpu'],
      nodes: [
        { name: 'a', capacity: [5] },
        { name: 'b', capacity: [5] },
      ],
      pods: [
        { name: 'x', priority: 0, requests: [5], node: 0 },
        { name: 'y', priority: 0, requests: [5], node: 1 },
      ],
    };
    expect(orderMoves(problem, [1, 0])).toEqual([
      { kind: 'evict', pod: 0, from: 0, isPlacedLater: true },
      { kind: 'move', pod: 1, from: 1, to: 0 },
      { kind: 'place', pod: 0, to: 1 },
    ]);
  });

  it('rejects a placement that overloads a node', () => {
    const problem = {
      resources: ['cpu'],
      nodes: [{ name: 'a', capacity: [5] }],
      pods: [{ name: 'x', priority: 0, requests: [6] }],
    };
    expect(() => orderMoves(problem, [0])).toThrow('overloads');
  });
});
