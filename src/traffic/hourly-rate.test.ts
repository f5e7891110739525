import { describe, expect, it } from 'vitest';
import { hourlyRates } from './hourly-rate.ts';

const HOUR = 3600;

/** Evenly spaced arrivals with `perHour(hour since start)` requests in each hour. */
function evenly(hours: number, perHour: (hour: number) => number): Float64Array {
  const times: number[] = [];
  for (let hour = 0; hour < hours; hour++) {
    const count = perHour(hour);
    for (let i = 0; i < count; i++) times.push((hour + (i + 0.5) / count) * HOUR);
  }
  const first = times[0] ?? 0;
  return Float64Array.from(times, (time) => time - first);
}

describe('hourlyRates', () => {
  it('are the mean rate in every hour for a trace shorter than a day', () => {
    const rates = hourlyRates({ arrival: Float64Array.of(0, 10, 20, 30), startHourOfWeek: 100 });
    expect(new Set(rates)).toEqual(new Set([0.1]));
    expect(rates).toHaveLength(168);
  });

  it('follow the hours of the week for a whole week', () => {
    const shape = (hour: number): number => 100 + 10 * (hour % 24) + Math.floor(hour / 24);
    const rates = hourlyRates({ arrival: evenly(168, shape), startHourOfWeek: 0 });
    rates.forEach((rate, hour) => expect(Math.abs(rate * HOUR - shape(hour))).toBeLessThan(2.5));
  });

  it('start at the stated hour and repeat the time of day for hours not observed', () => {
    // Two days beginning Wednesday 00:00, busy at 09:00 to 10:00.
    const arrival = evenly(48, (hour) => (hour % 24 === 9 ? 1000 : 100));
    const rates = hourlyRates({ arrival, startHourOfWeek: 48 });
    for (const day of [0, 1, 2, 3, 4, 5, 6]) {
      expect((rates[day * 24 + 9] ?? 0) * HOUR).toBeGreaterThan(950);
      expect((rates[day * 24 + 15] ?? 0) * HOUR).toBeLessThan(110);
    }
  });

  it('average the weeks of a longer trace', () => {
    const arrival = evenly(3 * 168, (hour) => (hour < 168 ? 60 : 120));
    const rates = hourlyRates({ arrival, startHourOfWeek: 0 });
    expect((rates[50] ?? 0) * HOUR).toBeCloseTo(100, 0);
  });
});
