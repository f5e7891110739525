import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMALL_PROBLEM } from '../../test/support/small-problem.ts';
import { measurementCsv } from '../accuracy/testing/measurements.ts';
import { shippedCoefficients } from '../perf/index.ts';
import { scoreMeasurements } from './accuracy.ts';
import { calibrateDeployments } from './calibrate.ts';
import { coefficientsHash, loadCalibrations } from './calibration-files.ts';
import { loadStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';

let folder: string;

beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-calibration-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function host(): EngineHost {
  return { workingDirectory: folder, today: '2026-11-21', emit: () => undefined, elapsedSeconds: () => 0 };
}

function write(name: string, text: string): void {
  writeFileSync(path.join(folder, name), text);
}

function read(name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

const QUIET = { deployment: {}, calibrations: [] };

/** Four operating points of one deployment, as yet without latencies of its own. */
const POINTS = [1, 8, 32, 128].map((concurrency) => ({
  id: `c${concurrency}`,
  concurrency,
  measured: '2026-04-03',
}));

/** Writes `runs.csv`: a deployment that takes 1.3 times as long as the model says. */
async function writeSlowRuns(): Promise<void> {
  write('points.csv', measurementCsv(...POINTS));
  await scoreMeasurements(
    { ...QUIET, measurements: 'points.csv', predictions: 'points-predicted.csv' },
    host(),
  );
  const rows = read('points-predicted.csv').trim().split('\n').slice(1);
  write(
    'runs.csv',
    measurementCsv(
      ...POINTS.map((point, index) => {
        const [, ttft, tpot] = rows[index]?.split(',') ?? [];
        return { ...point, ttft_ms: 1.3 * Number(ttft), tpot_ms: 1.3 * Number(tpot) };
      }),
    ),
  );
}

describe('scoring a measurement file', () => {
  it('writes one prediction per row in the order of the file, readable or not', async () => {
    write(
      'runs.csv',
      measurementCsv({}, { id: 'b', isl: 'x' }, { id: 'c', ttft_ms: '0' }, { id: 'd', model: 'no/such' }),
    );
    const outcome = await scoreMeasurements(
      { ...QUIET, measurements: 'runs.csv', predictions: 'out/predictions.csv' },
      host(),
    );
    const lines = read('out/predictions.csv').trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(',')[0])).toEqual(['a', 'b', 'c', 'd']);
    expect(lines[0]).toMatch(/^a,\d+\.\d{4},\d+\.\d{4},(\d+\.\d{4},){4}$/);
    expect(lines[1]).toMatch(/^b,,,,,,,.*isl/);
    expect(lines[2]).toMatch(/^c,\d+\.\d{4},/);
    expect(lines[3]).toMatch(/^d,,,,,,,.*unknown-model/);
    expect(outcome.ok && outcome.value).toMatchObject({
      rows: { total: 4, unreadable: 1, unmeasured: 1, scored: 2 },
      score: { overall: { rows: 2, predicted: 1 }, refused: [{ reason: 'unknown-model', rows: 1 }] },
      notPredicted: [
        { id: 'b', line: 3, isScored: false },
        { id: 'd', line: 5, isScored: true },
      ],
      notMeasured: [{ id: 'c', line: 4, reason: expect.stringContaining('ttft_ms is 0') as string }],
      predictionsFile: 'out/predictions.csv',
    });
    expect(outcome.diagnostics.map(({ code, path: at, source }) => [code, at, source?.line])).toEqual([
      ['accuracy-row-skipped', 'isl', 3],
      ['accuracy-row-skipped', 'ttft_ms', 4],
      ['accuracy-not-predicted', 'model', 5],
    ]);
  });

  it('names the closest model of an unknown one, once for all its rows', async () => {
    write(
      'runs.csv',
      measurementCsv({}, ...Array.from({ length: 3 }, () => ({ model: 'meta-llama/Llama-3.1-71B' }))),
    );
    const outcome = await scoreMeasurements({ ...QUIET, measurements: 'runs.csv' }, host());
    expect(outcome.diagnostics).toEqual([
      expect.objectContaining({
        summary: expect.stringContaining('3 rows'),
        fix: expect.stringContaining('Llama-3.1-70B'),
      }),
    ]);
  });

  it('keeps rows that the file doubts out of the score, yet predicts them', async () => {
    write('runs.csv', measurementCsv({ quality: 'ok' }, { id: 'b', quality: 'suspect' }));
    const outcome = await scoreMeasurements(
      { ...QUIET, measurements: 'runs.csv', predictions: 'p.csv' },
      host(),
    );
    expect(outcome.ok && outcome.value.rows).toMatchObject({ total: 2, doubted: 1, scored: 1 });
    expect(read('p.csv')).toMatch(/\nb,\d/);
  });

  it.each([
    ['no file', 'missing.csv', 'engine-file-not-found'],
    ['an empty file', 'empty.csv', 'accuracy-empty'],
    ['no row that can be scored', 'unscored.csv', 'accuracy-nothing-scored'],
  ])('fails on %s', async (_name, file, code) => {
    write('empty.csv', '');
    write('unscored.csv', measurementCsv({ tpot_ms: '0' }));
    const outcome = await scoreMeasurements({ ...QUIET, measurements: file }, host());
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.at(-1)?.code).toBe(code);
  });

  it('reads standard input', async () => {
    const outcome = await scoreMeasurements(
      { ...QUIET, measurements: '-', stdin: measurementCsv({}) },
      host(),
    );
    expect(outcome.ok && outcome.value.file).toBe('stdin');
  });
});

