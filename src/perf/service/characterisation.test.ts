import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { fitQueue, loadLevels, median } from './characterisation.ts';
import type { LoadMoment } from './characterisation.ts';
import { fitLine } from './fit-line.ts';
import { fitSpread } from './fit-spread.ts';

function moment(requestRate: number, more: Partial<LoadMoment> = {}): LoadMoment {
  const latency = { p50: 0.01 + requestRate / 1e4, p90: 0.02 + requestRate / 5e3 };
  return {
    requestRate,
    failedShare: 0,
    latency,
    users: 0,
    cpuCores: requestRate / 100,
    memory: 1e8,
    ...more,
  };
}

describe('a fitted line', () => {
  it('finds the line that points lie on, and how far they lie off it', () => {
    const points = [0, 1, 2, 3, 4].map((x) => [x, 2 + 3 * x] as const);
    expect(fitLine(points)).toMatchObject({ intercept: 2, slope: 3, explained: 1, points: 5 });
    const noisy = fitLine(points.map(([x, y], i) => [x, y + (i % 2 === 0 ? 1 : -1)] as const))!;
    expect(noisy.residual).toBeGreaterThan(0.9);
    expect(noisy.explained).toBeLessThan(1);
  });

  it('is none for two points or for a rate that never changes', () => {
    expect(
      fitLine([
        [0, 1],
        [1, 2],
      ]),
    ).toBeUndefined();
    expect(
      fitLine([
        [5, 1],
        [5, 2],
        [5, 3],
      ]),
    ).toBeUndefined();
  });
});

describe('a fitted spread', () => {
  it('is that of an exponential time where its ninth decile is ln 10 / ln 2 medians', () => {
    const { mean, variability } = fitSpread(Math.log(2), Math.log(10), 0.9);
    expect(mean).toBeCloseTo(1, 6);
    expect(variability).toBeCloseTo(1, 6);
  });

  it('stays within its bounds for times that never or always differ', () => {
    expect(fitSpread(1, 1, 0.9).variability).toBeCloseTo(0.05, 6);
    expect(fitSpread(1, 1e9, 0.9).variability).toBeCloseTo(4, 6);
  });
});

describe('levels of load', () => {
  it('ascend in rate, never fall in latency, and hold every moment', () => {
    const stream = randomStream(1, 'levels');
    const moments = Array.from({ length: 100 }, () => {
      const rate = 10 + 90 * stream.uniform();
      return moment(rate, { latency: { p50: stream.uniform(), p95: 1 + stream.uniform() } });
    });
    const levels = loadLevels(moments);
    expect(levels).toHaveLength(8);
    expect(levels.reduce((sum, level) => sum + level.moments, 0)).toBe(100);
    for (let i = 1; i < levels.length; i++) {
      expect(levels[i]!.requestRate).toBeGreaterThan(levels[i - 1]!.requestRate);
      expect(levels[i]!.latency.p50).toBeGreaterThanOrEqual(levels[i - 1]!.latency.p50!);
      expect(levels[i]!.latency.p95).toBeGreaterThanOrEqual(levels[i]!.latency.p50!);
    }
  });

  it('of one rate are one, and few moments make few', () => {
    expect(loadLevels(Array.from({ length: 40 }, () => moment(7)))).toHaveLength(1);
    expect(loadLevels([moment(1), moment(9)])).toHaveLength(1);
  });

  it('count failures by requests, not by moments', () => {
    const [level] = loadLevels([moment(1, { failedShare: 1 }), moment(9), moment(10)]);
    expect(level!.failedShare).toBeCloseTo(1 / 20, 12);
    expect(median([3, 1, 2, 10])).toBe(2.5);
  });
});

describe('a fitted queue', () => {
  it('finds the CPU seconds, the spread and the time without CPU that made the measurements', () => {
    // Exponential response times of mean 30 ms of which 10 ms are CPU, on a replica with 1 MB for each request in it.
    const moments = [1, 2, 3, 10, 20, 30].map((rate) =>
      moment(rate, {
        latency: { p50: 0.03 * Math.log(2), p90: 0.03 * Math.log(10) },
        cpuCores: 0.05 + 0.01 * rate,
        memory: 5e7 + 1e6 * rate * 0.03 * Math.log(2),
      }),
    );
    const samples = moments.map((item) => [item.requestRate, item.cpuCores] as const);
    const fit = fitQueue(moments, samples, 1)!;
    expect(fit.cpuSeconds).toBeCloseTo(0.01, 9);
    expect(fit.cpu.intercept).toBeCloseTo(0.05, 9);
    expect(fit.variability).toBeCloseTo(1, 3);
    expect(fit.idleSeconds).toBeCloseTo(0.02, 4);
    expect(fit.memoryPerRequest / 1e6).toBeCloseTo(1, 6);
    expect(fit.baseMemory / 5e7).toBeCloseTo(1, 6);
  });

  it('is none where CPU falls as requests rise', () => {
    const moments = [1, 2, 3].map((rate) => moment(rate));
    expect(
      fitQueue(
        moments,
        [
          [1, 3],
          [2, 2],
          [3, 1],
        ],
        1,
      ),
    ).toBeUndefined();
  });
});
