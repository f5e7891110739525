import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../test/support/sample-plan.ts';
import { serviceSamplePlan } from '../../../test/support/sample-service-plan.ts';
import type { CapacityType, CostLineItem, Offering, PlanDocument } from '../../model/index.ts';
import { microUsd, seconds, sumMoney, usd, usdPerHour } from '../../units/index.ts';
import { buildStatement } from './build-statement.ts';
import { GROUPINGS } from './cost-statement.ts';
import type { CostStatement, StatementLine } from './cost-statement.ts';

const line = (id: string, facts: Partial<CostLineItem> = {}): CostLineItem => {
  const [pool = '', zone = '', capacityType = '', workload = ''] = id.split('/');
  return {
    ...{ id, pool, zone, workload, capacityType: capacityType as CapacityType },
    ...{ team: workload.startsWith('(') ? '' : `team-${workload}`, provider: 'aws', region: 'us-east-1' },
    ...{ instanceType: 'p5.48xlarge', nodeHours: 100 },
    ...{ listUnitPrice: usdPerHour(2), unitPrice: usdPerHour(1) },
    ...{ listCost: usd(200), effectiveCost: usd(100) },
    priceProvenance: { evidence: 'published', source: 'test' },
    ...facts,
  };
};

const planOf = (lineItems: readonly CostLineItem[], offerings: readonly Offering[] = []): PlanDocument =>
  ({
    stack: 's',
    offerings,
    cost: { ...samplePlan().cost, lineItems, workloads: [] },
  }) as unknown as PlanDocument;

const sums = (items: readonly StatementLine[] | CostStatement['groups']) =>
  (['listCost', 'contractedCost', 'effectiveCost'] as const).map((field) =>
    sumMoney(items.map((item) => item[field])),
  );

const anyLines = fc
  .uniqueArray(
    fc.record({
      id: fc
        .tuple(
          fc.constantFrom('a', 'b'),
          fc.constantFrom('z1', 'z2'),
          fc.constantFrom('spot', 'on-demand', 'reserved', 'owned'),
          fc.constantFrom('w1', 'w2', '(idle)', '(scaling)'),
        )
        .map((parts) => parts.join('/')),
      hours: fc.double({ min: 0, max: 1e4, noNaN: true }),
      list: fc.integer({ min: 0, max: 1e11 }),
      effective: fc.integer({ min: 0, max: 1e11 }),
    }),
    { minLength: 1, maxLength: 20, selector: ({ id }) => id },
  )
  .map((items) =>
    items.map(({ id, hours, list, effective }) =>
      line(id, { nodeHours: hours, listCost: microUsd(list), effectiveCost: microUsd(effective) }),
    ),
  );

