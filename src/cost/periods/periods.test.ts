import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePlan } from '../../../test/support/sample-plan.ts';
import { serviceSamplePlan } from '../../../test/support/sample-service-plan.ts';
import type { PlanDocument } from '../../model/index.ts';
import { sumMoney, usd, usdPerHour } from '../../units/index.ts';
import { buildStatement } from '../statement/build-statement.ts';
import {
  calendarMonth,
  chargePeriods,
  GRANULARITIES,
  hourOfWeek,
  periodOf,
  sumOverPeriod,
} from './charge-periods.ts';
import { chargesOf } from './charges.ts';
import type { Charge } from './charges.ts';
import { hourProfiles } from './hour-profiles.ts';

const month = fc
  .record({ year: fc.integer({ min: 2020, max: 2040 }), number: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, number }) => `${String(year)}-${String(number).padStart(2, '0')}`);

const total = (charges: readonly Charge[], field: 'billedCost' | 'effectiveCost' | 'listCost') =>
  sumMoney(charges.map((charge) => charge[field]));

/** The plan with its spot capacity reserved instead. */
function withReserved(plan: PlanDocument): PlanDocument {
  const text = JSON.stringify({ ...plan })
    .replaceAll('/spot', '/reserved')
    .replaceAll('"spot"', '"reserved"');
  return JSON.parse(text) as PlanDocument;
}

function chargesFor(
  plan: PlanDocument,
  options: { month: string; granularity: (typeof GRANULARITIES)[number]; basis: 'plan' | 'calendar' },
) {
  const statement = buildStatement(plan);
  const charges = chargesOf(statement.lineItems, {
    periods: chargePeriods(options.month, options.granularity),
    basis: options.basis,
    profiles: hourProfiles(plan),
  });
  return { statement, charges };
}

describe('charge periods', () => {
  it('cover a calendar month without gap or overlap', () => {
    fc.assert(
      fc.property(month, fc.constantFrom(...GRANULARITIES), (text, granularity) => {
        const periods = chargePeriods(text, granularity);
        expect(periods[0]?.start).toBe(`${text}-01T00:00:00Z`);
        periods.slice(1).forEach((period, index) => expect(period.start).toBe(periods[index]?.end));
        expect(periods.at(-1)?.end).toBe(calendarMonth(text).end);
        expect(periods.at(-1)?.end).toMatch(/-01T00:00:00Z$/);
      }),
    );
    expect(chargePeriods('2028-02', 'day')).toHaveLength(29);
    expect(chargePeriods('2026-12', 'hour')).toHaveLength(744);
  });

  it('start their week on Monday: 2026-12-01 is a Tuesday', () => {
    expect(hourOfWeek(calendarMonth('2026-12').startHour)).toBe(24);
    expect(hourOfWeek(-1)).toBe(3 * 24 - 1);
  });

  it('sum a profile hour by hour', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 168, maxLength: 168 }),
        fc.integer({ min: 400_000, max: 500_000 }),
        fc.integer({ min: 0, max: 800 }),
        (profile, start, length) => {
          const period = periodOf(start, start + length);
          let sum = 0;
          for (let hour = start; hour < start + length; hour++) sum += profile[hourOfWeek(hour)]!;
          expect(sumOverPeriod(profile, period)).toBe(sum);
        },
      ),
    );
  });
});

describe('the profile of a line over the week', () => {
  it('has the node hours of its line', () => {
    for (const plan of [samplePlan(), serviceSamplePlan()]) {
      const profiles = hourProfiles(plan);
      for (const item of plan.cost.lineItems) {
        const mean = profiles.get(item.id)!.reduce((sum, value) => sum + value, 0) / 168;
        expect(mean * 730).toBeCloseTo(item.nodeHours, 6);
      }
    }
  });

  it('has more nodes in the hours that have more', () => {
    const plan = serviceSamplePlan();
    const profile = hourProfiles(plan).get(plan.cost.lineItems.find((item) => item.workload === 'web')!.id)!;
    expect(Math.max(...profile)).toBeGreaterThan(0);
    const id = plan.cost.lineItems[0]!.id;
    const even = hourProfiles({ ...plan, decision: { ...plan.decision, nodes: [] } }).get(id)!;
    expect(new Set(even).size).toBe(1);
  });
});

