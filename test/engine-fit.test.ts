import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admissionIndex,
  ENGINES,
  holds,
  KNOBS,
  overheadsAt,
  priorParameters,
  SIZE,
  waitsAt,
} from '../scripts/engine-fit/parameters.ts';
import { errorGrid, SHARES } from '../scripts/engine-fit/error-grid.ts';
import { robustRidge } from '../scripts/engine-fit/robust-ridge.ts';
import { readMeasurements } from '../src/accuracy/index.ts';

const PROVENANCE = { evidence: 'assumed', source: 'test', date: '2026-11-21' } as const;

describe('robust ridge', () => {
  const equation = (x: number, y: number) => ({
    columns: [0, 1],
    coefficients: [1, x],
    residual: y,
    weight: 1,
  });
  const loose = { start: [0, 0], prior: [0, 0], hold: [1e-9, 1e-9] };

  it('finds the line through most points, whatever one of them says', () => {
    const points = Array.from({ length: 20 }, (_, i) => equation(i / 10, 0.3 - 0.2 * (i / 10)));
    const [level, slope] = robustRidge([...points, equation(1, 5)], loose, 10);
    expect(level).toBeCloseTo(0.3, 2);
    expect(slope).toBeCloseTo(-0.2, 2);
  });

  it('goes to the prior where nothing speaks against it, and keeps within its step', () => {
    expect(robustRidge([], { start: [2, 0], prior: [0.5, 0], hold: [1, 1] }, 10)[0]).toBeCloseTo(-1.5, 9);
    expect(robustRidge([equation(0, 9)], loose, 0.8)[0]).toBe(0.8);
  });
});

describe('parameters of the engine fit', () => {
  it('give every engine the prior values at the prior', () => {
    for (const overheads of overheadsAt(priorParameters(), PROVENANCE)) {
      for (const knob of KNOBS) expect(overheads[knob.name]).toBeCloseTo(knob.prior, 9);
    }
    expect(holds()).toHaveLength(SIZE);
  });

  it('stay inside their physical range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: SIZE, maxLength: SIZE }),
        (p) => {
          for (const overheads of overheadsAt(p, PROVENANCE)) {
            for (const knob of KNOBS) {
              expect(overheads[knob.name]).toBeGreaterThanOrEqual(knob.low * 0.99);
              expect(overheads[knob.name]).toBeLessThanOrEqual(knob.high * 1.01);
            }
            expect(overheads.admissionSteps).toBeGreaterThanOrEqual(0);
          }
          expect(
            Math.min(...Object.values(waitsAt(p) as unknown as Record<string, number>)),
          ).toBeGreaterThanOrEqual(0);
        },
      ),
    );
    expect(admissionIndex(0)).toBeLessThan(SIZE);
  });
});

describe('the grid of held-out errors', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    engine: i % 2 === 0 ? 'a' : 'b',
    ttft: (i + 1) / 500,
    tpot: 1,
  }));

  it('holds quantiles by engine, rising with the share, whatever the order of the rows', () => {
    const grid = errorGrid(['a', 'b'], rows);
    expect(grid.engines['a']?.ttftQuantiles).toHaveLength(SHARES.length);
    expect(grid.engines['a']?.ttftQuantiles).toEqual(
      [...(grid.engines['a']?.ttftQuantiles ?? [])].sort((x, y) => x - y),
    );
    expect(grid.engines['a']?.ttft).toEqual([0.202, 1.8]);
    expect(grid.engines['b']?.tpotQuantiles).toEqual(SHARES.map(() => 1));
    expect(errorGrid(['a', 'b'], rows.toReversed())).toEqual(grid);
  });
});

/** The measured rows, where this machine has them (they are not part of the repository). */
const ROOT = path.resolve(import.meta.dirname, '..');
const ROWS = path.resolve(
  process.env['PLIMSOLL_DATA'] ?? path.join(ROOT, '../shared/data'),
  'llm-silicon/train.csv',
);

describe.skipIf(!existsSync(ROWS))('shipped intervals (skipped where the data folder is absent)', () => {
  it('are the grid of the held-out predictions that are committed beside them', () => {
    const file = readMeasurements(readFileSync(ROWS, 'utf8'), { fileName: 'train.csv' });
    const lines = readFileSync(path.join(ROOT, 'docs/accuracy/held-out.csv'), 'utf8').split('\n');
    const predicted = new Map(lines.map((line) => [line.split(',')[0], line.split(',').map(Number)]));
    const relative = (file.ok ? file.value.measurements : []).flatMap((row) => {
      const [, ttft = 0, tpot = 0] = predicted.get(row.id) ?? [];
      return ttft > 0 ? [{ engine: row.engine, ttft: row.ttftMs / ttft, tpot: row.tpotMs / tpot }] : [];
    });
    const grid = errorGrid(ENGINES, relative);
    const shipped = JSON.parse(
      readFileSync(path.join(ROOT, 'src/accuracy/coefficients/intervals.json'), 'utf8'),
    ) as typeof grid;
    expect(shipped.shares).toEqual(SHARES);
    for (const engine of ENGINES) {
      for (const [name, values] of Object.entries(grid.engines[engine] ?? {})) {
        const held = shipped.engines[engine]?.[name as 'ttft'] ?? [];
        expect(held).toHaveLength(values.length);
        // Predictions are rounded in the file, quantiles to three digits.
        values.forEach((value, index) => expect(Math.abs((held[index] ?? 0) / value - 1)).toBeLessThan(0.01));
      }
    }
  });
});
