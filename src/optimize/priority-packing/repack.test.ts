import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { NodeLoads } from './node-loads.ts';
import { Repacker } from './repack.ts';
import type { SplitAim } from './repack.ts';
import { smallProblem } from './testing/small-problems.ts';

const FIT: SplitAim = { kind: 'fit' };
const HOME: SplitAim = { kind: 'home' };

/** Three nodes with pods spread over them in turn, overloaded as a rule. */
function spread(
  seed: number,
  resources: 1 | 2 = 2,
): { loads: NodeLoads; repacker: Repacker; home: Int32Array } {
  const problem = smallProblem(seed, { nodes: 3, pods: 9, rules: false, running: false });
  const narrow = {
    resources: problem.resources.slice(0, resources),
    nodes: problem.nodes.map((node) => ({ ...node, capacity: node.capacity.slice(0, resources) })),
    pods: problem.pods.map((pod) => ({ ...pod, requests: pod.requests.slice(0, resources) })),
  };
  const loads = new NodeLoads(narrow);
  const home = Int32Array.from(narrow.pods, (_, i) => (i * 2) % 3);
  narrow.pods.forEach((_, pod) => loads.attach(pod, pod % 3));
  return { loads, repacker: new Repacker(loads, randomStream(seed, 'test'), home), home };
}

/** Least value of `measure` over all ways to put `pods` on `nodes`; the loads are left as they were. */
function leastOver(
  loads: NodeLoads,
  pods: readonly number[],
  nodes: readonly number[],
  measure: () => number,
): number {
  const before = loads.nodeOf.slice();
  let least = Infinity;
  const visit = (i: number): void => {
    if (i === pods.length) {
      least = Math.min(least, measure());
      return;
    }
    for (const node of nodes) {
      loads.detach(pods[i]!);
      loads.attach(pods[i]!, node);
      visit(i + 1);
    }
  };
  visit(0);
  loads.restore(before);
  return least;
}

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

describe('Repacker', () => {
  it.each(SEEDS)(
    'a pair gets the least overload of all its splits, with two resources and with one (seed %i)',
    (seed) => {
      for (const resources of [1, 2] as const) {
        const { loads, repacker } = spread(seed, resources);
        const overload = () => loads.overload(0) + loads.overload(1);
        const least = leastOver(loads, [...loads.podsOn[0]!, ...loads.podsOn[1]!], [0, 1], overload);
        repacker.pair(0, 1, FIT);
        expect(overload()).toBeCloseTo(least, 12);
      }
    },
  );

  it.each(SEEDS)('three nodes get the least overload of all their splits (seed %i)', (seed) => {
    const { loads, repacker } = spread(seed);
    const overload = () => [0, 1, 2].reduce((sum, node) => sum + loads.overload(node), 0);
    const least = leastOver(loads, [...loads.nodeOf.keys()], [0, 1, 2], overload);
    repacker.triple(0, 1, 2);
    expect(overload()).toBeCloseTo(least, 12);
  });

  it.each(SEEDS)(
    'a pair that fits has most pods at home after a redistribution for that (seed %i)',
    (seed) => {
      const { loads, repacker, home } = spread(seed);
      repacker.pair(0, 1, FIT);
      const away = () =>
        loads.overload(0) + loads.overload(1) > 0
          ? Infinity
          : [...loads.nodeOf].filter((node, pod) => node !== home[pod]).length;
      const least = leastOver(loads, [...loads.podsOn[0]!, ...loads.podsOn[1]!], [0, 1], away);
      repacker.pair(0, 1, HOME);
      if (least < Infinity) expect(away()).toBe(least);
      else expect(loads.overload(0) + loads.overload(1)).toBeGreaterThan(0);
    },
  );

  it('keeps loads equal to the sums of what is on the nodes', () => {
    const { loads, repacker } = spread(3);
    for (let i = 0; i < 50; i++)
      repacker.bestPair(i % 3, [(i + 1) % 3, (i + 2) % 3], { kind: 'gentle', perMove: 0.01 });
    loads.podsOn.forEach((pods, node) => {
      const sum = pods.reduce((total, pod) => total + loads.requests[pod * 2]!, 0);
      expect(loads.load[node * 2]).toBe(sum);
    });
    expect(loads.overloaded.toSorted()).toEqual([0, 1, 2].filter((node) => loads.overload(node) > 0));
  });
});
