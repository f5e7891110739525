import { describe, expect, it } from 'vitest';
import { randomStream } from '../random/index.ts';
import { gapLaw, logGamma, weibullShape } from './gap-family.ts';

const DRAWS = 400_000;

function moments(family: 'gamma' | 'weibull', cv: number): { mean: number; cv: number } {
  const law = gapLaw(family, cv);
  const stream = randomStream(7, `test/${family}/${cv}`);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < DRAWS; i++) {
    const gap = law.draw(stream);
    sum += gap;
    squares += gap * gap;
  }
  const mean = sum / DRAWS;
  return { mean, cv: Math.sqrt(squares / DRAWS - mean * mean) / mean };
}

describe('logGamma', () => {
  it('gives factorials and the half-integer values', () => {
    expect(logGamma(1)).toBeCloseTo(0, 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 10);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
    expect(logGamma(0.1)).toBeCloseTo(Math.log(9.513507698668732), 10);
  });
});

describe('weibullShape', () => {
  it('is 1 for CV 1, 2 for the Rayleigh law and 0.5 for CV √5', () => {
    // CV² = Γ(1+2/k)/Γ(1+1/k)² − 1: k = 1: 2/1 − 1; k = 2: 1/(π/4) − 1; k = 1/2: 24/4 − 1.
    expect(weibullShape(1)).toBeCloseTo(1, 9);
    expect(weibullShape(Math.sqrt(4 / Math.PI - 1))).toBeCloseTo(2, 9);
    expect(weibullShape(Math.sqrt(5))).toBeCloseTo(0.5, 9);
  });
});

describe.each(['gamma', 'weibull'] as const)('%s gaps', (family) => {
  it.each([0.3, 1, 2, 4])('have mean 1 and CV %d', (cv) => {
    const found = moments(family, cv);
    expect(Math.abs(found.mean - 1)).toBeLessThan(0.005 + (4 * cv) / Math.sqrt(DRAWS));
    expect(Math.abs(found.cv / cv - 1)).toBeLessThan(family === 'weibull' && cv > 2 ? 0.15 : 0.03);
  });

  it('have a density that integrates to one and agrees with the probability of short gaps', () => {
    const law = gapLaw(family, 1.5);
    const steps = 200_000;
    let total = 0;
    let short = 0;
    // Substituting x = e^y spreads the grid over the pole at 0.
    for (let i = 0; i < steps; i++) {
      const gap = Math.exp(-30 + (36 * (i + 0.5)) / steps);
      const mass = Math.exp(law.logDensity(gap)) * gap * (36 / steps);
      total += mass;
      if (gap < 1e-3) short += mass;
    }
    expect(total).toBeCloseTo(1, 3);
    expect(Math.exp(law.logBelow(1e-3)) / short).toBeCloseTo(1, 2);
  });

  it('are exponential at CV 1', () => {
    const law = gapLaw(family, 1);
    for (const gap of [0.01, 0.5, 1, 4]) expect(law.logDensity(gap)).toBeCloseTo(-gap, 9);
  });
});
