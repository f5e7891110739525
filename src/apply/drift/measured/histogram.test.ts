import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOf, mergeHistograms, observations, quantile } from './histogram.ts';
import type { Histogram } from './histogram.ts';

const BOUNDS = [0.1, 0.5, 1, 5, Infinity];

function histogramOf(samples: readonly number[]): Histogram {
  return {
    buckets: BOUNDS.map((le) => ({ le, count: samples.filter((sample) => sample <= le).length })),
    sum: samples.reduce((sum, sample) => sum + sample, 0),
  };
}

const samplesArbitrary = fc.array(fc.double({ min: 0.001, max: 20, noNaN: true }), {
  minLength: 1,
  maxLength: 60,
});

describe('quantiles of buckets', () => {
  it('have the sample quantile inside their interval (property)', () => {
    fc.assert(
      fc.property(samplesArbitrary, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (samples, q) => {
        const found = quantile(histogramOf(samples), q)!;
        const sorted = samples.toSorted((a, b) => a - b);
        const real = sorted[Math.ceil(q * sorted.length) - 1]!;
        expect(real).toBeGreaterThanOrEqual(found.low);
        expect(real).toBeLessThanOrEqual(found.high ?? Infinity);
        expect(found.value).toBeGreaterThanOrEqual(found.low);
        expect(found.value).toBeLessThanOrEqual(found.high ?? Infinity);
      }),
    );
  });

  it('of two histograms merged are those of all samples together (property)', () => {
    fc.assert(
      fc.property(samplesArbitrary, samplesArbitrary, (a, b) => {
        const merged = mergeHistograms([histogramOf(a), histogramOf(b)])!;
        expect(quantile(merged, 0.9)).toEqual(quantile(histogramOf([...a, ...b]), 0.9));
        expect(observations(merged)).toBe(a.length + b.length);
        expect(meanOf(merged)).toBeCloseTo(meanOf(histogramOf([...a, ...b]))!, 9);
      }),
    );
  });

  it('are open above in the last bucket', () => {
    expect(quantile(histogramOf([9, 9]), 0.5)).toEqual({ value: 5, low: 5 });
  });

  it('are unknown without observations', () => {
    expect(quantile(histogramOf([]), 0.5)).toBeUndefined();
    expect(meanOf(histogramOf([]))).toBeUndefined();
    expect(mergeHistograms([])).toBeUndefined();
  });

  it('survive a bucket that extrapolation left below the one before it', () => {
    const buckets = [
      { le: 1, count: 10.2 },
      { le: 2, count: 10.1 },
      { le: Infinity, count: 10.2 },
    ];
    expect(quantile({ buckets, sum: 10 }, 0.99)).toMatchObject({ low: 0, high: 1 });
  });

  it('keep only the bounds that all merged histograms have', () => {
    const other: Histogram = {
      buckets: [
        { le: 1, count: 1 },
        { le: Infinity, count: 1 },
      ],
      sum: 1,
    };
    const merged = mergeHistograms([histogramOf([0.05]), other])!;
    expect(merged.buckets.map(({ le }) => le)).toEqual([1, Infinity]);
  });
});
