import { describe, expect, it } from 'vitest';
import { randomStream } from '../random/index.ts';
import { orderStatistic, studentQuantile, summarizeLatency } from './percentile.ts';

function summary(samples: Float64Array): ReturnType<typeof summarizeLatency> {
  return summarizeLatency(samples, new Float64Array(samples.length));
}

describe('percentiles', () => {
  it('are order statistics by nearest rank', () => {
    const ten = Float64Array.from({ length: 10 }, (_, i) => i + 1);
    expect([0.01, 0.1, 0.11, 0.5, 0.9, 0.99, 1].map((share) => orderStatistic(ten, share))).toEqual([
      1, 1, 2, 5, 9, 10, 10,
    ]);
    expect(orderStatistic(new Float64Array(0), 0.5)).toBe(0);
  });

  it('do not depend on the order of samples, but leave the series as it was', () => {
    const series = Float64Array.from([3, 1, 2]);
    expect(summary(series).p50.value).toBe(2);
    expect([...series]).toEqual([3, 1, 2]);
  });

  it('have intervals that hold the value, up to the largest sample where the data say no more', () => {
    const few = summary(Float64Array.from({ length: 30 }, (_, i) => i));
    expect(few.p99).toEqual({ value: 29, low: expect.any(Number), high: 29 });
    expect(few.p50.low).toBeLessThan(few.p50.value);
    expect(few.p50.high).toBeGreaterThan(few.p50.value);
    expect(summary(new Float64Array(0)).p99).toEqual({ value: 0, low: 0, high: 0 });
    expect(summary(Float64Array.of(5)).mean).toEqual({ value: 5, low: 5, high: 5 });
  });
});

/** Share of 300 series whose interval of `pick` holds the true figure. */
function coverage(
  sample: (seed: number) => Float64Array,
  pick: 'mean' | 'p90' | 'p99',
  truth: number,
): number {
  let held = 0;
  for (let seed = 0; seed < 300; seed++) {
    const { low, high } = summary(sample(seed))[pick];
    if (low <= truth && truth <= high) held++;
  }
  return held / 300;
}

function exponential(seed: number): Float64Array {
  const stream = randomStream(seed, 'exponential');
  return Float64Array.from({ length: 4000 }, () => stream.exponential());
}

/** Exponential samples in a slow random order: a Gaussian AR(1) with correlation 0.9, mapped to exponential. */
function correlated(seed: number): Float64Array {
  const stream = randomStream(seed, 'correlated');
  let state = stream.normal();
  return Float64Array.from({ length: 4000 }, () => {
    state = 0.9 * state + Math.sqrt(1 - 0.81) * stream.normal();
    return -Math.log(1 - normalShare(state));
  });
}

/** Share of a standard normal below x (Abramowitz and Stegun 7.1.26, error below 1.5e-7). */
function normalShare(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const tail = series.reduce((sum, coefficient) => (sum + coefficient) * t, 0) * Math.exp(-z * z);
  return x > 0 ? 1 - tail / 2 : tail / 2;
}

describe('95 % intervals', () => {
  it.each([
    ['mean', 1],
    ['p90', Math.log(10)],
    ['p99', Math.log(100)],
  ] as const)('of %s hold the truth in 0.92 to 0.995 of independent series', (pick, truth) => {
    const share = coverage(exponential, pick, truth);
    expect(share).toBeGreaterThanOrEqual(0.92);
    expect(share).toBeLessThanOrEqual(0.995);
  });

  it.each([
    ['mean', 1],
    ['p90', Math.log(10)],
    ['p99', Math.log(100)],
  ] as const)('of %s hold the truth in at least 0.9 of series with correlation 0.9', (pick, truth) => {
    expect(coverage(correlated, pick, truth)).toBeGreaterThanOrEqual(0.9);
  });

  it('use quantiles of Student t within 0.5 % of the published table (2.262 at 9, 2.093 at 19)', () => {
    expect(Math.abs(studentQuantile(9) / 2.262 - 1)).toBeLessThan(0.005);
    expect(Math.abs(studentQuantile(19) / 2.093 - 1)).toBeLessThan(0.005);
  });
});
