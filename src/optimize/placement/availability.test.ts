import { describe, expect, it } from 'vitest';
import { microUsd } from '../../units/index.ts';
import { offering, option, window, workload } from '../testing/instances.ts';
import { availabilityEvidence, scenariosOf, unavailability } from './availability.ts';
import type { PlacementSolution } from './solution.ts';

const W0 = window('w0', [0, 168], { u: 10 });
const U = workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })], { availability: 0.999 });

function solution(counts: readonly (readonly [string, 'spot' | 'on-demand', number])[]): PlacementSolution {
  const [choice] = U.options;
  if (choice === undefined) throw new Error('no option');
  const placed = counts.map(([zone, capacityType, count]) => ({
    offering: offering({ pool: 'a', zone, capacityType, price: 1, accelerators: 8, monthly: 0.5 }),
    window: 'w0',
    count,
  }));
  return {
    isOptimal: true,
    solver: 'highs',
    objective: microUsd(0),
    bound: microUsd(0),
    windowBounds: {},
    replicas: placed.map((item) => ({ ...item, workload: 'u', option: choice })),
    nodes: placed,
  };
}

/** Half of all months see an interruption: rate ln 2 / 730 h; repair 300 s + 180 s. */
const DOWN = ((Math.log(2) / 730) * (480 / 3600)) / (1 + (Math.log(2) / 730) * (480 / 3600));

describe('availability', () => {
  it('turns a monthly probability and a repair time into a share of time', () => {
    expect(unavailability(0.5, 480)).toBeCloseTo(DOWN, 12);
    expect(unavailability(0, 480)).toBe(0);
    expect(unavailability(1, 480)).toBeLessThan(0.01);
  });

  it('counts a lost group as the loss of all its replicas', () => {
    const { achieved } = scenariosOf(U, solution([['z1', 'spot', 2]]), W0);
    expect(achieved).toBeCloseTo(1 - DOWN, 12);
  });

  it('survives any one of three groups but not two', () => {
    const three = solution([
      ['z1', 'spot', 1],
      ['z2', 'spot', 1],
      ['z3', 'spot', 1],
    ]);
    const { achieved } = scenariosOf(U, three, W0);
    expect(achieved).toBeCloseTo((1 - DOWN) ** 3 + 3 * DOWN * (1 - DOWN) ** 2, 12);
  });

  it('lets nodes of independent capacity fail one by one', () => {
    const { achieved } = scenariosOf(U, solution([['z1', 'on-demand', 4]]), W0);
    const up = 1 - DOWN;
    expect(achieved).toBeCloseTo(up ** 4 + 4 * DOWN * up ** 3 + 6 * DOWN ** 2 * up ** 2, 12);
  });

  it('lists scenarios that sum to no more than all time, likeliest first', () => {
    const evidence = availabilityEvidence(U, solution([['z1', 'on-demand', 3]]), [W0]);
    expect(evidence.scenarios[0]).toMatchObject({ failed: 'nothing', meetsDemand: true });
    expect(evidence.scenarios.reduce((sum, item) => sum + item.probability, 0)).toBeLessThanOrEqual(1);
    expect(evidence.scenarios.map((item) => item.remainingRate)).toEqual([15, 10, 5]);
  });
});
