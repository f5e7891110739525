import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../test/support/sample-plan.ts';
import type { PlanDocument, ResolvedProblem } from '../../model/index.ts';
import { microUsd } from '../../units/index.ts';
import { breakEvens, crossAt, lineOf } from './break-even.ts';
import type { PlanOne } from './break-even.ts';
import type { PlannedVariant } from './plan-variants.ts';
import { sensitivityQuestions } from './sensitivity-questions.ts';

const SAMPLE = samplePlan();
const [FIRST] = SAMPLE.decision.allocations;
const [ITEM] = SAMPLE.cost.lineItems;

/** A plan of the workload `chat` on some pools that spends so many dollars on each. */
function planOn(spent: Readonly<Record<string, number>>): PlanDocument {
  const pools = Object.keys(spent);
  if (FIRST === undefined || ITEM === undefined) throw new Error('the sample has pod sets and line items');
  return {
    ...SAMPLE,
    problem: {
      ...SAMPLE.problem,
      pools: ['h100', 'a100', 'l40s'].map((id) => ({
        ...SAMPLE.problem.pools[0]!,
        id,
        capacityTypes: ['on-demand', 'spot'],
      })),
    },
    decision: {
      ...SAMPLE.decision,
      allocations: pools.map((pool) => ({
        ...FIRST,
        pool,
        workload: 'chat',
        candidate: { ...FIRST.candidate, pool, accelerator: pool },
      })),
    },
    cost: {
      ...SAMPLE.cost,
      lineItems: pools.map((pool) => ({ ...ITEM, pool, effectiveCost: microUsd((spent[pool] ?? 0) * 1e6) })),
      totalPerMonth: microUsd(1e6 * pools.reduce((sum, pool) => sum + (spent[pool] ?? 0), 0)),
    },
  };
}

const RESOLVED = {
  problem: { pools: ['h100', 'a100', 'l40s'].map((id) => ({ id })) },
} as unknown as ResolvedProblem;

/** A world of plans: the cheapest at the prices that a variant asks for, the first of equals. */
function world(plans: (h100: number) => readonly PlanDocument[]): {
  readonly planOne: PlanOne;
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    planOne: (variant) => {
      asked.push(variant.name);
      const percent = /h100\.price=([+-][\d.]+)%/.exec(variant.name)?.[1];
      const factor = percent === undefined ? 1 : 1 + Number(percent) / 100;
      const isWithout = variant.name.includes('.pools=');
      const open = plans(factor).filter(
        (plan) => !isWithout || plan.decision.allocations.every((item) => item.pool !== 'h100'),
      );
      const best = open.reduce<PlanDocument | undefined>(
        (least, plan) =>
          least === undefined || plan.cost.totalPerMonth < least.cost.totalPerMonth ? plan : least,
        undefined,
      );
      return Promise.resolve(best === undefined ? undefined : ({ plan: best } as PlannedVariant));
    },
  };
}

describe('break-even prices', () => {
  const own = planOn({ h100: 100 });
  const subject = { plan: own, workload: 'chat', resolved: RESOLVED };

  it('are where the lines of two plans cross', () => {
    expect(crossAt(lineOf(own, 'h100', 1), lineOf(planOn({ a100: 140 }), 'h100', 1))).toBeCloseTo(1.4);
    expect(crossAt(lineOf(own, 'a100', 1), lineOf(planOn({ l40s: 140 }), 'a100', 1))).toBeUndefined();
    // A plan made at other prices tells its cost at today's.
    expect(lineOf(planOn({ h100: 150, a100: 10 }), 'h100', 1.5)).toEqual({ slope: 1e8, atOne: 1.1e8 });
  });

  it('of two plans are planned once and confirmed; the rival’s pool must get cheaper by as much', async () => {
    const { planOne, asked } = world((x) => [planOn({ h100: 100 * x }), planOn({ a100: 140 })]);
    const found = await breakEvens(subject, planOne);
    expect(found.map(({ pool, factor, method }) => [pool, factor, method])).toEqual([
      ['h100', 1.4, 'planned'],
      ['a100', 0.71429, 'linear'],
    ]);
    expect(asked).toHaveLength(2);
    expect(asked.every((name) => name.endsWith('budgets.*='))).toBe(
      (SAMPLE.problem.budgets ?? []).length > 0,
    );
  });

  it('come earlier where a third plan, which still uses some of the pool, is cheaper on the way', async () => {
    const { planOne } = world((x) => [
      planOn({ h100: 100 * x }),
      planOn({ h100: 60 * x, l40s: 50 }),
      planOn({ a100: 140 }),
    ]);
    const [dearer] = await breakEvens(subject, planOne);
    expect([dearer?.factor, dearer?.method, dearer?.rival.startsWith('h100 + l40s')]).toEqual([
      1.25,
      'planned',
      true,
    ]);
  });

  it('come later where the same pool is used with less of it on the way', async () => {
    const { planOne } = world((x) =>
      [planOn({ h100: 100 * x }), planOn({ h100: 80 * x + 0 }), planOn({ a100: 140 })].slice(x > 1.2 ? 1 : 0),
    );
    const [dearer] = await breakEvens(subject, planOne);
    expect([dearer?.factor, dearer?.method]).toEqual([1.75, 'planned']);
  });

  it('are none where no other pool has a plan, or the workload runs on several', async () => {
    const alone = world((x) => [planOn({ h100: 100 * x })]);
    expect(await breakEvens(subject, alone.planOne)).toEqual([]);
    const both = { ...subject, plan: planOn({ h100: 50, a100: 50 }) };
    expect(await breakEvens(both, alone.planOne)).toEqual([]);
  });
});

describe('questions about a workload', () => {
  it('vary prices of its pools alone, its traffic and its limits, both ways', () => {
    const { questions, remarks } = sensitivityQuestions(planOn({ h100: 100 }), 'chat', RESOLVED);
    expect(remarks).toEqual([]);
    expect(questions.map((item) => item.variant.name)).toEqual([
      'pools.h100.price=-20%, pools.h100.spotPrice=-20%',
      'pools.h100.price=+20%, pools.h100.spotPrice=+20%',
      'workloads.chat.rate=-50%',
      'workloads.chat.rate=+50%',
      'workloads.chat.slo=-25%',
      'workloads.chat.slo=+25%',
    ]);
  });

  it('about a service that others call vary the traffic of those that reach it, and say what it has none of', () => {
    const services = [
      { id: 'web', requestClasses: [{ id: 'a', meanRate: '1/s' }], calls: [{ service: 'cart' }] },
      { id: 'cart', calls: [{ service: 'db' }] },
      { id: 'db' },
      { id: 'other', requestClasses: [{ id: 'a', meanRate: '1/s' }] },
    ];
    const plan = {
      ...SAMPLE,
      problem: { ...SAMPLE.problem, workloads: [], services },
      decision: { ...SAMPLE.decision, allocations: [] },
    } as unknown as PlanDocument;
    const { questions, remarks } = sensitivityQuestions(plan, 'db', RESOLVED);
    expect(questions.map((item) => item.variant.name)).toEqual([
      'services.web.rate=-50%',
      'services.web.rate=+50%',
    ]);
    expect(remarks).toHaveLength(2);
  });
});
