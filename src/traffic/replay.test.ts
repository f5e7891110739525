import { describe, expect, it } from 'vitest';
import { requestsPerSecond } from '../units/index.ts';
import { traceFromProfile } from './replay.ts';
import { simpleProfile } from './testing/profile.ts';
import { thinTrace } from './thin.ts';

const OPTIONS = { seed: 1, name: 'replay' };

describe('traceFromProfile', () => {
  const profile = simpleProfile({
    hourlyRate: Array.from({ length: 168 }, (_, hour) => requestsPerSecond([0, 1, 4][hour % 3] ?? 0)),
  });

  it('follows the hourly rates, leaving hours of rate 0 empty', () => {
    const { arrival } = traceFromProfile(profile, { hours: 6, startHour: 1, ...OPTIONS });
    const perHour = [0, 1, 2, 3, 4, 5].map(
      (hour) => arrival.filter((time) => Math.floor(time / 3600) === hour).length,
    );
    // Poisson counts: 3600 ± 60 and 14,400 ± 120; five standard deviations.
    [3600, 14_400, 0, 3600, 14_400, 0].forEach((expected, hour) => {
      expect(Math.abs((perHour[hour] ?? 0) - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected));
    });
    arrival.forEach((time, i) => expect(time).toBeGreaterThanOrEqual(arrival[i - 1] ?? 0));
  });

  it('covers a fraction of an hour, and more than a week', () => {
    const half = traceFromProfile(profile, { hours: 0.5, startHour: 2, ...OPTIONS });
    expect(Math.abs(half.arrival.length - 7200)).toBeLessThan(5 * Math.sqrt(7200));
    expect(half.arrival.at(-1)).toBeLessThan(1800);
    const slow = simpleProfile({ hourlyRate: profile.hourlyRate.map(() => requestsPerSecond(0.01)) });
    const long = traceFromProfile(slow, { hours: 400, ...OPTIONS });
    expect(Math.abs(long.arrival.length - 14_400)).toBeLessThan(5 * Math.sqrt(14_400));
  });

  it('is empty when no request comes', () => {
    const silent = simpleProfile({ hourlyRate: profile.hourlyRate.map(() => requestsPerSecond(0)) });
    expect(traceFromProfile(silent, { hours: 24, ...OPTIONS }).isl).toHaveLength(0);
  });
});

describe('thinTrace', () => {
  const trace = {
    arrival: Float64Array.of(0, 1, 2, 3, 4),
    isl: Int32Array.of(10, 11, 12, 13, 14),
    osl: Int32Array.of(1, 2, 3, 4, 5),
    cachedTokens: Int32Array.of(0, 1, 0, 1, 0),
  };

  it('keeps every n-th request; the shares of all replicas make up the trace', () => {
    expect([...thinTrace(trace, 2).isl]).toEqual([10, 12, 14]);
    expect(thinTrace(trace, 2, 1)).toEqual({
      arrival: Float64Array.of(1, 3),
      isl: Int32Array.of(11, 13),
      osl: Int32Array.of(2, 4),
      cachedTokens: Int32Array.of(1, 1),
    });
    expect(thinTrace(trace, 1)).toEqual(trace);
    expect(thinTrace(trace, 9, 7).isl).toHaveLength(0);
  });
});