describe('calibrating a deployment', () => {
  it('writes a file that lowers the error of the same runs, with the same bytes again', async () => {
    await writeSlowRuns();
    const options = { measurements: 'runs.csv', deployment: {}, output: 'calibration.json' };
    expect((await calibrateDeployments(options, host())).ok).toBe(true);
    const first = read('calibration.json');
    await calibrateDeployments(options, host());
    expect(read('calibration.json')).toBe(first);
    expect(JSON.parse(first)).toMatchObject({
      format: 'plimsoll-calibration',
      version: 1,
      provenance: {
        measurements: 'runs.csv',
        measured: { from: '2026-04-03', to: '2026-04-03' },
        coefficients: coefficientsHash(shippedCoefficients()),
      },
      corrections: [
        {
          model: 'meta-llama/Meta-Llama-3.1-70B',
          accelerator: 'h100-sxm',
          engine: 'vllm',
          weightPrecision: 'fp8',
          rows: 4,
        },
      ],
    });
    const score = async (calibrations: readonly string[]): Promise<number> => {
      const outcome = await scoreMeasurements({ ...QUIET, measurements: 'runs.csv', calibrations }, host());
      return outcome.ok ? (outcome.value.score.overall.tpot.mapePercent ?? NaN) : NaN;
    };
    expect(await score(['calibration.json'])).toBeLessThan(0.5 * (await score([])));
  });

  it('warns when a deployment has fewer than three rows', async () => {
    write('runs.csv', measurementCsv({ tpot_ms: '30' }));
    const outcome = await calibrateDeployments({ measurements: 'runs.csv', deployment: {} }, host());
    expect(outcome.ok && outcome.value.fitted[0]?.rows).toBe(1);
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(['accuracy-few-rows']);
  });
});

describe('a stack that names calibration files', () => {
  const STACK = `${SMALL_PROBLEM}calibration: [./calibration.json]\n`;

  async function calibrate(): Promise<void> {
    await writeSlowRuns();
    await calibrateDeployments(
      { measurements: 'runs.csv', deployment: {}, output: 'calibration.json' },
      host(),
    );
  }

  it('has coefficients with their corrections, which count in the hash of a plan', async () => {
    await calibrate();
    write('problem.yaml', STACK);
    const loaded = await loadStack('problem.yaml', host());
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.ok && loaded.value.coefficients.corrections).toHaveLength(1);
    expect(loaded.ok && loaded.value.document.calibration).toEqual(['./calibration.json']);
  });

  it('without one has the shipped coefficients', async () => {
    write('problem.yaml', SMALL_PROBLEM);
    const loaded = await loadStack('problem.yaml', host());
    expect(loaded.ok && loaded.value.coefficients).toBe(shippedCoefficients());
  });

  it('fails when a file is absent, no JSON, or of another kind', async () => {
    write('problem.yaml', SMALL_PROBLEM.concat('calibration: [gone.json, broken.json, other.json]\n'));
    write('broken.json', '{');
    write('other.json', '{"format": "something"}');
    const loaded = await loadStack('problem.yaml', host());
    expect(loaded.diagnostics.map(({ code }) => code).sort()).toEqual([
      'accuracy-calibration-invalid',
      'engine-file-invalid',
      'engine-file-not-found',
    ]);
  });

  it('fails when two files correct the same deployment', async () => {
    await calibrate();
    write('second.json', read('calibration.json'));
    const outcome = await loadCalibrations(['calibration.json', 'second.json'], { folder, host: host() });
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(['accuracy-calibration-conflict']);
  });

  it('is warned when a file was fitted against other coefficients', async () => {
    await calibrate();
    write(
      'calibration.json',
      read('calibration.json').replace(coefficientsHash(shippedCoefficients()), 'b'.repeat(64)),
    );
    const outcome = await loadCalibrations(['calibration.json'], { folder, host: host() });
    expect(outcome.ok).toBe(true);
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(['accuracy-calibration-outdated']);
  });
});
