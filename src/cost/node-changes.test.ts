import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeAllocation, TimeWindow } from '../model/index.ts';
import { HOURS_PER_MONTH, HOURS_PER_WEEK } from '../units/index.ts';
import { changeHours, nodeChanges, nodeHoursPerMonth, paidHours, windowChanges } from './node-changes.ts';

const WEEKS_PER_MONTH = HOURS_PER_MONTH / HOURS_PER_WEEK;

/** A week cut into windows: each hour belongs to one of `count`, drawn at random. */
const week = (count: number): fc.Arbitrary<readonly TimeWindow[]> =>
  fc
    .array(fc.nat({ max: count - 1 }), { minLength: HOURS_PER_WEEK, maxLength: HOURS_PER_WEEK })
    .map((drawn) =>
      Array.from({ length: count }, (_, index) => ({
        id: `w${index}`,
        hours: drawn.flatMap((window, hour) => (window === index ? [hour] : [])),
        peakRate: {},
      })),
    );

function allocation(counts: readonly number[]): NodeAllocation {
  return {
    offering: 'a/z1/on-demand',
    pool: 'a',
    zone: 'z1',
    instanceType: 'a.large',
    capacityType: 'on-demand',
    nodes: Object.fromEntries(counts.map((count, index) => [`w${index}`, count])),
  };
}

/** Node hours per month by walking through the week hour by hour. */
function walked(counts: readonly number[], windows: readonly TimeWindow[], perChange: number): number {
  const at = (hour: number): number =>
    counts[windows.findIndex(({ hours }) => hours.includes(hour % HOURS_PER_WEEK))] ?? 0;
  let hours = 0;
  for (let hour = 0; hour < HOURS_PER_WEEK; hour++)
    hours += at(hour) + perChange * Math.max(0, at(hour + 1) - at(hour));
  return hours * WEEKS_PER_MONTH;
}

describe('changeHours', () => {
  it('is start-up, calm of at least five minutes and ten minutes of an empty node, an hour at most', () => {
    expect(changeHours(120)).toBeCloseTo((120 + 300 + 600) / 3600);
    expect(changeHours(900)).toBeCloseTo((900 + 900 + 600) / 3600);
    expect(changeHours(7200)).toBe(1);
  });
});

describe('windowChanges', () => {
  it('counts what follows what around the week', () => {
    const hours = Array.from({ length: HOURS_PER_WEEK }, (_, hour) => hour);
    const days = [hours.filter((hour) => hour % 24 < 8), hours.filter((hour) => hour % 24 >= 8)];
    expect(windowChanges(days.map((own) => ({ hours: own })))).toEqual([
      { from: 0, to: 1, perWeek: 7 },
      { from: 1, to: 0, perWeek: 7 },
    ]);
    expect(windowChanges([{ hours }])).toEqual([]);
  });
});

describe('nodeChanges', () => {
  it('starts as many nodes as a walk through the week, hour by hour', () => {
    fc.assert(
      fc.property(week(3), fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), (windows, counts) => {
        const item = allocation(counts);
        const changes = nodeChanges(item.nodes, windows, 300);
        const all = { ...item, ...(changes === undefined ? {} : { changes }) };
        expect(nodeHoursPerMonth(all, windows)).toBeCloseTo(walked(counts, windows, changeHours(300)), 6);
      }),
      { numRuns: 50 },
    );
  });

  it('are absent where the same nodes stay', () => {
    const windows = [0, 1].map((index) => ({
      id: `w${index}`,
      hours: Array.from({ length: 84 }, (_, hour) => 2 * hour + index),
      peakRate: {},
    }));
    expect(nodeChanges({ w0: 4, w1: 4 }, windows, 300)).toBeUndefined();
    expect(nodeChanges({ w0: 4, w1: 3 }, windows, 300)?.startsPerWeek).toBe(84);
  });
});

describe('paidHours', () => {
  it('is exact where busier windows have at least as many nodes, a bound elsewhere, and never negative', () => {
    fc.assert(
      fc.property(
        week(3),
        fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (windows, counts, perChange) => {
          const hours = paidHours(windows, perChange);
          const paid = counts.reduce((sum, count, index) => sum + count * (hours[index] ?? 0), 0);
          const real = walked(counts, windows, perChange);
          expect(Math.min(...hours)).toBeGreaterThanOrEqual(-1e-9);
          expect(paid).toBeLessThanOrEqual(real + 1e-6);
          const nested = [...counts].sort((a, b) => b - a);
          const exact = nested.reduce((sum, count, index) => sum + count * (hours[index] ?? 0), 0);
          expect(exact).toBeCloseTo(walked(nested, windows, perChange), 6);
        },
      ),
      { numRuns: 50 },
    );
  });
});
