import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usd } from '../../units/index.ts';
import { DEFAULT_LIMITS, solverOrder } from '../solvers/index.ts';
import { offering, option, problem, window, workload } from '../testing/instances.ts';
import { ComponentSolver, componentsOf } from './components.ts';
import { loneBounds } from './lone-bounds.ts';
import type { PlacementOption, PlacementProblem } from './placement-problem.ts';
import { searchShapes } from './shape-search.ts';
import { solvePlacement } from './solve-placement.ts';

const CONTEXT = { solvers: solverOrder('auto'), limits: DEFAULT_LIMITS };
const SETTLED = { solves: 1000 };

/** Two pools in two zones with spot; three workloads that may share nodes. */
function fleet(facts: {
  readonly rates: readonly (readonly [number, number])[];
  readonly demands: readonly number[];
  readonly quota: number;
  readonly tolerates: 'nothing' | 'node' | 'correlation-group';
}): PlacementProblem {
  const ids = facts.demands.map((_, index) => `w${index}`);
  const demand = (share: number): Record<string, number> =>
    Object.fromEntries(ids.map((id, index) => [id, share * (facts.demands[index] ?? 0)]));
  return problem({
    windows: [window('busy', [0, 84], demand(1)), window('quiet', [84, 168], demand(0.4))],
    offerings: ['z1', 'z2'].flatMap((zone) => [
      offering({ pool: 'a', zone, capacityType: 'on-demand', price: 10, accelerators: 8 }),
      offering({ pool: 'a', zone, capacityType: 'spot', price: 4, accelerators: 8 }),
      offering({ pool: 'b', zone, capacityType: 'on-demand', price: 3, accelerators: 4 }),
    ]),
    maxNodes: { a: facts.quota, b: 2 * facts.quota },
    isSpread: true,
    workloads: ids.map((id, index) => {
      const [fast, slow] = facts.rates[index] ?? [1, 1];
      return workload(
        id,
        [
          option({ workload: id, pool: 'a', size: 4, rate: fast }),
          option({ workload: id, pool: 'a', size: 2, rate: fast * 0.4 }),
          option({ workload: id, pool: 'b', size: 2, rate: slow }),
        ],
        { isUniform: true, maxSpotShare: 0.5, tolerates: facts.tolerates },
      );
    }),
  });
}

/** The least cost over all combinations of options, each solved as one program; Infinity when none has a plan. */
async function bruteForce(p: PlacementProblem): Promise<number> {
  const combinations = p.workloads.reduce<readonly (readonly PlacementOption[])[]>(
    (heads, { options }) => heads.flatMap((head) => options.map((item) => [...head, item])),
    [[]],
  );
  let least = Infinity;
  for (const chosen of combinations) {
    const workloads = p.workloads.map((item, index) => ({
      ...item,
      options: chosen.slice(index, index + 1),
    }));
    const outcome = await solvePlacement({ ...p, workloads }, CONTEXT);
    if (outcome.ok) least = Math.min(least, outcome.solution.objective);
  }
  return least;
}

const instances = fc.record({
  rates: fc.array(fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 1, max: 4 })), {
    minLength: 3,
    maxLength: 3,
  }),
  demands: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 3 }),
  quota: fc.integer({ min: 2, max: 6 }),
  tolerates: fc.constantFrom('nothing' as const, 'node' as const, 'correlation-group' as const),
});

