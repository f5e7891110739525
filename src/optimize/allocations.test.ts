import { describe, expect, it } from 'vitest';
import { microUsd } from '../units/index.ts';
import { allocationsOf, nodeAllocationsOf } from './allocations.ts';
import type { PlacementSolution } from './placement/solution.ts';
import { offering, option } from './testing/instances.ts';

const SPOT = offering({ pool: 'a', zone: 'z1', capacityType: 'spot', price: 1, accelerators: 8 });
const BASE = ['z1', 'z2'].map((zone) =>
  offering({ pool: 'a', zone, capacityType: 'on-demand', price: 2, accelerators: 8 }),
);
const SMALL = option({ workload: 'u', pool: 'a', size: 2, rate: 1 });
const LARGE = option({ workload: 'u', pool: 'a', size: 4, rate: 2 });

function solution(
  items: readonly (readonly [typeof SMALL, typeof SPOT, string, number])[],
): PlacementSolution {
  return {
    isOptimal: true,
    solver: 'highs',
    objective: microUsd(0),
    bound: microUsd(0),
    windowBounds: {},
    replicas: items.map(([choice, where, window, count]) => ({
      workload: 'u',
      option: choice,
      offering: where,
      window,
      count,
    })),
    nodes: items.map(([, where, window, count]) => ({ offering: where, window, count })),
  };
}

describe('allocationsOf', () => {
  it('makes one pod set per candidate and capacity type, with replicas by window and zone', () => {
    const [z1, z2] = BASE;
    if (z1 === undefined || z2 === undefined) throw new Error('unreachable');
    const allocations = allocationsOf(
      solution([
        [SMALL, z2, 'w0', 1],
        [SMALL, z1, 'w0', 2],
        [SMALL, z1, 'w1', 1],
        [SMALL, SPOT, 'w0', 3],
      ]),
    );
    expect(allocations.map((item) => [item.id, item.tier, item.replicas])).toEqual([
      ['u-a-on-demand', 'base', { w0: { z1: 2, z2: 1 }, w1: { z1: 1 } }],
      ['u-a-spot', 'surge', { w0: { z1: 3 } }],
    ]);
  });

  it('tells two shapes on the same capacity apart by their parallelism', () => {
    const ids = allocationsOf(
      solution([
        [SMALL, SPOT, 'w0', 1],
        [LARGE, SPOT, 'w0', 1],
      ]),
    ).map((item) => item.id);
    expect(ids).toEqual(['u-a-spot-tp2', 'u-a-spot-tp4']);
  });

  it('lists nodes by offering and window', () => {
    expect(nodeAllocationsOf(solution([[SMALL, SPOT, 'w0', 3]]))).toMatchObject([
      { offering: 'a/z1/spot', zone: 'z1', nodes: { w0: 3 } },
    ]);
  });
});
