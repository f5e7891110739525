import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, solverOrder } from '../solvers/index.ts';
import { offering, option, problem, window, workload } from '../testing/instances.ts';
import { ComponentSolver } from './components.ts';
import { FULL_EFFORT, oneShapePerPool } from './one-shape.ts';
import { runnersUp } from './runner-up.ts';
import type { ShapedPlan } from './shape-search.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';
import { turnZones, zoneClasses } from './symmetry.ts';

const CONTEXT = { solvers: solverOrder('auto'), limits: DEFAULT_LIMITS };

const P = problem({
  windows: [window('w0', [0, 84], { u: 22 }), window('w1', [84, 168], { u: 3 })],
  offerings: [
    offering({ pool: 'a', zone: 'z1', capacityType: 'on-demand', price: 10, accelerators: 8 }),
    offering({ pool: 'b', zone: 'z1', capacityType: 'on-demand', price: 4, accelerators: 4 }),
  ],
  workloads: [
    workload('u', [
      option({ workload: 'u', pool: 'a', size: 8, rate: 11 }),
      option({ workload: 'u', pool: 'a', size: 4, rate: 5 }),
      option({ workload: 'u', pool: 'b', size: 4, rate: 4 }),
      option({ workload: 'u', pool: 'b', size: 2, rate: 1.5 }),
    ]),
  ],
});

async function solved(p = P): Promise<PlacementSolution> {
  const outcome = await solvePlacement(p, CONTEXT);
  if (!outcome.ok) throw new Error('infeasible');
  return outcome.solution;
}

async function shaped(p = P): Promise<ShapedPlan> {
  const plan = await oneShapePerPool(p, new ComponentSolver(CONTEXT), FULL_EFFORT);
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

describe('oneShapePerPool', () => {
  it('keeps one shape per pool over all windows and is the best such plan', async () => {
    const free = await solved();
    const { solution } = await shaped();
    const shapes = Map.groupBy(solution.replicas, (item) => item.offering.pool);
    for (const items of shapes.values()) {
      expect(new Set(items.map((item) => item.option.candidate.id)).size).toBe(1);
    }
    const costs: number[] = [];
    for (const first of [0, 1]) {
      for (const second of [2, 3]) {
        const [u] = P.workloads;
        if (u === undefined) throw new Error('unreachable');
        const options = u.options.filter((_, i) => i === first || i === second);
        costs.push((await solved({ ...P, workloads: [{ ...u, options }] })).objective);
      }
    }
    expect(solution.objective).toBe(Math.min(...costs));
    expect(solution.objective).toBeGreaterThanOrEqual(free.objective);
    expect(solution.isOptimal).toBe(true);
  });

  it('makes all replicas alike where requests are spread evenly, at the least cost of any one option', async () => {
    const uniform = { ...P, workloads: P.workloads.map((item) => ({ ...item, isUniform: true })) };
    const { solution } = await shaped(uniform);
    expect(new Set(solution.replicas.map((item) => item.option.candidate.id)).size).toBe(1);
    const alone: number[] = [];
    for (const item of P.workloads[0]?.options ?? []) {
      const workloads = P.workloads.map((u) => ({ ...u, options: [item] }));
      alone.push((await solved({ ...P, workloads })).objective);
    }
    expect(solution.objective).toBe(Math.min(...alone));
  });

  it('has no plan where even routing needs more of one kind than the quotas allow', async () => {
    const tight = {
      ...P,
      maxNodes: { a: 1, b: 3 },
      workloads: P.workloads.map((item) => ({ ...item, isUniform: true })),
    };
    expect(await oneShapePerPool(tight, new ComponentSolver(CONTEXT), FULL_EFFORT)).toBeUndefined();
  });

  it('gives a runner-up that is no cheaper under the same rule', async () => {
    const { solution } = await shaped();
    const runner = (await runnersUp(P, solution, new ComponentSolver(CONTEXT))).get('u');
    expect(runner?.perMonth).toBeGreaterThanOrEqual(solution.objective);
    expect(solution.replicas.map((item) => item.option.candidate.id)).not.toContain(runner?.candidate);
  });
});

describe('turnZones', () => {
  const zones = ['z1', 'z2', 'z3'];
  const offerings = [
    ...zones.map((zone) =>
      offering({ pool: 'a', zone, capacityType: 'on-demand', price: 10, accelerators: 8 }),
    ),
    ...zones.map((zone) => offering({ pool: 'a', zone, capacityType: 'spot', price: 4, accelerators: 8 })),
  ];

  it('moves equal capacity to other zones and keeps counts and cost', async () => {
    const p = problem({
      windows: [window('w0', [0, 168], { u: 10 })],
      offerings,
      workloads: [
        workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })], { maxSpotShare: 0.5 }),
      ],
    });
    const before = await solved(p);
    const after = turnZones(before, p.offerings);
    expect(after.objective).toBe(before.objective);
    expect(new Set(after.nodes.map((item) => item.offering.zone)).size).toBe(2);
    expect(new Set(before.nodes.map((item) => item.offering.zone)).size).toBe(1);
  });

  it('leaves zones alone that differ in price or share a group', () => {
    const dearer = offering({ pool: 'b', zone: 'z1', capacityType: 'spot', price: 5, accelerators: 8 });
    const cheaper = offering({ pool: 'b', zone: 'z2', capacityType: 'spot', price: 4, accelerators: 8 });
    expect(zoneClasses([dearer, cheaper])).toEqual([]);
    const shared = zones.map((zone) =>
      offering({ pool: 'c', zone, capacityType: 'spot', price: 4, accelerators: 8, group: 'all' }),
    );
    expect(zoneClasses(shared)).toEqual([]);
    expect(zoneClasses(offerings).map((members) => members.length)).toEqual([3, 3]);
  });
});