describe('a statement of costs', () => {
  it('repeats the plan in dollars to the micro-dollar', () => {
    for (const plan of [samplePlan(), serviceSamplePlan()]) {
      const statement = buildStatement(plan);
      expect(statement.totalPerMonth).toBe(plan.cost.totalPerMonth);
      expect(statement.listPerMonth).toBe(plan.cost.listPerMonth);
    }
    const plan = serviceSamplePlan();
    expect(buildStatement(plan).workloads).toEqual(plan.cost.workloads.map((item) => ({ ...item })));
  });

  it('has the same sums however it is grouped and whatever becomes of idle capacity', () => {
    fc.assert(
      fc.property(
        anyLines,
        fc.constantFrom(...GROUPINGS),
        fc.double({ min: 0.1, max: 200, noNaN: true }),
        (items, groupBy, perUsd) => {
          const currency = { code: 'EUR', perUsd };
          const separate = buildStatement(planOf(items), { groupBy, currency });
          const shared = buildStatement(planOf(items), { groupBy, currency, idle: 'proportional' });
          const total = [separate.listPerMonth, separate.contractedPerMonth, separate.totalPerMonth];
          expect(sums(separate.groups)).toEqual(total);
          expect(sums(shared.groups)).toEqual(total);
          expect(sums(shared.lineItems)).toEqual(total);
          const hours = (items: readonly StatementLine[]) =>
            items.reduce((sum, item) => sum + item.nodeHours, 0);
          expect(hours(shared.lineItems)).toBeCloseTo(hours(separate.lineItems), 6);
        },
      ),
    );
  });

  it('shares the idle part of a pool among those who use the pool, by what they pay', () => {
    const { groups, lineItems } = buildStatement(
      planOf([
        line('a/z1/spot/w1', { effectiveCost: usd(300) }),
        line('a/z2/spot/w2', { effectiveCost: usd(100) }),
        line('a/z1/spot/(idle)', { effectiveCost: usd(40) }),
        line('b/z1/spot/(idle)', { effectiveCost: usd(7) }),
      ]),
      { idle: 'proportional', groupBy: 'team' },
    );
    expect(groups.map(({ key, effectiveCost, idleCost }) => [key, effectiveCost, idleCost])).toEqual([
      ['team-w1', usd(330), usd(30)],
      ['team-w2', usd(110), usd(10)],
      ['(idle)', usd(7), usd(7)],
    ]);
    expect(lineItems.map(({ id }) => id)).toContain('a/z1/spot/(idle)→w2');
  });

  it('shares by node hours what nobody pays for', () => {
    const free = { listCost: usd(0), effectiveCost: usd(0), unitPrice: usdPerHour(0) };
    const { groups } = buildStatement(
      planOf([
        line('a/z1/owned/w1', { ...free, nodeHours: 30 }),
        line('a/z1/owned/w2', { ...free, nodeHours: 10 }),
        line('a/z1/owned/(idle)', { ...free, nodeHours: 8 }),
      ]),
      { idle: 'proportional' },
    );
    expect(groups.map(({ key, nodeHours }) => [key, nodeHours])).toEqual([
      ['w1', 36],
      ['w2', 12],
    ]);
  });

  it('tells the contract from the commitment: only reserved capacity has a discount behind its contracted price', () => {
    const { lineItems } = buildStatement(planOf([line('a/z/reserved/w1'), line('a/z/spot/w1')]));
    expect(lineItems.map((item) => [item.listCost, item.contractedCost, item.effectiveCost])).toEqual([
      [usd(200), usd(200), usd(100)],
      [usd(200), usd(100), usd(100)],
    ]);
  });

  it('charges idle shares to the work when they are shared', () => {
    const plan = serviceSamplePlan();
    const [separate, shared] = (['separate', 'proportional'] as const).map((idle) =>
      buildStatement(plan, { idle }),
    );
    expect(sumMoney(shared!.workloads.map((item) => item.perMonth))).toBe(shared!.totalPerMonth);
    shared!.workloads.forEach((item, index) => {
      expect(item.perThousandRequests).toBeGreaterThan(separate!.workloads[index]!.perThousandRequests);
    });
  });
});

describe('a forecast of costs', () => {
  const spotOffering = (id: string, p50: number, p90: number): Offering =>
    ({
      id,
      priceForecast: {
        p10: usdPerHour(p50 / 2),
        p50: usdPerHour(p50),
        p90: usdPerHour(p90),
        horizon: seconds(730 * 3600),
        source: 'prices.csv',
        date: '2026-01-01',
      },
    }) as unknown as Offering;

  it('is the plan where no price has a past', () => {
    const { forecast, totalPerMonth } = buildStatement(samplePlan());
    expect(forecast).toMatchObject({ p50: totalPerMonth, p95: totalPerMonth, uncertain: 0, sources: [] });
  });

  it('moves the spot part alone, by the law through P50 and P90, up to the list price', () => {
    const items = [line('a/z1/spot/w1'), line('a/z2/on-demand/w1'), line('b/z1/spot/(idle)')];
    const plan = planOf(items, [spotOffering('a/z1/spot', 1, 1.2)]);
    const { forecast } = buildStatement(plan);
    // 1.2 to the power of 1.2835: standard normal quantiles 1.6449 and 1.2816.
    expect(forecast.p95 / 1e6).toBeCloseTo(200 + 100 * 1.26367, 2);
    expect(forecast).toMatchObject({ p50: usd(300), uncertain: usd(100), withoutHistory: usd(100) });
    expect(forecast).toMatchObject({ method: 'log-normal', sources: ['prices.csv'] });
    const dear = buildStatement(planOf(items, [spotOffering('a/z1/spot', 1, 1.9)]));
    expect(dear.forecast.p95).toBe(usd(400));
  });

  it('takes the percentile of the histories where they are at hand', () => {
    const plan = planOf([line('a/z1/spot/w1')], [spotOffering('a/z1/spot', 1, 1.2)]);
    const p95Prices = new Map([['a/z1/spot', usdPerHour(1.23)]]);
    expect(buildStatement(plan, { p95Prices }).forecast).toMatchObject({ method: 'history', p95: usd(123) });
  });

  it('never lets P95 fall below P50', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (low, more) => {
          const plan = planOf([line('a/z1/spot/w1')], [spotOffering('a/z1/spot', low, low + more)]);
          const { p50, p95 } = buildStatement(plan).forecast;
          expect(p95).toBeGreaterThanOrEqual(p50);
        },
      ),
    );
  });
});
