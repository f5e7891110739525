import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allocation, PlanDocument, TimeWindow } from '../../model/index.ts';
import { CDF_SHARES, cumulative, measuredCumulative } from './cumulative.ts';
import { modelHours, serviceHours } from './hours-of-week.ts';

/** Windows that share out the hours of the week. */
const WINDOWS: fc.Arbitrary<readonly TimeWindow[]> = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 168, maxLength: 168 })
  .map((ofHour) =>
    [0, 1, 2, 3].map((index) => ({
      id: `w${index}`,
      hours: ofHour.flatMap((window, hour) => (window === index ? [hour] : [])),
      peakRate: {},
    })),
  );

const COUNTS = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 4 });

/** A pod set of a role with so many replicas in each window, spread over two zones. */
function podSet(role: string, counts: readonly number[], rate: number): Allocation {
  const replicas = counts.map((count, index) => [
    `w${index}`,
    { a: Math.floor(count / 2), b: Math.ceil(count / 2) },
  ]);
  return {
    workload: 'chat',
    candidate: { role },
    plannedRatePerReplica: rate,
    replicas: Object.fromEntries(replicas),
  } as unknown as Allocation;
}

function planOf(
  windows: readonly TimeWindow[],
  allocations: readonly Allocation[],
): Pick<PlanDocument, 'decision'> {
  return { decision: { windows, allocations } } as unknown as Pick<PlanDocument, 'decision'>;
}

describe('hours of the week', () => {
  it('have the capacity of their window: replicas × rate, of roles apart the lesser', () => {
    fc.assert(
      fc.property(
        WINDOWS,
        COUNTS,
        COUNTS,
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (windows, one, two, rate) => {
          const together = modelHours(
            planOf(windows, [podSet('aggregated', one, rate), podSet('aggregated', two, 2 * rate)]),
            'chat',
          );
          const apart = modelHours(
            planOf(windows, [podSet('prefill', one, rate), podSet('decode', two, 2 * rate)]),
            'chat',
          );
          expect([together.length, apart.length]).toEqual([168, 168]);
          for (const [index, window] of windows.entries()) {
            for (const hour of window.hours) {
              const [a, b] = [one[index]! * rate, two[index]! * 2 * rate];
              expect(Math.abs(together[hour]!.capacity - (a + b))).toBeLessThanOrEqual(1e-5 * (a + b));
              expect(Math.abs(apart[hour]!.capacity - Math.min(a, b))).toBeLessThanOrEqual(
                1e-5 * Math.min(a, b),
              );
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of a service without replicas have no capacity, however fast one would be', () => {
    const windows = [{ id: 'w0', hours: [], peakRate: {} }];
    const decision = {
      shape: { ratePerReplica: Infinity },
      load: { w0: { requestRate: 0, needed: 0, planned: 0 } },
    } as unknown as Parameters<typeof serviceHours>[1];
    expect(serviceHours({ windows }, decision)[0]).toEqual({ demand: 0, capacity: 0 });
  });
});

describe('a distribution', () => {
  it('rises, and has at each share the nearest rank of what was measured', () => {
    const times = fc.array(fc.double({ min: 1e-4, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 20 }), (measured, warmup) => {
        // Warm-up requests, and those that were not answered, do not count.
        const column = Float64Array.from([...Array.from({ length: warmup }, () => 5e4), NaN, ...measured]);
        const cdf = measuredCumulative(column, measured.length + 1);
        expect(cdf.map((point) => point.share)).toEqual(CDF_SHARES);
        for (const { seconds, share } of cdf) {
          const within = measured.filter((time) => time <= seconds * (1 + 1e-5)).length;
          const below = measured.filter((time) => time < seconds * (1 - 1e-5)).length;
          expect(within).toBeGreaterThanOrEqual(share * measured.length - 1e-9);
          expect(below).toBeLessThan(share * measured.length + 1e-9);
        }
      }),
    );
  });

  it('leaves out what nobody knows and never falls', () => {
    const cdf = cumulative((share) => (share > 0.9 ? undefined : 1 - share));
    expect(cdf.every((point) => point.share <= 0.9)).toBe(true);
    expect(new Set(cdf.map((point) => point.seconds)).size).toBe(1);
  });
});
