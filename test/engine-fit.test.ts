import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admissionIndex,
  holds,
  KNOBS,
  overheadsAt,
  priorParameters,
  SIZE,
  waitsAt,
} from '../scripts/engine-fit/parameters.ts';
import { errorGrid, SHARES } from '../scripts/engine-fit/error-grid.ts';
import { robustRidge } from '../scripts/engine-fit/robust-ridge.ts';

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
