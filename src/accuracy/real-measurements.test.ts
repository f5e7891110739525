import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { decisionScore } from './decision-score.ts';
import { readMeasurements } from './read-measurements.ts';
import { isScored, scoreAccuracy } from './score.ts';
import type { PredictedMeasurement } from './score.ts';

/** The measured rows, where this machine has them (they are not part of the repository). */
const FOLDER = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'),
  'llm-silicon',
);
const isHere = existsSync(path.join(FOLDER, 'train.csv'));

function readTrain(): ReturnType<typeof readMeasurements> {
  return readMeasurements(readFileSync(path.join(FOLDER, 'train.csv'), 'utf8'), { fileName: 'train.csv' });
}

/** The measured rows that are scored, with what AIConfigurator predicts of them. */
function peerPredictions(): readonly PredictedMeasurement[] {
  const file = readTrain();
  if (!file.ok) throw new Error('train.csv cannot be read');
  const text = readFileSync(path.join(FOLDER, 'aic_baseline_train.csv'), 'utf8');
  const peer = new Map(
    parse<Record<string, string>>(text, { columns: true }).map((row) => [row['id'] ?? '', row]),
  );
  return file.value.measurements.filter(isScored).map((measurement): PredictedMeasurement => {
    const row = peer.get(measurement.id);
    const [ttftMs, tpotMs] = [Number(row?.['aic_ttft_ms']), Number(row?.['aic_tpot_ms'])];
    const none = { low: NaN, high: NaN };
    return {
      measurement,
      prediction:
        tpotMs > 0
          ? { ok: true, ttftMs, tpotMs, ttftInterval: none, tpotInterval: none }
          : { ok: false, reason: 'refused' },
    };
  });
}

describe.skipIf(!isHere)('the measured rows of llm-silicon (skipped where the data folder is absent)', () => {
  it('are 2,340, of which 1,929 are scored: 1,791 aggregated and 138 disaggregated (README of the data)', () => {
    const file = readTrain();
    const rows = file.ok ? file.value.rows : [];
    const scored = (file.ok ? file.value.measurements : []).filter(isScored);
    expect([rows.length, scored.length]).toEqual([2340, 1929]);
    expect(scored.filter(({ mode }) => mode === 'agg')).toHaveLength(1791);
    expect(file.diagnostics).toEqual([]);
  });

  it('give AIConfigurator the errors its README states, row for row', () => {
    const score = scoreAccuracy(peerPredictions());
    expect(score.overall.predicted).toBe(1890);
    const errors = score.byMode.map(({ ttft, tpot, requestLatency }) => [
      ttft.mapePercent,
      tpot.mapePercent,
      requestLatency.mapePercent,
    ]);
    expect(errors).toEqual([
      [expect.closeTo(49.1, 1), expect.closeTo(30.4, 1), expect.closeTo(29.3, 1)],
      [expect.closeTo(64.5, 1), expect.closeTo(41.9, 1), expect.closeTo(31.7, 1)],
    ]);
    expect(score.byMode[0]?.ttft.medianPercent).toBeCloseTo(43.7, 1);
    expect(score.byMode[0]?.tpot.medianPercent).toBeCloseTo(14.85, 2);
  });

  it('let AIConfigurator break a fifth of the limits and keep 86 % of the throughput (known of it: 20 % and 86 %)', () => {
    const score = decisionScore(peerPredictions());
    expect(score.brokenPercent).toBeGreaterThan(19);
    expect(score.brokenPercent).toBeLessThan(23);
    expect(score.keptPercent).toBeGreaterThan(85);
    expect(score.keptPercent).toBeLessThan(88);
  });
});
