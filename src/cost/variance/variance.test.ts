import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../test/support/sample-plan.ts';
import { microUsd, money, sumMoney, usd } from '../../units/index.ts';
import { goodRow, tableOf } from '../focus/testing/focus-rows.ts';
import type { Row } from '../focus/testing/focus-rows.ts';
import { hourProfiles } from '../periods/hour-profiles.ts';
import { calendarMonth } from '../periods/charge-periods.ts';
import { buildStatement } from '../statement/build-statement.ts';
import { GROUPINGS } from '../statement/cost-statement.ts';
import type { UsedCapacity } from './cost-variance.ts';
import { decompose } from './decompose.ts';
import { explainVariance } from './explain-variance.ts';
import { matchActuals } from './match-actuals.ts';
import { plannedCapacity, sharesOfPeriod } from './planned-capacity.ts';
import { exactDecimal, readFocusActuals } from './read-focus-actuals.ts';

const used = (facts: Partial<UsedCapacity> & { price?: number }): UsedCapacity => {
  const { price = 1, hours = 100, ...rest } = facts;
  return {
    ...{ workload: 'w', team: 't', pool: 'p', zone: 'z1', instanceType: 'm', capacityType: 'spot' },
    hours,
    cost: usd(price * hours),
    ...rest,
  };
};

const capacity = fc.record({
  workload: fc.constantFrom('a', 'b', '(idle)'),
  team: fc.constantFrom('x', 'y', ''),
  pool: fc.constantFrom('p', 'q'),
  zone: fc.constantFrom('z1', 'z2'),
  instanceType: fc.constantFrom('m', 'n', ''),
  capacityType: fc.constantFrom('spot', 'on-demand'),
  hours: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e5, noNaN: true })),
  cost: fc.integer({ min: -1e9, max: 1e12 }).map(microUsd),
});

const effectsOf = ({ volume, efficiency, mix, price }: ReturnType<typeof decompose>) => [
  volume / 1e6,
  efficiency / 1e6,
  mix / 1e6,
  price / 1e6,
];

type Case = [
  before: UsedCapacity[],
  after: UsedCapacity[],
  work: [number, number] | undefined,
  effects: number[],
];

