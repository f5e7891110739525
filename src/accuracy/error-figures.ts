/** How far predictions lie from measurements, in percent of the measured value; `null` without a row. */
export interface ErrorFigures {
  /** Predictions compared. */
  readonly rows: number;
  /** Mean of |predicted / measured − 1|. */
  readonly mapePercent: number | null;
  /** Median of the same. */
  readonly medianPercent: number | null;
  /** Median of predicted / measured − 1: above zero where the model is too slow. */
  readonly biasPercent: number | null;
}

/** The figures of relative errors, predicted / measured − 1. */
export function errorFigures(errors: readonly number[]): ErrorFigures {
  const sizes = errors.map(Math.abs);
  return {
    rows: errors.length,
    mapePercent: percent(mean(sizes)),
    medianPercent: percent(median(sizes)),
    biasPercent: percent(median(errors)),
  };
}

/** A share as a percentage with two decimals; `null` for not-a-number. */
export function percent(share: number): number | null {
  return Number.isFinite(share) ? Number((share * 100).toFixed(2)) : null;
}

/** Not-a-number for no value. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Middle value, or the mean of the two in the middle; not-a-number for no value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
