/** Means and percentiles of a run, and relative errors. */

/** The value at a share of the sorted values, linear between neighbours (as numpy). NaN entries are left out. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** Mean of the entries that are not NaN. */
export function mean(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** predicted / measured − 1. */
export function relativeError(predicted: number, measured: number): number {
  return predicted / measured - 1;
}

/** Median of the absolute values that are numbers. */
export function medianSize(values: readonly number[]): number {
  return percentile(values.filter((value) => Number.isFinite(value)).map(Math.abs), 0.5);
}

/** A share as signed per cent, `-` where it is no number. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)}%` : '-';
}
