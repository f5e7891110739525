import { describe, expect, it } from 'vitest';
import { isScored, scoreAccuracy } from './score.ts';
import { measurement, predicted } from './testing/measurements.ts';

describe('scores of predictions', () => {
  const rows = [
    { measurement: measurement({ ttftMs: 100, tpotMs: 20 }), prediction: predicted(110, 10) },
    { measurement: measurement({ ttftMs: 100, tpotMs: 20 }), prediction: predicted(90, 20) },
    {
      measurement: measurement({ ttftMs: 100, tpotMs: 20, system: 'b200', precision: 'fp4' }),
      prediction: predicted(140, 22),
    },
    {
      measurement: measurement({ system: 'b200', mode: 'disagg' }),
      prediction: { ok: false, reason: 'out-of-memory: 3 GiB missing' } as const,
    },
  ];
  const score = scoreAccuracy(rows);

  it('are mean, median and bias of the relative error in percent', () => {
    expect(score.overall.ttft).toEqual({ rows: 3, mapePercent: 20, medianPercent: 10, biasPercent: 10 });
    expect(score.overall.tpot).toEqual({ rows: 3, mapePercent: 20, medianPercent: 10, biasPercent: 0 });
  });

  it('count the request latency as TTFT and one TPOT less than there are output tokens', () => {
    const [first] = rows;
    const one = scoreAccuracy(first === undefined ? [] : [first]).overall.requestLatency;
    expect(one.biasPercent).toBeCloseTo(100 * ((110 + 127 * 10) / (100 + 127 * 20) - 1), 2);
  });

  it('say how many rows were predicted, and why not', () => {
    expect(score.overall).toMatchObject({ rows: 4, predicted: 3 });
    expect(score.coveragePercent).toBe(75);
    expect(score.refused).toEqual([{ reason: 'out-of-memory', rows: 1 }]);
  });

  it('say how many measured values lie inside the interval', () => {
    expect(score.overall.insideIntervalPercent).toEqual({ ttft: 66.67, tpot: 66.67 });
  });

  it('are given by what rows share, sorted', () => {
    expect(score.bySystem.map(({ group, rows: count, predicted: known }) => [group, count, known])).toEqual([
      ['b200', 2, 1],
      ['h100_sxm', 2, 2],
    ]);
    expect(score.byMode.map(({ group }) => group)).toEqual(['agg', 'disagg']);
    expect(score.byMode[1]?.ttft.mapePercent).toBeNull();
    expect(score.byPrecision.map(({ group }) => group)).toEqual(['fp4', 'fp8']);
  });

  it('leave no-number out of JSON where there is no row', () => {
    expect(scoreAccuracy([]).overall.tpot.mapePercent).toBeNull();
    expect(scoreAccuracy([]).coveragePercent).toBeNull();
  });

  it('count the rows that the file does not doubt', () => {
    expect(['', 'ok', 'repaired', 'suspect', 'incomplete'].map((quality) => isScored({ quality }))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
