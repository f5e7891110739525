import { describe, expect, it } from 'vitest';
import {
  calibrationDocument,
  correctionsOf,
  isCalibration,
  measuredPeriod,
  parseCalibration,
} from './calibration-file.ts';
import { errorFigures } from './error-figures.ts';
import type { FittedCorrection } from './fit-correction.ts';
import { measurement } from './testing/measurements.ts';

const ERRORS = { ttft: errorFigures([0.1]), tpot: errorFigures([0.2]), requestLatency: errorFigures([0.3]) };

function fitted(changes: Partial<FittedCorrection> = {}): FittedCorrection {
  return {
    keys: { model: 'm', accelerator: 'h100-sxm', engine: 'vllm', weightPrecision: 'fp8' },
    factors: { prefill: 1.2, decode: 1.1, ingest: 0.9 },
    rows: 5,
    before: ERRORS,
    after: ERRORS,
    leaveOneOut: ERRORS,
    isHelpful: true,
    ...changes,
  };
}

const PROVENANCE = {
  measurements: 'runs.csv',
  sha256: 'f'.repeat(64),
  layout: 'csv',
  measured: { from: '2026-04-03', to: '2026-04-22' },
  coefficients: 'a'.repeat(64),
} as const;

/** The file as it is read again: through JSON. */
function written(): Record<string, unknown> {
  return JSON.parse(JSON.stringify(calibrationDocument([fitted()], PROVENANCE))) as Record<string, unknown>;
}

describe('a calibration file', () => {
  it('is read as it was written', () => {
    const parsed = parseCalibration(written(), 'calibration.json');
    expect(parsed.ok && parsed.value).toEqual(calibrationDocument([fitted()], PROVENANCE));
    expect(parsed.ok && correctionsOf(parsed.value)).toEqual([
      { ...fitted().keys, factors: fitted().factors },
    ]);
  });

  it('leaves out what does not help', () => {
    expect(calibrationDocument([fitted({ isHelpful: false })], PROVENANCE).corrections).toEqual([]);
  });

  it('is told from other JSON by its format', () => {
    expect([isCalibration(written()), isCalibration({}), isCalibration(null), isCalibration([])]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it.each([
    ['another format', { format: 'x' }, 'accuracy-calibration-invalid'],
    ['a later version', { version: 2 }, 'accuracy-calibration-version'],
    ['no version', { version: undefined }, 'accuracy-calibration-version'],
    ['no corrections', { corrections: undefined }, 'accuracy-calibration-invalid'],
    ['a broken correction', { corrections: [{ model: 'm' }] }, 'accuracy-calibration-invalid'],
    [
      'a factor that is none',
      { corrections: [{ ...fitted().keys, factors: { prefill: -1, decode: 1, ingest: 1 } }] },
      'accuracy-calibration-invalid',
    ],
  ])('with %s is refused', (_name, changes, code) => {
    const parsed = parseCalibration({ ...written(), ...changes }, 'calibration.json');
    expect(parsed.ok).toBe(false);
    expect(new Set(parsed.diagnostics.map((item) => item.code))).toEqual(new Set([code]));
  });

  it('says the days of its measurements, not today', () => {
    const rows = ['2026-04-22', '2026-04-03', undefined].map((measured) =>
      measurement(measured === undefined ? {} : { measured }),
    );
    expect(measuredPeriod(rows)).toEqual({ from: '2026-04-03', to: '2026-04-22' });
    expect(measuredPeriod([measurement()])).toBeUndefined();
  });
});
