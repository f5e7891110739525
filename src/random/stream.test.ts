import { describe, expect, it } from 'vitest';
import { randomStream } from './index.ts';

const COUNT = 100_000;

function moments(draw: () => number): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < COUNT; i++) {
    const x = draw();
    sum += x;
    squares += x * x;
  }
  return { mean: sum / COUNT, variance: squares / COUNT - (sum / COUNT) ** 2 };
}

describe('random streams', () => {
  it('repeat for the same seed and name, and differ for another name or seed', () => {
    const draw = (seed: number, name: string): number[] => {
      const stream = randomStream(seed, name);
      return Array.from({ length: 8 }, () => stream.uniform());
    };
    expect(draw(1, 'arrivals')).toEqual(draw(1, 'arrivals'));
    expect(draw(1, 'arrivals')).not.toEqual(draw(1, 'lengths'));
    expect(draw(1, 'arrivals')).not.toEqual(draw(2, 'arrivals'));
  });

  it('draws uniform numbers in [0, 1) with mean 1/2 and variance 1/12', () => {
    const stream = randomStream(7, 'uniform');
    const { mean, variance } = moments(() => {
      const x = stream.uniform();
      expect(x >= 0 && x < 1).toBe(true);
      return x;
    });
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it.each([
    ['normal', 0, 1],
    ['exponential', 1, 1],
  ] as const)('draws %s numbers with mean %d and variance %d', (kind, mean, variance) => {
    const stream = randomStream(11, kind);
    const found = moments(() => stream[kind]());
    expect(Math.abs(found.mean - mean)).toBeLessThan(0.02);
    expect(Math.abs(found.variance - variance)).toBeLessThan(0.05);
  });

  it.each([0.3, 1, 4.5])('draws Gamma numbers whose mean and variance equal the shape %d', (shape) => {
    const stream = randomStream(13, `gamma-${shape}`);
    const found = moments(() => stream.gamma(shape));
    expect(Math.abs(found.mean - shape)).toBeLessThan(0.03 * Math.max(1, shape));
    expect(Math.abs(found.variance - shape)).toBeLessThan(0.06 * Math.max(1, shape));
  });

  it('draws every integer below the bound and none above', () => {
    const stream = randomStream(17, 'integer');
    const seen = new Set(Array.from({ length: 1000 }, () => stream.integer(6)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