describe('the reasons of a difference of costs', () => {
  it('sum to it to the micro-unit, for every grouping, row by row', () => {
    fc.assert(
      fc.property(
        fc.array(capacity, { maxLength: 12 }),
        fc.array(capacity, { maxLength: 12 }),
        fc.constantFrom(...GROUPINGS),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (before, after, groupBy, tokens) => {
          const work = { before: new Map([['a', 1e6]]), after: new Map([['a', tokens]]) };
          const { rows, total } = explainVariance({ before, after, groupBy, work });
          for (const row of [...rows, total]) {
            expect(row.volume + row.efficiency + row.mix + row.price).toBe(row.after - row.before);
          }
          const all = (items: readonly UsedCapacity[]) => sumMoney(items.map(({ cost }) => cost));
          expect([total.before, total.after]).toEqual([all(before), all(after)]);
        },
      ),
    );
  });

  it('are nothing between equal sides', () => {
    const items = [used({}), used({ zone: 'z2', price: 3 })];
    expect(effectsOf(decompose({ before: items, after: items }))).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, ...Case]>([
    ['a higher price is price', [used({})], [used({ price: 1.5 })], [10, 10], [0, 0, 0, 50]],
    ['more work with more hours is volume', [used({})], [used({ hours: 150 })], [10, 15], [50, 0, 0, 0]],
    [
      'more hours for the same work are efficiency',
      [used({})],
      [used({ hours: 150 })],
      [10, 10],
      [0, 50, 0, 0],
    ],
    ['more work with the same hours is both', [used({})], [used({})], [10, 20], [100, -100, 0, 0]],
    [
      'more hours without known work are volume',
      [used({})],
      [used({ hours: 150 })],
      undefined,
      [50, 0, 0, 0],
    ],
    [
      'the same hours in a dearer zone are mix',
      [used({ hours: 50 }), used({ hours: 50, zone: 'z2', price: 3 })],
      [used({ hours: 25 }), used({ hours: 75, zone: 'z2', price: 3 })],
      [10, 10],
      [0, 0, 50, 0],
    ],
    [
      'a new kind of capacity has no old price, so that it is mix',
      [used({})],
      [used({ instanceType: 'n', price: 2 })],
      [10, 10],
      [0, 0, 100, 0],
    ],
    [
      'hardware that is not told leaves mix within price',
      [used({})],
      [used({ instanceType: '', price: 2 })],
      [10, 10],
      [0, 0, 0, 100],
    ],
    ['what is new is volume', [], [used({})], undefined, [100, 0, 0, 0]],
    ['what is gone is volume', [used({})], [], undefined, [-100, 0, 0, 0]],
    [
      'more idle capacity is efficiency',
      [used({ workload: '(idle)' })],
      [used({ workload: '(idle)', hours: 130 })],
      undefined,
      [0, 30, 0, 0],
    ],
    ['new idle capacity is efficiency too', [], [used({ workload: '(idle)' })], undefined, [0, 100, 0, 0]],
    [
      'cost without hours is price',
      [used({})],
      [used({ hours: 0, cost: usd(7) })],
      undefined,
      [0, 0, 0, -93],
    ],
  ])('name the right one: %s', (_, ...[before, after, work, expected]) => {
    const known = work === undefined ? {} : { work: { before: work[0], after: work[1] } };
    expect(effectsOf(decompose({ before, after, ...known }))).toEqual(expected);
  });
});

describe('idle capacity', () => {
  it('is explained pool by pool: a pool that went does not tell of one that came', () => {
    const { total } = explainVariance({
      before: [used({ workload: '(idle)', pool: 'p', price: 50 })],
      after: [used({ workload: '(idle)', pool: 'q', price: 1 })],
      groupBy: 'workload',
    });
    expect(effectsOf(total)).toEqual([0, -4900, 0, 0]);
  });
});

describe('the planned side', () => {
  it('counts the real hours of a period: a December of 744 h costs more than the month of 730 h', () => {
    const plan = samplePlan();
    const shares = sharesOfPeriod(hourProfiles(plan), calendarMonth('2026-12'));
    const items = plannedCapacity(buildStatement(plan), shares);
    const cost = sumMoney(items.map((item) => item.cost));
    expect(cost / plan.cost.totalPerMonth).toBeCloseTo(744 / 730, 6);
  });
});

const bill = (rows: readonly Row[]) => readFocusActuals(tableOf(rows), 'bill.csv');
const row = (changes: Row): Row => ({ ...goodRow('usage', '1.4'), ...changes });

describe('a bill', () => {
  it('is read exactly, with the time it covers', () => {
    const read = bill([
      row({ EffectiveCost: '0.000000000001' }),
      row({ EffectiveCost: '-12.5', ChargePeriodStart: '2026-11-30T00:00:00Z' }),
    ]);
    expect(read).toMatchObject({
      value: {
        currency: 'USD',
        period: { start: '2026-11-30T00:00:00Z', end: '2026-12-02T00:00:00Z' },
        charges: [
          { row: 2, cost: 1n, hours: 50 },
          { row: 3, cost: -12_500_000_000_000n },
        ],
      },
    });
    expect(exactDecimal('1.5e-3')).toBe(1_500_000_000n);
  });

  it('with broken cells names row, column, reason and next step of all of them', () => {
    const read = bill([
      row({}),
      row({ EffectiveCost: 'n/a', ChargePeriodEnd: '2026-12-02' }),
      row({ EffectiveCost: null, BillingCurrency: 'EUR' }),
    ]);
    expect(read.ok).toBe(false);
    expect(read.diagnostics.map(({ code, path, source }) => [code, path, source?.line])).toEqual([
      ['cost-focus-value', 'ChargePeriodEnd', 3],
      ['cost-focus-value', 'EffectiveCost', 3],
      ['cost-focus-value', 'EffectiveCost', 4],
      ['cost-focus-currency', 'BillingCurrency', undefined],
    ]);
    expect(read.diagnostics.every(({ fix }) => fix !== undefined)).toBe(true);
    expect(read.diagnostics[3]?.summary).toContain('EUR from row 4');
  });

  it('without a column that is needed says which, all at once', () => {
    const table = {
      header: ['BilledCost', 'BillingCurrency'],
      records: [{ row: 2, width: 2, cells: ['1', 'USD'] }],
    };
    const codes = readFocusActuals(table, 'bill.csv').diagnostics.map(({ code, path }) => [code, path]);
    expect(codes).toEqual([
      ['cost-focus-column', 'ChargePeriodEnd'],
      ['cost-focus-column', 'ChargePeriodStart'],
      ['cost-focus-column', 'EffectiveCost'],
    ]);
  });

  it('full of the same problem is cut, with the number of those left out', () => {
    const read = bill(Array.from({ length: 50 }, () => row({ EffectiveCost: 'x' })));
    expect(read.diagnostics).toHaveLength(21);
    expect(read.diagnostics.at(-1)?.summary).toContain('30 more');
  });
});

describe('charges matched with a plan', () => {
  const { lineItems } = buildStatement(samplePlan());
  const line = lineItems[0]!;
  const hardware: Row = {
    SkuPriceDetails: JSON.stringify({ InstanceType: line.instanceType }),
    AvailabilityZone: line.zone,
    PricingCategory: 'Standard',
    x_CapacityType: null,
    x_Workload: null,
  };
  const match = (rows: readonly Row[], needs: 'workload' | 'hardware' = 'workload') => {
    const read = bill(rows.map((own) => row({ ...hardware, ...own })));
    if (!read.ok) throw new Error('unreadable');
    const options = { stack: 'chat', lines: lineItems, workloadTags: ['app', 'workload'], needs };
    return matchActuals(read.value.charges, options);
  };

  it('take the workload of a tag and the hardware of the SKU', () => {
    expect(match([{ Tags: '{"app":"chat"}' }]).used).toMatchObject([
      {
        workload: 'chat',
        team: line.team,
        pool: line.pool,
        instanceType: line.instanceType,
        hours: 50,
        cost: usd(100),
      },
    ]);
  });

  it('are never dropped: what is not matched is listed with why, rows and cost', () => {
    const { used: found, unmatched } = match([
      { Tags: '{"app":"chat"}' },
      { Tags: null },
      { Tags: '{"app":"other"}', EffectiveCost: '7' },
      { Tags: '{"app":"chat","stack":"elsewhere"}', EffectiveCost: '3' },
      { Tags: null, ServiceName: 'Tax', ChargeCategory: 'Tax', SkuPriceDetails: null, EffectiveCost: '2' },
    ]);
    expect(found).toHaveLength(1);
    expect(unmatched.map(({ why, what, rows, firstRow, cost }) => [why, what, rows, firstRow, cost])).toEqual(
      [
        ['hardware of the plan without a workload tag', 'EC2', 1, 3, usd(100)],
        ['of a workload that the plan does not have', 'other', 1, 4, usd(7)],
        ['of another stack', 'elsewhere', 1, 5, usd(3)],
        ['without a workload tag', 'Tax', 1, 6, usd(2)],
      ],
    );
  });

  it('need no workload where hardware is compared', () => {
    const { used: found, unmatched } = match(
      [{ Tags: null }, { SkuPriceDetails: '{"InstanceType":"t2.nano"}' }],
      'hardware',
    );
    expect(found).toMatchObject([{ pool: line.pool, workload: '' }]);
    expect(unmatched).toMatchObject([{ why: 'hardware that the plan does not have', firstRow: 3 }]);
  });

  it('keep every cent: matched and unmatched sum to the bill', () => {
    const cents = fc.integer({ min: -1e9, max: 1e9 });
    const tags = fc.constantFrom('{"app":"chat"}', '{"app":"other"}', null, 'broken', '{}');
    fc.assert(
      fc.property(fc.array(fc.record({ cents, tags }), { minLength: 1, maxLength: 20 }), (charges) => {
        const { used: found, unmatched } = match(
          charges.map((charge) => ({ Tags: charge.tags, EffectiveCost: (charge.cents / 100).toFixed(2) })),
        );
        const sum = sumMoney([...found, ...unmatched].map(({ cost }) => cost));
        expect(sum).toBe(money(charges.reduce((all, charge) => all + charge.cents, 0) * 1e4));
      }),
    );
  });
});
