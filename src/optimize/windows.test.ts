import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrivalProfile } from '../model/index.ts';
import { requestsPerSecond } from '../units/index.ts';
import { hoursPerMonth, timeWindows } from './windows.ts';

function profile(hourly: (hour: number) => number): ArrivalProfile {
  return {
    name: 'test',
    hourlyRate: Array.from({ length: 168 }, (_, hour) => requestsPerSecond(hourly(hour))),
    arrivals: { family: 'gamma', cv: 1 },
    lengths: { inputQuantiles: [10, 10], outputQuantiles: [[10, 10]] },
    prefix: { hitRate: 0 },
    provenance: { evidence: 'assumed', source: 'test' },
  };
}

describe('timeWindows', () => {
  it('plans a flat week as one window at its rate', () => {
    const windows = timeWindows([{ workload: 'chat', profile: profile(() => 4) }]);
    expect(windows).toHaveLength(1);
    expect(windows[0]).toMatchObject({ id: 'w0', peakRate: { chat: 4 } });
    expect(windows[0]?.hours).toHaveLength(168);
    expect(hoursPerMonth(windows[0] ?? never())).toBe(730);
  });

  it('finds the two levels of a day and a night exactly', () => {
    const windows = timeWindows([
      { workload: 'chat', profile: profile((h) => (h % 24 >= 8 && h % 24 < 20 ? 10 : 1)) },
    ]);
    expect(windows.map((window) => [window.id, window.hours.length, window.peakRate.chat])).toEqual([
      ['w0', 84, 10],
      ['w1', 84, 1],
    ]);
    expect(windows[0]?.hours.slice(0, 3)).toEqual([8, 9, 10]);
  });

  it('weighs a quiet workload as much as a busy one', () => {
    const windows = timeWindows([
      { workload: 'busy', profile: profile(() => 1000) },
      { workload: 'quiet', profile: profile((h) => (h < 24 ? 1 : 0.1)) },
    ]);
    expect(windows.map((window) => window.peakRate.quiet)).toEqual([1, 0.1]);
  });

  it('covers every hour once and plans no hour below its rate, whatever the traffic', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(50), { minLength: 168, maxLength: 168 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 5 }),
        (rates, maxWindows) => {
          const traffic = rates.map((hourly, w) => ({
            workload: `w${w}`,
            profile: profile((h) => hourly[h] ?? 0),
          }));
          const windows = timeWindows(traffic, maxWindows);
          expect(windows.length).toBeLessThanOrEqual(maxWindows);
          const hours = windows.flatMap((window) => window.hours).sort((a, b) => a - b);
          expect(hours).toEqual(Array.from({ length: 168 }, (_, h) => h));
          for (const window of windows) {
            for (const hour of window.hours) {
              for (const { workload, profile: p } of traffic) {
                expect(window.peakRate[workload]).toBeGreaterThanOrEqual(p.hourlyRate[hour] ?? 0);
              }
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('wastes no more than any other cut of the sorted hours into two', () => {
    const hourly = Array.from({ length: 168 }, (_, h) => Math.round(100 * (1 + Math.sin(h / 7))));
    const sorted = [...hourly].sort((a, b) => b - a);
    const excess = (from: number, to: number): number =>
      sorted.slice(from, to).reduce((sum, rate) => sum + (sorted[from] ?? 0) - rate, 0);
    const best = Math.min(...sorted.slice(1).map((_, i) => excess(0, i + 1) + excess(i + 1, 168)));
    const windows = timeWindows([{ workload: 'chat', profile: profile((h) => hourly[h] ?? 0) }], 2);
    const wasted = windows
      .flatMap((window) => window.hours.map((h) => (window.peakRate.chat ?? 0) - (hourly[h] ?? 0)))
      .reduce((sum, value) => sum + value, 0);
    expect(wasted).toBeCloseTo(best);
  });

  it('plans nothing where nothing is asked', () => {
    expect(timeWindows([{ workload: 'idle', profile: profile(() => 0) }])[0]?.peakRate.idle).toBe(0);
  });
});

function never(): never {
  throw new Error('unreachable');
}
