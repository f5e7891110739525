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
    const matrix = Array.from({ length: n }, () => new Float64Array(n));
    const right = new Float64Array(n);
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
          const line = matrix[row] as Float64Array;
          line[column] = (line[column] as number) + scaled * (coefficients[j] as number);
        });
      });
    }
    for (let i = 0; i < n; i++) {
      const hold = ridge.hold[i] as number;
      const line = matrix[i] as Float64Array;
      line[i] = (line[i] as number) + hold;
      right[i] = (right[i] as number) + hold * ((ridge.prior[i] as number) - (ridge.start[i] as number));
    }
    change = [...solve(matrix, right)].map((x) => Math.min(most, Math.max(-most, x)));
  }
  return change;
}

/** Solves a symmetric positive definite system by Cholesky factorisation. Mutates both arguments. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  const at = (i: number, j: number): number => (matrix[i] as Float64Array)[j] as number;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      (matrix[i] as Float64Array)[j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = right[i] as number;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (right[k] as number);
    right[i] = sum / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = right[i] as number;
    for (let k = i + 1; k < n; k++) sum -= at(k, i) * (right[k] as number);
    right[i] = sum / at(i, i);
  }
  return right;
}
