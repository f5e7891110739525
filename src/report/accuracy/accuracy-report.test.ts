import { describe, expect, it } from 'vitest';
import { decisionScore, scoreAccuracy } from '../../accuracy/index.ts';
import type { FittedCorrection, PredictedMeasurement } from '../../accuracy/index.ts';
import { measurement, predicted } from '../../accuracy/testing/measurements.ts';
import { renderAccuracy, renderAccuracyMarkdown } from './accuracy-report.ts';
import type { ScoredMeasurements } from './accuracy-report.ts';
import { renderCalibration, renderCalibrationMarkdown } from './calibration-report.ts';

/** A report on two predicted rows and `refused` others. */
function report(refused: number): ScoredMeasurements {
  const rows: readonly PredictedMeasurement[] = [
    { measurement: measurement({ concurrency: 4 }), prediction: predicted(110, 21) },
    { measurement: measurement({ concurrency: 8 }), prediction: predicted(90, 22) },
    ...Array.from({ length: refused }, () => ({
      measurement: measurement({ system: 'b_200' }),
      prediction: { ok: false, reason: 'unknown-system: no b_200' } as const,
    })),
  ];
  return {
    file: 'runs.csv',
    rows: { total: rows.length + 1, unreadable: 1, unmeasured: 0, doubted: 0, scored: rows.length },
    score: scoreAccuracy(rows),
    decisions: decisionScore(rows),
    notPredicted: [
      { id: 'broken', line: 2, reason: 'unreadable: isl is blank', isScored: false },
      ...Array.from({ length: refused }, (_, index) => ({
        id: `r${index}`,
        line: 3 + index,
        reason: 'unknown-system: no b_200',
        isScored: true,
      })),
    ],
  };
}

describe('the report of accuracy', () => {
  it('ends with one sentence of coverage and mean errors', () => {
    const last = renderAccuracy(report(1)).trimEnd().split('\n').at(-1);
    expect(last).toBe(
      '2 of 3 scored rows predicted (66.7 %): mean error TPOT 7.5 %, TTFT 10.0 %, request latency 7.2 %.',
    );
  });

  it('lists ten refused rows and counts the rest; rows that are not scored are only counted', () => {
    const text = renderAccuracy(report(14));
    expect(text.match(/unknown-system: no b_200/g)).toHaveLength(10);
    expect(text).toContain('4 more rows could not be predicted');
    expect(text).toContain('Not predicted: unknown-system 14.');
    expect(text).toContain('1 row that cannot be read');
    expect(text).not.toContain('broken');
  });

  it('has no table of what there is nothing to say about', () => {
    const none = { ...report(0), decisions: decisionScore([]), notPredicted: [] };
    expect(renderAccuracy(none)).not.toMatch(/Decisions|could not be predicted/);
  });

  it('escapes names in Markdown', () => {
    expect(renderAccuracyMarkdown(report(1))).toContain('| system b\\_200 | 1 | 0 | – |');
  });
});

describe('the report of calibrate', () => {
  const { overall } = report(0).score;
  const fitted: FittedCorrection = {
    keys: { model: 'm', accelerator: 'h100-sxm', engine: 'vllm', weightPrecision: 'fp8' },
    factors: { prefill: 1.25, decode: 1.1, ingest: 0.9 },
    rows: 2,
    before: overall,
    after: overall,
    isHelpful: true,
  };
  const calibration = { file: 'runs.csv', rows: { total: 3, used: 2 }, fitted: [fitted] };

  it('shows factors, and a dash for the error of unseen rows that is unknown', () => {
    expect(renderCalibration(calibration)).toMatch(
      /m · h100-sxm · vllm · fp8 +2 +1\.250 +1\.100 +0\.900 +7\.5 +7\.5 +– +10\.0 +10\.0 +– +yes/,
    );
    expect(renderCalibration(calibration)).toContain(
      '1 correction fitted on 2 of 3 rows. Nothing was written',
    );
  });

  it('says where it was written, and when nothing helps', () => {
    expect(renderCalibrationMarkdown({ ...calibration, output: 'c.json' })).toContain('Written to c.json');
    const useless = { ...calibration, output: 'c.json', fitted: [{ ...fitted, isHelpful: false }] };
    expect(renderCalibration(useless)).toMatch(/No correction lowers.*c\.json holds none/);
  });
});
