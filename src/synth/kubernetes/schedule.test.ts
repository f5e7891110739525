import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allocation, TimeWindow } from '../../model/index.ts';
import { cronSpans, hourlyReplicas } from './schedule.ts';
import type { CronSpan } from './schedule.ts';

const week = (count: (day: number, hour: number) => number): readonly number[] =>
  Array.from({ length: 168 }, (_, index) => count(Math.floor(index / 24), index % 24));

/** Minutes of the week (Monday 00:00 is 0) at which a cron expression of ours fires. */
function firings(cron: string): readonly number[] {
  const [minute, hour, , , days] = cron.split(' ');
  const dayNumbers =
    days === '*'
      ? [0, 1, 2, 3, 4, 5, 6]
      : (days ?? '').split(',').flatMap((part) => {
          const [first, last] = part.split('-').map(Number);
          return Array.from({ length: (last ?? first ?? 0) - (first ?? 0) + 1 }, (_, i) => (first ?? 0) + i);
        });
  return dayNumbers.map((day) => ((day + 6) % 7) * 1440 + Number(hour) * 60 + Number(minute));
}

/** Whether KEDA holds a span active: its next end comes before its next start (KEDA, cron scaler). */
function isActive(span: CronSpan, minute: number): boolean {
  const next = (cron: string): number =>
    Math.min(...firings(cron).map((fires) => (fires - minute - 1 + 2 * 10_080) % 10_080));
  return next(span.end) < next(span.start);
}

function replicasAt(spans: readonly CronSpan[], minimum: number, minute: number): number {
  return Math.max(minimum, ...spans.filter((span) => isActive(span, minute)).map((span) => span.replicas));
}

describe('cron spans', () => {
  it('working hours of five days become one span, Monday being day 1', () => {
    const hourly = week((day, hour) => (day < 5 && hour >= 8 && hour < 18 ? 4 : 2));
    expect(cronSpans(hourly, 0)).toEqual([{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', replicas: 4 }]);
  });

  it('a start is moved ahead by the lead, across midnight where need be', () => {
    const hourly = week((day, hour) => (day === 0 && hour < 6 ? 3 : 1));
    expect(cronSpans(hourly, 20)).toEqual([{ start: '40 23 * * 0', end: '0 6 * * 1', replicas: 3 }]);
  });

  it('hours around the end of the week are one span', () => {
    const hourly = week((day, hour) => ((day === 6 && hour >= 22) || (day === 0 && hour < 2) ? 2 : 1));
    expect(cronSpans(hourly, 0)).toEqual([{ start: '0 22 * * 0', end: '0 2 * * 1', replicas: 2 }]);
  });

  it('the same hours of every day need no list of days', () => {
    const hourly = week((_, hour) => (hour === 12 ? 2 : 0));
    expect(cronSpans(hourly, 0)).toEqual([{ start: '0 12 * * *', end: '0 13 * * *', replicas: 2 }]);
  });

  it('counts are nested, so a step down to fewer replicas does not pass the minimum', () => {
    const hourly = week((day, hour) => (day > 0 || hour < 6 || hour >= 20 ? 1 : hour < 12 ? 5 : 3));
    expect(cronSpans(hourly, 0)).toEqual([
      { start: '0 6 * * 1', end: '0 20 * * 1', replicas: 3 },
      { start: '0 6 * * 1', end: '0 12 * * 1', replicas: 5 },
    ]);
  });

  it('a constant week has none', () => {
    expect(
      cronSpans(
        week(() => 3),
        10,
      ),
    ).toEqual([]);
  });

  it('followed as KEDA does, they give the planned replicas in every hour of any week', () => {
    const anyWeek = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 168, maxLength: 168 });
    fc.assert(
      fc.property(anyWeek, (hourly) => {
        const spans = cronSpans(hourly, 0);
        const minimum = Math.min(...hourly);
        for (let hour = 0; hour < 168; hour++) {
          expect(replicasAt(spans, minimum, hour * 60 + 30)).toBe(hourly[hour]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('with a lead, replicas are there when an hour begins and never too few', () => {
    const anyWeek = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 168, maxLength: 168 });
    fc.assert(
      fc.property(anyWeek, fc.integer({ min: 1, max: 59 }), (hourly, lead) => {
        const spans = cronSpans(hourly, lead);
        const minimum = Math.min(...hourly);
        for (let hour = 0; hour < 168; hour++) {
          expect(replicasAt(spans, minimum, hour * 60)).toBeGreaterThanOrEqual(hourly[hour] ?? 0);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('replicas by hour', () => {
  const windows: readonly TimeWindow[] = [
    { id: 'w0', hours: [0, 1], peakRate: {} },
    { id: 'w1', hours: [2], peakRate: {} },
  ];
  const allocation = { replicas: { w0: { a: 2, b: 1 } } } as unknown as Allocation;

  it('sum over zones, and are none in a window without an entry', () => {
    expect(hourlyReplicas(allocation, windows).slice(0, 3)).toEqual([3, 3, 0]);
  });

  it('are those of the busiest window in hours of no window', () => {
    expect(hourlyReplicas(allocation, windows)[100]).toBe(3);
  });
});
