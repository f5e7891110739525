import { describe, expect, it } from 'vitest';
import type { Offering } from '../../model/index.ts';
import { offering, option, window, workload } from '../testing/instances.ts';
import { DEFAULT_LIMITS, solverOrder } from '../solvers/index.ts';
import { worstAvailability } from './availability.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';

const W0 = window('w0', [0, 168], { u: 20 });

function withOutage(item: Offering, outageShare: number): Offering {
  const outageProvenance = { evidence: 'measured', source: item.id } as const;
  return {
    ...item,
    interruption: { ...item.interruption, outageShare, outagesPerHour: 0, outageProvenance },
  };
}

/** Three zones of spot capacity at 1 USD/hour with these outages, on demand at 3 USD/hour. */
function problemWith(outages: readonly (number | undefined)[]): PlacementProblem {
  const spot = outages.map((share, index) => {
    const item = offering({ pool: 'a', zone: `z${index}`, capacityType: 'spot', price: 1, accelerators: 8 });
    return share === undefined ? item : withOutage(item, share);
  });
  const base = offering({ pool: 'a', zone: 'z0', capacityType: 'on-demand', price: 3, accelerators: 8 });
  return {
    windows: [W0],
    offerings: [...spot, base].sort((a, b) => (a.id < b.id ? -1 : 1)),
    maxNodes: {},
    workloads: [
      workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })], { availability: 0.999 }),
    ],
    budgets: [],
    isSpread: false,
  };
}

async function solved(outages: readonly (number | undefined)[]) {
  const problem = problemWith(outages);
  const outcome = await solvePlacement(problem, { solvers: solverOrder('auto'), limits: DEFAULT_LIMITS });
  if (!outcome.ok) throw new Error(outcome.detail);
  return {
    ...outcome.solution,
    availability: worstAvailability(problem.workloads[0]!, outcome.solution, [W0]),
  };
}

describe('placements on spot capacity with measured outages', () => {
  it('keep the availability by less spot where traces show long outages', async () => {
    const calm = await solved([undefined, undefined, undefined]);
    const wild = await solved([0.4, 0.4, 0.4]);
    expect(wild.availability).toBeGreaterThanOrEqual(0.999);
    expect(wild.objective).toBeGreaterThan(calm.objective);
    expect(wild.nodes.some(({ offering: item }) => item.capacityType === 'on-demand')).toBe(true);
  });

  it('use the zone that is seldom out beside two that often are', async () => {
    const mixed = await solved([0.4, 0.4, 1e-6]);
    const wild = await solved([0.4, 0.4, 0.4]);
    expect(mixed.availability).toBeGreaterThanOrEqual(0.999);
    expect(mixed.objective).toBeLessThan(wild.objective / 2);
    expect(mixed.nodes.map(({ offering: item }) => item.id)).toContain('a/z2/spot');
  });

  it('never cost less when outages grow', async () => {
    const costs: number[] = [];
    for (const share of [0, 1e-4, 1e-3, 0.01, 0.1, 0.5]) {
      const { objective, bound, availability } = await solved([share, share, share]);
      expect(availability).toBeGreaterThanOrEqual(0.999);
      expect(bound).toBeLessThanOrEqual(objective);
      costs.push(objective);
    }
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(costs.at(-1)).toBeGreaterThan(costs[0]!);
  });
});