describe('searchShapes', () => {
  it(
    'agrees with brute force over all combinations of options, and proves it',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(instances, async (facts) => {
          const p = fleet(facts);
          const plan = await searchShapes(p, new ComponentSolver(CONTEXT), SETTLED);
          const least = await bruteForce(p);
          expect(plan?.solution.objective ?? Infinity).toBeCloseTo(least, -4);
          expect(plan?.solution.isOptimal ?? true).toBe(true);
        }),
        { numRuns: 8, seed: 7 },
      );
    },
  );

  it(
    'never claims an optimum, and keeps its bound below the true one, when it stops early',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(instances, async (facts) => {
          const p = fleet(facts);
          const full = await searchShapes(p, new ComponentSolver(CONTEXT), SETTLED);
          const cut = await searchShapes(p, new ComponentSolver(CONTEXT), { solves: 1 });
          if (full === undefined || cut === undefined) return;
          expect(cut.solution.bound).toBeLessThanOrEqual(full.solution.objective);
          if (cut.solution.isOptimal) expect(cut.solution.objective).toBe(full.solution.objective);
        }),
        { numRuns: 8, seed: 8 },
      );
    },
  );

  it('puts two workloads on one node where each alone would need one of its own', async () => {
    const p = fleet({
      rates: [
        [9, 1],
        [9, 1],
      ],
      demands: [9, 9],
      quota: 6,
      tolerates: 'nothing',
    });
    const plan = await searchShapes({ ...p, isSpread: false }, new ComponentSolver(CONTEXT), SETTLED);
    // One replica of four accelerators each in the busy half of the week, on one on-demand node of eight; in the quiet
    // half one replica of two accelerators would do for neither (0.4 × 9 = 3.6 = the rate of the small shape: it does).
    expect(plan?.solution.objective).toBe(usd(10 * 730));
  });

  it('stops at the budget of the fleet', async () => {
    const p = fleet({ rates: [[9, 1]], demands: [9], quota: 6, tolerates: 'nothing' });
    const budgets = [{ id: 'b', team: '', limit: usd(1000) }] as unknown as PlacementProblem['budgets'];
    expect(await searchShapes({ ...p, budgets }, new ComponentSolver(CONTEXT), SETTLED)).toBeUndefined();
  });

  it('meets the budget of a team that two parts share, by choosing otherwise if it must', async () => {
    const p = fleet({
      rates: [
        [9, 4],
        [9, 4],
      ],
      demands: [9, 9],
      quota: 6,
      tolerates: 'nothing',
    });
    const teamed = { ...p, workloads: p.workloads.map((item) => ({ ...item, team: 't' })) };
    const free = await searchShapes(teamed, new ComponentSolver(CONTEXT), SETTLED);
    if (free === undefined) throw new Error('no plan');
    const budgets = [
      { id: 'b', team: 't', limit: free.solution.objective },
    ] as unknown as PlacementProblem['budgets'];
    const kept = await searchShapes({ ...teamed, budgets }, new ComponentSolver(CONTEXT), SETTLED);
    expect(kept?.solution.objective).toBe(free.solution.objective);
  });
});

describe('loneBounds', () => {
  it(
    'never exceed what a plan with several workloads costs: shares add up, whole nodes hold one by one',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(instances, async (facts) => {
          const p = fleet(facts);
          const solver = new ComponentSolver(CONTEXT);
          const workloads = p.workloads.map((item) => ({ ...item, options: item.options.slice(0, 1) }));
          const outcome = await solvePlacement({ ...p, workloads }, CONTEXT);
          if (!outcome.ok) return;
          let shares = 0;
          for (const item of workloads) {
            const [first] = item.options;
            if (first === undefined) throw new Error('unreachable');
            const bounds = await loneBounds(p, { workload: item, option: first }, solver);
            shares += bounds?.shares.reduce((sum, cost) => sum + cost, 0) ?? Infinity;
            const whole = bounds?.whole.reduce((sum, cost) => sum + cost, 0) ?? Infinity;
            expect(whole).toBeLessThanOrEqual(outcome.solution.objective + 4);
          }
          expect(shares).toBeLessThanOrEqual(outcome.solution.objective);
        }),
        { numRuns: 15, seed: 9 },
      );
    },
  );
});

describe('componentsOf', () => {
  it('joins workloads that could share a pool and leaves the others apart', () => {
    const p = fleet({
      rates: [
        [9, 1],
        [9, 1],
        [9, 1],
      ],
      demands: [9, 9, 9],
      quota: 6,
      tolerates: 'nothing',
    });
    const cut = (index: number): PlacementOption[] =>
      p.workloads[index]?.options.slice(0, index === 1 ? 3 : 1) ?? [];
    const all = p.workloads.map((item, index) => ({ ...item, options: cut(index) }));
    expect(componentsOf({ ...p, workloads: all }).map((part) => part.workloads.map((w) => w.id))).toEqual([
      ['w0', 'w1', 'w2'],
    ]);
    const onB = p.workloads.map((item, index) => ({
      ...item,
      options: index === 1 ? item.options.slice(2) : item.options.slice(0, 1),
    }));
    const parts = componentsOf({ ...p, workloads: onB });
    expect(parts.map((part) => part.workloads.map((w) => w.id))).toEqual([['w0', 'w2'], ['w1']]);
    expect(parts.map((part) => Object.keys(part.maxNodes))).toEqual([['a'], ['b']]);
    expect(parts[1]?.offerings.every((item) => item.pool === 'b')).toBe(true);
  });
});
