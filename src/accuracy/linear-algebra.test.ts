import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solve } from './linear-algebra.ts';

describe('solving a small system', () => {
  it('gives back the solution it was made from', () => {
    const entry = fc.double({ min: -10, max: 10, noNaN: true });
    const vector = fc.tuple(entry, entry, entry);
    fc.assert(
      fc.property(fc.tuple(vector, vector, vector), vector, (rows, solution) => {
        // Rows plus a large diagonal: well conditioned.
        const matrix = rows.map((row, i) => row.map((value, j) => value + (i === j ? 40 : 0)));
        const right = matrix.map((row) => row.reduce((sum, value, j) => sum + value * (solution[j] ?? 0), 0));
        solve(matrix, right).forEach((value, i) => expect(value).toBeCloseTo(solution[i] ?? 0, 8));
      }),
    );
  });

  it('changes rows where the first entry is zero', () => {
    expect(
      solve(
        [
          [0, 2],
          [4, 0],
        ],
        [6, 8],
      ),
    ).toEqual([2, 3]);
  });

  it('refuses a singular matrix', () => {
    expect(() =>
      solve(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 2],
      ),
    ).toThrow('singular');
  });
});
