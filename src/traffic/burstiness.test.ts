import { describe, expect, it } from 'vitest';
import { randomStream } from '../random/index.ts';
import { fitBurstiness, spreadStamps } from './burstiness.ts';
import { gapLaw } from './gap-family.ts';
import type { GapFamily } from './gap-family.ts';

function arrivals(family: GapFamily, cv: number, rateAt: (index: number) => number, count = 40_000) {
  const law = gapLaw(family, cv);
  const stream = randomStream(11, `test/burstiness/${family}/${cv}`);
  let time = 0;
  return Float64Array.from({ length: count }, (_, i) => (time += law.draw(stream) / rateAt(i)));
}

const constant = (): number => 5;

describe('fitBurstiness', () => {
  it.each([
    ['gamma', 0.5, 0.02],
    ['gamma', 2, 0.05],
    ['gamma', 4, 0.1],
    ['weibull', 0.5, 0.02],
    ['weibull', 2, 0.1],
    ['weibull', 4, 0.25],
  ] as const)('recovers family %s and CV %d within a share of %d', (family, cv, tolerance) => {
    const found = fitBurstiness(arrivals(family, cv, constant));
    expect(found.family).toBe(family);
    expect(Math.abs(found.cv / cv - 1)).toBeLessThan(tolerance);
  });

  it('finds CV 1 within 3 % for Poisson arrivals whose rate swings by a factor of ten', () => {
    const swinging = arrivals('gamma', 1, (i) => 5.5 + 4.5 * Math.sin(i / 3000));
    expect(Math.abs(fitBurstiness(swinging).cv - 1)).toBeLessThan(0.03);
  });

  it('is not moved by a few outages', () => {
    const steady = arrivals('gamma', 1, constant);
    const withOutages = steady.map((time, i) => time + 3600 * Math.floor(i / 8000));
    const mean = (withOutages.at(-1) ?? 0) / withOutages.length;
    const gaps = withOutages.slice(1).map((time, i) => time - (withOutages[i] ?? 0));
    const plainCv = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
    expect(plainCv).toBeGreaterThan(20);
    expect(Math.abs(fitBurstiness(withOutages).cv - 1)).toBeLessThan(0.03);
  });

  it('finds CV 1 within 5 % for Poisson arrivals stamped in steps of 3 s, 15 requests each', () => {
    const coarse = arrivals('gamma', 1, constant).map((time) => Math.floor(time / 3) * 3);
    expect(Math.abs(fitBurstiness(coarse).cv - 1)).toBeLessThan(0.05);
  });

  it('takes arrivals without gaps, or with few, for Poisson', () => {
    expect(fitBurstiness(new Float64Array(100))).toEqual({ family: 'gamma', cv: 1 });
    expect(fitBurstiness(Float64Array.of(0, 5, 5.1))).toEqual({ family: 'gamma', cv: 1 });
  });

  it('gives evenly spaced arrivals a CV near 0', () => {
    expect(fitBurstiness(Float64Array.from({ length: 1000 }, (_, i) => i)).cv).toBeLessThan(0.02);
  });
});

describe('spreadStamps', () => {
  it('leaves arrivals without equal stamps alone', () => {
    const distinct = Float64Array.of(0, 0.5, 2);
    expect(spreadStamps(distinct)).toBe(distinct);
  });

  it('moves each stamp later by less than the quantum and keeps the order', () => {
    const coarse = arrivals('gamma', 2, constant, 5000).map((time) => Math.floor(time));
    const spread = spreadStamps(coarse);
    spread.forEach((time, i) => {
      expect(Math.floor(time)).toBe(coarse[i]);
      if (i > 0) expect(time).toBeGreaterThanOrEqual(spread[i - 1] ?? 0);
    });
  });
});