describe('charges', () => {
  it('of a month of the plan sum to the plan in every granularity, billed and effective', () => {
    for (const plan of [samplePlan(), serviceSamplePlan(), withReserved(samplePlan())]) {
      for (const granularity of GRANULARITIES) {
        const { statement, charges } = chargesFor(plan, { month: '2026-12', granularity, basis: 'plan' });
        expect(total(charges, 'effectiveCost')).toBe(statement.totalPerMonth);
        expect(total(charges, 'billedCost')).toBe(statement.totalPerMonth);
        const usage = charges.filter(({ category }) => category === 'Usage');
        expect(total(usage, 'listCost')).toBe(statement.listPerMonth);
        const hours = usage.reduce((sum, { nodeHours }) => sum + nodeHours, 0);
        expect(hours).toBeCloseTo(
          statement.lineItems.reduce((sum, item) => sum + item.nodeHours, 0),
          6,
        );
      }
    }
  });

  it('of a calendar month count its real hours, the same for months, days and hours', () => {
    const plan = samplePlan();
    const sumsOf = (text: string) =>
      GRANULARITIES.map((granularity) =>
        total(chargesFor(plan, { month: text, granularity, basis: 'calendar' }).charges, 'effectiveCost'),
      );
    expect(new Set(sumsOf('2026-12')).size).toBe(1);
    // 168-hour weeks: February 2027 has exactly four of them, so its cost is 672/730 of the plan's month.
    expect(sumsOf('2027-02')[0]! / plan.cost.totalPerMonth).toBeCloseTo(672 / 730, 8);
  });

  it('cost their price times their hours, to the roundings', () => {
    const { charges } = chargesFor(samplePlan(), { month: '2026-12', granularity: 'hour', basis: 'plan' });
    for (const { nodeHours, listUnitPrice, listCost } of charges) {
      expect(Math.abs(listUnitPrice * nodeHours - listCost)).toBeLessThan(3);
    }
  });

  it('cost their price times their hours though a plan on disk holds nine digits of hours', () => {
    const plan = samplePlan();
    const lineItems = plan.cost.lineItems.map((item) => ({
      ...item,
      nodeHours: 152.083333,
      listUnitPrice: usdPerHour(55.04),
      listCost: usd(8370.666667),
    }));
    const written = { ...plan, cost: { ...plan.cost, lineItems } };
    const { charges } = chargesFor(written, { month: '2026-12', granularity: 'month', basis: 'plan' });
    for (const { nodeHours, listUnitPrice, listCost } of charges) {
      expect(Math.abs(listUnitPrice * nodeHours - listCost)).toBeLessThan(1);
    }
  });

  it('split every node whole: the shares of its usage sum to one in each period', () => {
    const { charges } = chargesFor(serviceSamplePlan(), {
      month: '2026-12',
      granularity: 'day',
      basis: 'plan',
    });
    const byNode = Map.groupBy(charges, ({ line, period }) => `${line.offering} ${period.start}`);
    for (const own of byNode.values()) {
      expect(own.reduce((sum, { nodeShare }) => sum + nodeShare, 0)).toBeCloseTo(1, 9);
    }
  });

  it('for reserved capacity are one purchase that is billed and usage that bears it', () => {
    const plan = withReserved(samplePlan());
    const { charges } = chargesFor(plan, { month: '2026-12', granularity: 'month', basis: 'plan' });
    const purchases = charges.filter(({ category }) => category === 'Purchase');
    const covered = charges.filter(
      ({ category, line }) => category === 'Usage' && line.capacityType === 'reserved',
    );
    expect(covered.length).toBeGreaterThan(0);
    expect(total(purchases, 'billedCost')).toBe(total(covered, 'effectiveCost'));
    expect([total(purchases, 'effectiveCost'), total(covered, 'billedCost')]).toEqual([0, 0]);
    expect(new Set(purchases.map(({ line }) => line.offering)).size).toBe(purchases.length);
  });
});
