import { describe, expect, it } from 'vitest';
import type { Budget, TimeWindow } from '../../model/index.ts';
import { changeHours } from '../../cost/index.ts';
import { randomStream } from '../../random/index.ts';
import type { RandomStream } from '../../random/index.ts';
import { usd } from '../../units/index.ts';
import { DEFAULT_LIMITS, solverOrder } from '../solvers/index.ts';
import { offering, option, problem, window, workload } from '../testing/instances.ts';
import { hoursPerMonth } from '../windows.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext, PlacementOutcome } from './solve-placement.ts';

const CONTEXT: PlacementContext = { solvers: solverOrder('auto'), limits: DEFAULT_LIMITS };

/** Counts per replica slot; a slot is one option on one offering. */
interface Slot {
  readonly w: number;
  readonly rate: number;
  readonly size: number;
  readonly o: number;
  readonly zone: string;
  readonly isSpot: boolean;
}

/**
 * The least cost of one window by trying every allocation of up to `most` replicas per slot, with constraints
 * restated here from their definitions. All sizes divide each other, so nodes are the accelerators' ceiling.
 */
function bruteForce(p: PlacementProblem, slots: readonly Slot[], most: number): number | undefined {
  const [only] = p.windows;
  const hours = only === undefined ? 0 : hoursPerMonth(only);
  let best: number | undefined;
  const counts: number[] = [];
  const visit = (): void => {
    if (counts.length < slots.length) {
      for (let n = 0; n <= most; n++) {
        counts.push(n);
        visit();
        counts.pop();
      }
      return;
    }
    const nodes = p.offerings.map((o, index) => {
      const used = slots.reduce((sum, s, i) => sum + (s.o === index ? s.size * (counts[i] ?? 0) : 0), 0);
      return Math.ceil(used / (o.instanceType.accelerator?.count ?? 1));
    });
    const cost = nodes.reduce((sum, n, o) => sum + n * ((p.offerings[o]?.price ?? 0) / 1e6) * hours, 0);
    if (best !== undefined && cost >= best) return;
    if (holds(p, slots, counts, nodes)) best = cost;
  };
  visit();
  return best;
}

function holds(
  p: PlacementProblem,
  slots: readonly Slot[],
  counts: readonly number[],
  nodes: readonly number[],
): boolean {
  for (const [pool, limit] of Object.entries(p.maxNodes)) {
    if (nodes.reduce((sum, n, o) => sum + (p.offerings[o]?.pool === pool ? n : 0), 0) > limit) return false;
  }
  if (p.isSpread) {
    const base = Map.groupBy(
      p.offerings
        .map((o, index) => ({ o, n: nodes[index] ?? 0 }))
        .filter(({ o }) => o.capacityType !== 'spot'),
      ({ o }) => o.pool,
    );
    for (const set of base.values()) {
      const counts = set.map(({ n }) => n);
      if (Math.max(...counts) - Math.min(...counts) > 1) return false;
    }
  }
  return p.workloads.every((w, index) => {
    const own = slots.map((slot, i) => ({ ...slot, n: slot.w === index ? (counts[i] ?? 0) : 0 }));
    const demand = p.windows[0]?.peakRate[w.id] ?? 0;
    const served = (lost: (slot: Slot & { n: number }) => number): number =>
      own.reduce((sum, slot) => sum + slot.rate * (slot.n - Math.min(slot.n, lost(slot))), 0);
    if (served(() => 0) < demand - 1e-9) return false;
    const spot = own.reduce((sum, slot) => sum + (slot.isSpot ? slot.n : 0), 0);
    if (spot > w.maxSpotShare * own.reduce((sum, slot) => sum + slot.n, 0) + 1e-9) return false;
    const spotRate = own.reduce((sum, slot) => sum + (slot.isSpot ? slot.n * slot.rate : 0), 0);
    if (spotRate > w.maxSpotShare * served(() => 0) + 1e-9) return false;
    if (w.tolerates === 'nothing') return true;
    return p.offerings.every((o, oi) => {
      const perNode = (slot: Slot): number =>
        Math.floor((o.instanceType.accelerator?.count ?? 1) / slot.size);
      const isGroup = w.tolerates === 'correlation-group' && o.correlationGroup !== 'node';
      return (
        served((slot) => {
          if (isGroup) {
            return p.offerings[slot.o]?.correlationGroup === o.correlationGroup ? Infinity : 0;
          }
          return slot.o === oi ? perNode(slot) : 0;
        }) >=
        demand - 1e-9
      );
    });
  });
}

function slotsOf(p: PlacementProblem): Slot[] {
  return p.workloads.flatMap((w, wi) =>
    w.options.flatMap((item) =>
      p.offerings.flatMap((o, oi) =>
        item.candidate.pool === o.pool
          ? [
              {
                w: wi,
                rate: item.rate,
                size: item.candidate.podGroup.acceleratorsPerNode,
                o: oi,
                zone: o.zone,
                isSpot: o.capacityType === 'spot',
              },
            ]
          : [],
      ),
    ),
  );
}

