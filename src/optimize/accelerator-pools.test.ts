import { describe, expect, it } from 'vitest';
import type { HardwarePool, InstanceMix, Offering, ResolvedProblem } from '../model/index.ts';
import { nodeQuotas, withAcceleratorPools } from './accelerator-pools.ts';
import { ComponentSolver, componentsOf } from './placement/components.ts';
import type { PlacementContext } from './placement/solve-placement.ts';
import { DEFAULT_LIMITS, solverOrder } from './solvers/index.ts';
import { offering, option, problem, window, workload } from './testing/instances.ts';

const CONTEXT: PlacementContext = { solvers: solverOrder('auto'), limits: DEFAULT_LIMITS };

const pool = (id: string, facts: Partial<HardwarePool> = {}) =>
  ({ id, maxNodes: 3, ...facts }) as HardwarePool;
const mix = (id: string, maxNodes: number) => ({ id, maxNodes }) as InstanceMix;

function offeringOf(poolId: string, accelerators: number): Offering {
  const made = offering({ pool: poolId, zone: 'z', capacityType: 'on-demand', price: 1, accelerators });
  const { accelerator: _none, ...bare } = made.instanceType;
  return accelerators > 0 ? made : { ...made, instanceType: bare };
}

describe('the problem as language models see it', () => {
  const resolved = {
    problem: {
      pools: [pool('a'), pool('m-c7i-large', { mix: 'm' }), pool('n-p5', { mix: 'n' })],
      mixes: [mix('m', 9), mix('n', 9)],
    },
    offerings: [offeringOf('a', 8), offeringOf('m-c7i-large', 0), offeringOf('n-p5', 8)],
    workloads: [],
  } as unknown as ResolvedProblem;

  it('has pools, mixes and offerings of accelerators alone', () => {
    const seen = withAcceleratorPools(resolved);
    expect(seen.problem.pools.map(({ id }) => id)).toEqual(['a', 'n-p5']);
    expect(seen.problem.mixes.map(({ id }) => id)).toEqual(['n']);
    expect(seen.offerings.map(({ pool }) => pool)).toEqual(['a', 'n-p5']);
  });

  it('is the problem itself where all pools have accelerators', () => {
    const seen = withAcceleratorPools(resolved);
    expect(withAcceleratorPools(seen)).toBe(seen);
  });
});

describe('quotas on nodes', () => {
  it('are shared by the pools of a limited mix, and a pool has its own otherwise', () => {
    const pools = [
      pool('a'),
      pool('m-x', { mix: 'm', maxNodes: 5 }),
      pool('m-y', { mix: 'm', maxNodes: 5 }),
      pool('n-x', { mix: 'n', maxNodes: Infinity }),
    ];
    expect(nodeQuotas({ pools, mixes: [mix('m', 5), mix('n', Infinity)] })).toEqual({
      maxNodes: { a: 3, m: 5, 'n-x': Infinity },
      quotaOf: { 'm-x': 'm', 'm-y': 'm' },
    });
    expect(nodeQuotas({ pools: [pool('a')], mixes: [] })).toEqual({ maxNodes: { a: 3 } });
  });

  // Each of two workloads needs one node: u is cheap on m-x alone, v has m-y or the dear pool b.
  const two = problem({
    windows: [window('w0', [0, 168], { u: 5, v: 5 })],
    offerings: [
      offering({ pool: 'm-x', zone: 'z1', capacityType: 'on-demand', price: 4, accelerators: 4 }),
      offering({ pool: 'm-y', zone: 'z1', capacityType: 'on-demand', price: 5, accelerators: 4 }),
      offering({ pool: 'b', zone: 'z1', capacityType: 'on-demand', price: 9, accelerators: 4 }),
    ],
    workloads: [
      workload('u', [option({ workload: 'u', pool: 'm-x', size: 4, rate: 5 })]),
      workload('v', [
        option({ workload: 'v', pool: 'm-y', size: 4, rate: 5 }),
        option({ workload: 'v', pool: 'b', size: 4, rate: 5 }),
      ]),
    ],
  });
  const costPerHour = async (most: number): Promise<number | undefined> => {
    const limited = { ...two, maxNodes: { m: most }, quotaOf: { 'm-x': 'm', 'm-y': 'm' } };
    const outcome = await new ComponentSolver(CONTEXT).whole(limited);
    return outcome.ok ? outcome.solution.objective / 730e6 : undefined;
  };

  it('that are shared bind over the pools that share them, however workloads are told apart', async () => {
    expect(await costPerHour(2)).toBeCloseTo(9);
    expect(await costPerHour(1)).toBeCloseTo(13);
    expect(await costPerHour(0)).toBeUndefined();
  });

  it('that are shared join the workloads of their pools into one part', () => {
    expect(componentsOf(two)).toHaveLength(2);
    expect(componentsOf({ ...two, maxNodes: { m: 1 }, quotaOf: { 'm-x': 'm', 'm-y': 'm' } })).toHaveLength(1);
  });
});
