import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { Convolver } from './fourier.ts';
import { gammaShare, logGamma } from './gamma-distribution.ts';
import { TimeGrid } from './time-grid.ts';
import { waitingIn } from './waiting.ts';

const total = (masses: Float64Array): number => masses.reduce((sum, mass) => sum + mass, 0);

describe('the gamma distribution', () => {
  it('has the logarithms of factorials and of the square root of pi', () => {
    expect(logGamma(1)).toBeCloseTo(0, 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 11);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
  });

  it.each([0.01, 0.5, 1, 4, 30])('of shape 1 is exponential and of shape 2 Erlang’s at %d', (x) => {
    expect(gammaShare(1, x)).toBeCloseTo(1 - Math.exp(-x), 12);
    expect(gammaShare(2, x)).toBeCloseTo(1 - Math.exp(-x) * (1 + x), 12);
  });
});

describe('a convolution', () => {
  it('is that of the definition', () => {
    const stream = randomStream(3, 'convolution');
    const a = Float64Array.from({ length: 64 }, () => stream.uniform());
    const b = Float64Array.from({ length: 64 }, () => stream.uniform());
    const result = new Convolver(64).convolve(a, b);
    for (let i = 0; i < 64; i++) {
      let sum = 0;
      for (let k = 0; k <= i; k++) sum += a[k]! * b[i - k]!;
      expect(result[i]).toBeCloseTo(sum, 10);
    }
  });
});

describe('a grid of times', () => {
  const grid = new TimeGrid(20, 2048);

  it('sums two exponential times to Erlang’s distribution', () => {
    const sum = grid.sum(grid.gamma(1, 1), grid.gamma(1, 1));
    for (const time of [0.5, 1, 3, 8]) expect(grid.shareBelow(sum, time)).toBeCloseTo(gammaShare(2, time), 4);
  });

  it('gives M/M/1 its exponential response time', () => {
    const waiting = waitingIn({
      rate: 0.6,
      servers: 1,
      serviceTime: 1,
      variability: 1,
      arrivals: { dispersion: 1, share: 1 },
    });
    const response = grid.afterWaiting(grid.gamma(1, 1), waiting);
    for (const share of [0.5, 0.9, 0.99]) {
      expect(grid.quantile(response, share)! / (-Math.log(1 - share) / 0.4)).toBeCloseTo(1, 2);
    }
  });

  it('keeps the mean of a constant and all of its mass', () => {
    const masses = grid.constant(1.2345);
    expect(total(masses)).toBeCloseTo(1, 12);
    expect(masses.reduce((sum, mass, i) => sum + mass * i * grid.step, 0)).toBeCloseTo(1.2345, 10);
  });

  it('takes the longest of three equal exponential times as their cube', () => {
    const longest = grid.longest([{ masses: grid.gamma(1, 1), count: 3 }]);
    for (const time of [0.5, 2, 5]) {
      expect(grid.shareBelow(longest, time)).toBeCloseTo((1 - Math.exp(-time)) ** 3, 3);
    }
  });

  it('counts half a call as one made half of the time', () => {
    const longest = grid.longest([{ masses: grid.gamma(1, 1), count: 0.5 }]);
    expect(grid.shareBelow(longest, 2)).toBeCloseTo(1 - 0.5 * Math.exp(-2), 3);
    expect(total(longest)).toBeCloseTo(1, 6);
  });

  it('leaves what is longer than its end out', () => {
    const masses = new TimeGrid(1, 256).gamma(1, 1);
    expect(total(masses)).toBeCloseTo(1 - Math.exp(-1), 2);
    expect(new TimeGrid(1, 256).quantile(masses, 0.9)).toBeUndefined();
  });
});