/** One window, one or two workloads, two or three offerings, constraints drawn at random. */
function randomProblem(index: number): PlacementProblem {
  const stream = randomStream(index, 'placement');
  const pick = <T>(items: readonly [T, ...T[]]): T => items[stream.integer(items.length)] ?? items[0];
  const zones = pick([['z1'], ['z1', 'z2']]);
  const offerings = zones.flatMap((zone) => [
    offering({ pool: 'a', zone, capacityType: 'on-demand', price: 8 + stream.integer(3), accelerators: 8 }),
    offering({ pool: 'a', zone, capacityType: 'spot', price: 3 + stream.integer(2), accelerators: 8 }),
  ]);
  if (zones.length === 1) {
    const price = 2 + stream.integer(4);
    offerings.push(offering({ pool: 'b', zone: 'z1', capacityType: 'on-demand', price, accelerators: 4 }));
  }
  const ids = zones.length === 1 && stream.integer(2) === 1 ? ['u', 'v'] : ['u'];
  const workloads = ids.map((id) => randomWorkload(id, ids.length, { stream, pick }));
  const rates = Object.fromEntries(ids.map((id) => [id, 1 + stream.integer(ids.length === 1 ? 12 : 6)]));
  return problem({
    windows: [window('w0', [0, 168], rates)],
    offerings,
    workloads,
    isSpread: stream.integer(2) === 1,
    maxNodes: stream.integer(3) === 0 ? { a: 1 + stream.integer(3) } : {},
  });
}

function randomWorkload(
  id: string,
  count: number,
  draw: { stream: RandomStream; pick: <T>(items: readonly [T, ...T[]]) => T },
): PlacementProblem['workloads'][number] {
  const { stream, pick } = draw;
  const options = [option({ workload: id, pool: 'a', size: pick([2, 4, 8]), rate: 3 + stream.integer(4) })];
  if (count === 1) {
    options.push(option({ workload: id, pool: 'b', size: pick([2, 4]), rate: 2 + stream.integer(3) }));
  }
  const tolerates = pick(['nothing', 'node', 'correlation-group'] as const);
  return workload(id, options, { tolerates, maxSpotShare: pick([0, 0.5, 1]) });
}

function objective(outcome: PlacementOutcome): number | undefined {
  return outcome.ok ? outcome.solution.objective / 1e6 : undefined;
}

