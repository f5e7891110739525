import { solve } from '../../src/accuracy/linear-algebra.ts';

/** One equation of a linearised fit: residual ≈ Σ coefficient × change, both in log space. */
export interface Equation {
  /** Columns and coefficients that are not zero. */
  readonly columns: readonly number[];
  readonly coefficients: readonly number[];
  /** ln(measured / predicted) at the point of linearisation. */
  readonly residual: number;
  readonly weight: number;
}

/** Passes of reweighting; more change nothing at three digits. */
const PASSES = 15;
/** Residuals below this count as this, so that no row gets an unbounded weight. */
const SMALLEST = 0.04;

/**
 * Changes that minimise Σ weight × |predicted / measured − 1| + Σ hold × (start + change − prior)², by iteratively
 * reweighted least squares; every change is at most `most` in size.
 */
export function robustRidge(
  equations: readonly Equation[],
  ridge: {
    readonly start: readonly number[];
    readonly prior: readonly number[];
    readonly hold: readonly number[];
  },
  most: number,
): number[] {
  const n = ridge.start.length;
  let change = new Array<number>(n).fill(0);
  for (let pass = 0; pass < PASSES; pass++) {
    const matrix = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    const right = new Array<number>(n).fill(0);
    for (const { columns, coefficients, residual, weight } of equations) {
      let left = residual;
      columns.forEach((column, i) => (left -= (coefficients[i] as number) * (change[column] as number)));
      // Error e = −left in ln(predicted / measured): the slope of |eᵉ − 1| over e weighs the row.
      const error = -left;
      const w = (weight * Math.exp(Math.min(1, error))) / Math.max(SMALLEST, Math.abs(error));
      columns.forEach((row, i) => {
        const scaled = w * (coefficients[i] as number);
        right[row] = (right[row] as number) + scaled * residual;
        columns.forEach((column, j) => {
          const line = matrix[row] as number[];
          line[column] = (line[column] as number) + scaled * (coefficients[j] as number);
        });
      });
    }
    for (let i = 0; i < n; i++) {
      const hold = ridge.hold[i] as number;
      const line = matrix[i] as number[];
      line[i] = (line[i] as number) + hold;
      right[i] = (right[i] as number) + hold * ((ridge.prior[i] as number) - (ridge.start[i] as number));
    }
    change = solve(matrix, right).map((x) => Math.min(most, Math.max(-most, x)));
  }
  return change;
}
