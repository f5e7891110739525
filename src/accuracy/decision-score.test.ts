import { describe, expect, it } from 'vitest';
import { decisionScore, throughputPerGpu } from './decision-score.ts';
import type { PredictedMeasurement } from './score.ts';
import { measurement, predicted } from './testing/measurements.ts';

/** A configuration with a concurrency, a measured and a predicted TPOT; TTFT is next to nothing. */
function configuration(
  concurrency: number,
  measuredMs: number,
  predictedMs: number | undefined,
  changes: Parameters<typeof measurement>[0] = {},
): PredictedMeasurement {
  return {
    measurement: measurement({ concurrency, ttftMs: 0.001, tpotMs: measuredMs, ...changes }),
    prediction: predictedMs === undefined ? { ok: false, reason: 'none' } : predicted(0.001, predictedMs),
  };
}

describe('throughput per GPU', () => {
  it('is what the requests in flight give in one request latency', () => {
    const m = { concurrency: 16, osl: 101, gpus: 4 };
    expect(throughputPerGpu(m, { ttftMs: 1000, tpotMs: 10 })).toBeCloseTo((16 * 101) / 2 / 4, 9);
  });
});

describe('decisions', () => {
  it('keep everything when predictions are right', () => {
    const group = [configuration(8, 10, 10), configuration(16, 14, 14), configuration(32, 25, 25)];
    expect(decisionScore(group, [20])).toMatchObject({
      groups: 1,
      choices: 1,
      broken: 0,
      brokenPercent: 0,
      keptPercent: 100,
      keptCountingBrokenPercent: 100,
      missed: 0,
    });
  });

  it('are broken when the chosen one is measured above the limit', () => {
    const group = [configuration(8, 10, 10), configuration(32, 25, 18)];
    expect(decisionScore(group, [20])).toMatchObject({
      broken: 1,
      brokenPercent: 100,
      keptPercent: null,
      keptCountingBrokenPercent: 0,
    });
  });

  it('keep a share when a better one is thought too slow, or is refused', () => {
    const slow = [configuration(8, 10, 10), configuration(16, 14, 24)];
    const kept = decisionScore(slow, [20]).keptPercent;
    expect(kept).toBeCloseTo((100 * (8 / 10)) / (16 / 14), 1);
    const refused = [configuration(8, 10, 10), configuration(16, 14, undefined)];
    expect(decisionScore(refused, [20]).keptPercent).toBe(kept);
  });

  it('are missed when nothing is predicted to keep a limit that something keeps', () => {
    const group = [configuration(8, 10, 30), configuration(16, 14, 40)];
    expect(decisionScore(group, [20])).toMatchObject({ choices: 0, missed: 1, brokenPercent: null });
  });

  it('are made among configurations of one model, system, backend, precision, ISL and OSL, two at least', () => {
    const changes = [
      { model: 'x' },
      { system: 'x' },
      { engine: 'x' },
      { precision: 'x' },
      { isl: 1 },
      { osl: 2 },
    ];
    const alone = changes.map((change) => configuration(8, 10, 10, change));
    expect(decisionScore(alone).groups).toBe(0);
    expect(decisionScore([...alone, ...alone]).groups).toBe(changes.length);
  });

  it('are counted by limit and in all', () => {
    const group = [configuration(8, 10, 10), configuration(16, 14, 14)];
    const score = decisionScore(group, [5, 12, 20]);
    expect(score.choices).toBe(2);
    expect(score.byLimit.map(({ tpotLimitMs, choices }) => [tpotLimitMs, choices])).toEqual([
      [5, 0],
      [12, 1],
      [20, 1],
    ]);
  });
});