describe('solvePlacement', () => {
  it('agrees with brute force over every integer allocation on small instances', async () => {
    const disagreements: string[] = [];
    for (let index = 0; index < 40; index++) {
      const p = randomProblem(index);
      const slots = slotsOf(p);
      const expected = bruteForce(p, slots, slots.length > 4 ? 3 : 5);
      const outcome = await solvePlacement(p, CONTEXT);
      const actual = objective(outcome);
      const isBetterOutsideTheBox = expected === undefined || (actual ?? Infinity) < expected - 0.01;
      const usesMore =
        outcome.ok && outcome.solution.replicas.some((r) => r.count > (slots.length > 4 ? 3 : 5));
      if (isBetterOutsideTheBox && (usesMore || (expected === undefined && actual === undefined))) continue;
      if (Math.abs((actual ?? NaN) - (expected ?? NaN)) > 0.01 || actual === undefined) {
        disagreements.push(`${index}: ${actual}, brute force ${expected}`);
      }
    }
    expect(disagreements).toEqual([]);
  });

  it('gives the same plan twice and for permuted input', async () => {
    const p = randomProblem(3);
    const shown = async (q: PlacementProblem): Promise<string> =>
      JSON.stringify(await solvePlacement(q, CONTEXT));
    const first = await shown(p);
    expect(await shown(p)).toBe(first);
    expect(await shown(problem({ ...p, offerings: [...p.offerings].reverse() }))).toBe(first);
  });

  it('keeps demand when a whole spot zone is reclaimed', async () => {
    const zones = ['z1', 'z2', 'z3'];
    const p = problem({
      windows: [window('w0', [0, 168], { u: 10 })],
      offerings: zones.map((zone) =>
        offering({ pool: 'a', zone, capacityType: 'spot', price: 4, accelerators: 8 }),
      ),
      workloads: [
        workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })], {
          tolerates: 'correlation-group',
        }),
      ],
    });
    const outcome = await solvePlacement(p, CONTEXT);
    // Two of three zones must carry 10 requests/s at 5 each: one node per zone, three in all.
    expect(objective(outcome)).toBeCloseTo(3 * 4 * 730);
    if (!outcome.ok) return;
    for (const zone of zones) {
      const left = outcome.solution.replicas.filter((item) => item.offering.zone !== zone);
      expect(left.reduce((sum, item) => sum + item.count * item.option.rate, 0)).toBeGreaterThanOrEqual(10);
    }
  });

  it('spreads base nodes over zones even where one zone is cheaper, but does not split what one node holds', async () => {
    const p = problem({
      windows: [window('w0', [0, 168], { u: 20 })],
      offerings: ['z1', 'z2'].map((zone, i) =>
        offering({ pool: 'a', zone, capacityType: 'on-demand', price: 10 + 2 * i, accelerators: 8 }),
      ),
      workloads: [workload('u', [option({ workload: 'u', pool: 'a', size: 4, rate: 5 })])],
    });
    expect(objective(await solvePlacement(p, CONTEXT))).toBeCloseTo(20 * 730);
    expect(objective(await solvePlacement({ ...p, isSpread: true }, CONTEXT))).toBeCloseTo(22 * 730);
    const small = { ...p, windows: [window('w0', [0, 168], { u: 10 })] };
    expect(objective(await solvePlacement({ ...small, isSpread: true }, CONTEXT))).toBeCloseTo(10 * 730);
  });

  it('does not let a few weak base replicas excuse a fleet that lives on spot', async () => {
    const p = problem({
      windows: [window('w0', [0, 168], { u: 10 })],
      offerings: [
        offering({ pool: 'a', zone: 'z1', capacityType: 'spot', price: 4, accelerators: 8 }),
        offering({ pool: 'b', zone: 'z1', capacityType: 'on-demand', price: 1, accelerators: 4 }),
      ],
      workloads: [
        workload(
          'u',
          [
            option({ workload: 'u', pool: 'a', size: 8, rate: 10 }),
            option({ workload: 'u', pool: 'b', size: 4, rate: 1 }),
          ],
          { maxSpotShare: 0.5 },
        ),
      ],
    });
    // One strong spot and one weak base replica would be half by count (5 USD/h) but 91 % of the rate.
    expect(objective(await solvePlacement(p, CONTEXT))).toBeCloseTo(10 * 730);
  });

  it('places no replica that serves nothing on paid but idle accelerators', async () => {
    const p = problem({
      windows: [window('w0', [0, 168], { u: 4 })],
      offerings: [offering({ pool: 'a', zone: 'z1', capacityType: 'on-demand', price: 4, accelerators: 8 })],
      workloads: [workload('u', [option({ workload: 'u', pool: 'a', size: 2, rate: 5 })])],
    });
    const outcome = await solvePlacement(p, CONTEXT);
    expect(outcome.ok && outcome.solution.replicas.map((item) => item.count)).toEqual([1]);
  });

  it('buys a multi-node replica all its nodes in one zone', async () => {
    const p = problem({
      windows: [window('w0', [0, 168], { u: 9 })],
      offerings: ['z1', 'z2'].map((zone) =>
        offering({ pool: 'a', zone, capacityType: 'on-demand', price: 10, accelerators: 8 }),
      ),
      workloads: [workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5, nodes: 2 })])],
    });
    const outcome = await solvePlacement(p, CONTEXT);
    expect(objective(outcome)).toBeCloseTo(4 * 10 * 730);
  });

  it('holds reserved nodes in every window', async () => {
    const windows: TimeWindow[] = [window('w0', [0, 84], { u: 10 }), window('w1', [84, 168], { u: 1 })];
    const p = problem({
      windows,
      offerings: [
        offering({ pool: 'a', zone: 'z1', capacityType: 'reserved', price: 6, accelerators: 8 }),
        offering({ pool: 'a', zone: 'z1', capacityType: 'on-demand', price: 10, accelerators: 8 }),
      ],
      workloads: [workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })])],
    });
    const outcome = await solvePlacement(p, CONTEXT);
    // One reserved node all month, the second node on demand in half of it: 6·730 + 10·365 beats 2·6·730. It starts once a week.
    const started = (changeHours(300 + 180) * 730) / 168;
    expect(objective(outcome)).toBeCloseTo(6 * 730 + 10 * (365 + started));
  });

  it('keeps a dear pool all week where its nodes would start too often', async () => {
    const hours = Array.from({ length: 168 }, (_, hour) => hour);
    const p = problem({
      // The second node is needed in every other hour: 84 starts a week.
      windows: [
        { ...window('w0', [0, 1], { u: 10 }), hours: hours.filter((hour) => hour % 2 === 0) },
        { ...window('w1', [0, 1], { u: 5 }), hours: hours.filter((hour) => hour % 2 === 1) },
      ],
      offerings: [
        offering({ pool: 'a', zone: 'z1', capacityType: 'on-demand', price: 10, accelerators: 8 }),
        offering({ pool: 'a', zone: 'z1', capacityType: 'reserved', price: 6, accelerators: 8 }),
      ],
      workloads: [workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })])],
    });
    const outcome = await solvePlacement(p, CONTEXT);
    // On demand the second node would cost 10 · (365 + starts) without its starts 3,650, less than 6 · 730 = 4,380; with them more.
    expect(10 * (365 + (84 * changeHours(300 + 180) * 730) / 168)).toBeGreaterThan(6 * 730);
    expect(objective(outcome)).toBeCloseTo(2 * 6 * 730);
  });

  it('moves cost between teams when a team budget binds', async () => {
    const budget: Budget = { id: 'team-x', path: '', team: 'x', limit: usd(4 * 730) };
    const p = problem({
      windows: [window('w0', [0, 84], { u: 5, v: 5 }), window('w1', [84, 168], { u: 5, v: 5 })],
      offerings: [
        offering({ pool: 'a', zone: 'z1', capacityType: 'on-demand', price: 8, accelerators: 8 }),
        offering({ pool: 'b', zone: 'z1', capacityType: 'on-demand', price: 5, accelerators: 4 }),
      ],
      workloads: [
        workload(
          'u',
          [
            option({ workload: 'u', pool: 'a', size: 4, rate: 5 }),
            option({ workload: 'u', pool: 'b', size: 4, rate: 5 }),
          ],
          { team: 'x' },
        ),
        workload('v', [option({ workload: 'v', pool: 'b', size: 4, rate: 5 })], { team: 'y' }),
      ],
    });
    const free = await solvePlacement({ ...p, budgets: [] }, CONTEXT);
    const bound = await solvePlacement({ ...p, budgets: [budget] }, CONTEXT);
    // Alone, u would share nothing and take the cheaper b node (5 + 5); its budget of 4 USD/h forces half an a node.
    expect(objective(free)).toBeCloseTo(10 * 730);
    expect(objective(bound)).toBeCloseTo(13 * 730);
  });

  it('proves a fleet budget below the cheapest plan infeasible', async () => {
    const p = randomProblem(3);
    const free = await solvePlacement(p, CONTEXT);
    const below = usd((objective(free) ?? 0) - 1);
    const outcome = await solvePlacement(
      { ...p, budgets: [{ id: 'all', path: '', team: '', limit: below }] },
      CONTEXT,
    );
    expect(outcome).toMatchObject({ ok: false, reason: 'infeasible', isProven: true });
  });

  it('reports a stop at the node limit as a gap, not as an optimum', async () => {
    const offerings = ['z1', 'z2', 'z3'].flatMap((zone, i) => [
      offering({ pool: 'a', zone, capacityType: 'on-demand', price: 40 + i, accelerators: 8 }),
      offering({ pool: 'a', zone, capacityType: 'spot', price: 17 + i, accelerators: 8 }),
      offering({ pool: 'b', zone, capacityType: 'spot', price: 5 + i, accelerators: 4 }),
    ]);
    const ids = ['u', 'v', 'w', 'x'];
    const workloads = ids.map((id, i) =>
      workload(
        id,
        [2, 4].flatMap((size) =>
          ['a', 'b'].map((pool) => option({ workload: id, pool, size, rate: size * (0.9 + 0.13 * i) })),
        ),
        { tolerates: 'correlation-group', maxSpotShare: 0.6 },
      ),
    );
    const rates = Object.fromEntries(ids.map((id, i) => [id, 17 + 5 * i]));
    const p = problem({ windows: [window('w0', [0, 168], rates)], offerings, workloads, isSpread: true });
    const outcome = await solvePlacement(p, { ...CONTEXT, limits: { ...DEFAULT_LIMITS, nodes: 1 } });
    if (outcome.ok) {
      expect(outcome.solution.isOptimal).toBe(false);
      expect(outcome.solution.bound).toBeLessThan(outcome.solution.objective);
    } else expect(outcome.reason).toBe('limit');
  });

  it('raises protection until availability is met and keeps the lower bound honest', async () => {
    const facts = { pool: 'a', capacityType: 'spot', accelerators: 8, monthly: 0.99 } as const;
    const p = problem({
      windows: [window('w0', [0, 168], { u: 10 })],
      offerings: ['z1', 'z2', 'z3'].map((zone) => offering({ ...facts, zone, price: 4 })),
      workloads: [
        workload('u', [option({ workload: 'u', pool: 'a', size: 8, rate: 5 })], { availability: 0.9999 }),
      ],
    });
    const outcome = await solvePlacement(p, CONTEXT);
    expect(objective(outcome)).toBeCloseTo(3 * 4 * 730);
    expect(outcome.ok && outcome.solution.bound / 1e6).toBeCloseTo(2 * 4 * 730);
    expect(outcome.ok && outcome.solution.isOptimal).toBe(false);
  });
});
