/** A list of numbers in ascending order. */
export type Ascending = ArrayLike<number>;

/** The quantile at `probability` (0..1) of ascending values by linear interpolation between neighbours (type 7). */
export function quantileAt(sorted: Ascending, probability: number): number {
  const position = Math.min(1, Math.max(0, probability)) * (sorted.length - 1);
  const index = Math.floor(position);
  const low = sorted[index] ?? 0;
  const high = sorted[index + 1] ?? low;
  return low + (high - low) * (position - index);
}

/**
 * Values at probabilities 0, 1/steps, …, 1 of ascending values, so that straight lines between them keep the bulk and the
 * mean: the last value is not the maximum but the one that keeps the mean of the last step, at most the maximum.
 */
export function summarise(sorted: Ascending, steps: number): number[] {
  const values = Array.from({ length: steps + 1 }, (_, i) => quantileAt(sorted, i / steps));
  const lastKnot = values[steps - 1] ?? 0;
  const most = sorted[sorted.length - 1] ?? 0;
  const tailStart = Math.min(sorted.length - 1, Math.ceil(((steps - 1) / steps) * (sorted.length - 1)));
  let sum = 0;
  for (let i = tailStart; i < sorted.length; i++) sum += sorted[i] ?? 0;
  const tailMean = sum / (sorted.length - tailStart);
  values[steps] = Math.min(most, Math.max(lastKnot, 2 * tailMean - lastKnot));
  return values;
}

/** Mean of the law whose quantiles at equal steps of probability are `quantiles`, straight lines between. */
export function meanOfQuantiles(quantiles: Ascending): number {
  const last = quantiles.length - 1;
  if (last <= 0) return quantiles[0] ?? 0;
  let sum = ((quantiles[0] ?? 0) + (quantiles[last] ?? 0)) / 2;
  for (let i = 1; i < last; i++) sum += quantiles[i] ?? 0;
  return sum / last;
}

/** Share of the law with these quantiles that lies at or below `value`. */
export function shareBelow(quantiles: Ascending, value: number): number {
  const last = quantiles.length - 1;
  if (value < (quantiles[0] ?? 0)) return 0;
  if (value >= (quantiles[last] ?? 0)) return 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((quantiles[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  const from = quantiles[low] ?? 0;
  const to = quantiles[high] ?? 0;
  return (low + (to > from ? (value - from) / (to - from) : 0)) / last;
}
