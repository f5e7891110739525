import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestsPerSecond } from '../units/index.ts';
import { scaleProfile } from './scale-profile.ts';
import { simpleProfile } from './testing/profile.ts';

const meanOf = (rates: readonly number[]): number =>
  rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
const peakHours = (rates: readonly number[]): number[] => {
  const peak = Math.max(...rates);
  return [...rates.keys()].filter((hour) => (rates[hour] ?? 0) > peak * (1 - 1e-9));
};

/** Rates 1..24 over each day, higher at weekends. */
const uneven = simpleProfile({
  hourlyRate: Array.from({ length: 168 }, (_, hour) =>
    requestsPerSecond(1 + (hour % 24) + (hour >= 120 ? 3 : 0)),
  ),
});

describe('scaleProfile', () => {
  it('leaves the profile as it is without changes', () => {
    expect(scaleProfile(uneven, {})).toEqual(uneven);
  });

  it('reaches mean and ratio of peak to mean for flat and uneven weeks', () => {
    const meanRate = fc.double({ min: 0.1, max: 1e4, noNaN: true });
    const ratio = fc.double({ min: 1, max: 8, noNaN: true });
    fc.assert(
      fc.property(meanRate, ratio, fc.boolean(), (rate, peakToMean, isFlat) => {
        const { hourlyRate } = scaleProfile(isFlat ? simpleProfile() : uneven, {
          meanRate: rate,
          peakToMean,
        });
        expect(meanOf(hourlyRate) / rate).toBeCloseTo(1, 9);
        expect(Math.max(...hourlyRate) / rate).toBeCloseTo(peakToMean, 6);
        expect(Math.min(...hourlyRate)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('turns a flat week into a sinusoid over 24 h with its peak at the stated hour', () => {
    const { hourlyRate } = scaleProfile(simpleProfile(), { peakToMean: 1.5, peakHour: 9 });
    expect(peakHours(hourlyRate)).toEqual([0, 1, 2, 3, 4, 5, 6].map((day) => day * 24 + 9));
    // 2/s × (1 + 0.5·cos(2π·hours/24)): peak 3, six hours later 2, twelve hours later 1.
    expect(
      [hourlyRate[9], hourlyRate[15], hourlyRate[21], hourlyRate[27]].map((rate) => rate?.toFixed(6)),
    ).toEqual(['3.000000', '2.000000', '1.000000', '2.000000']);
  });

  it('turns an uneven week without changing its rates', () => {
    const { hourlyRate } = scaleProfile(uneven, { peakHour: 6 });
    expect(new Set(peakHours(hourlyRate).map((hour) => hour % 24))).toEqual(new Set([6]));
    expect(hourlyRate.toSorted((a, b) => a - b)).toEqual(uneven.hourlyRate.toSorted((a, b) => a - b));
  });

  it('replaces burstiness and prefix hit rate', () => {
    const scaled = scaleProfile(uneven, { burstiness: 2.5, prefixHitRate: 0.4 });
    expect(scaled.arrivals).toEqual({ family: 'gamma', cv: 2.5 });
    expect(scaled.prefix).toEqual({ hitRate: 0.4 });
    expect(scaled.hourlyRate).toBe(uneven.hourlyRate);
  });

  it('moves share quantiles along with the hit rate, within 0..1', () => {
    const profile = simpleProfile({ prefix: { hitRate: 0.5, shareQuantiles: [[0, 0.5, 1]] } });
    expect(scaleProfile(profile, { prefixHitRate: 0.25 }).prefix.shareQuantiles).toEqual([[0, 0.25, 0.5]]);
    expect(scaleProfile(profile, { prefixHitRate: 0.75 }).prefix.shareQuantiles).toEqual([[0.5, 0.75, 1]]);
  });
});
