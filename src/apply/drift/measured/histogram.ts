/** A histogram as Prometheus keeps it: how many observations were at most `le`, for ascending `le`; the last one is +Inf. */
export interface Histogram {
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  /** Sum of all observations. */
  readonly sum: number;
}

/** A figure with what is known of it: it lies in `low`..`high`; without `high` nothing bounds it from above. */
export interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high?: number;
}

/** Observations of a histogram; fractions come from the extrapolation of `increase`. */
export function observations({ buckets }: Histogram): number {
  return buckets.at(-1)?.count ?? 0;
}

/** Mean of the observations; undefined of none. */
export function meanOf(histogram: Histogram): number | undefined {
  const count = observations(histogram);
  return count > 0 ? histogram.sum / count : undefined;
}

/**
 * The q-quantile (0 < q ≤ 1): the bucket that holds it is all that is known, so `low` and `high` are its ends; `value` is where a straight line
 * through the bucket has it, as `histogram_quantile` of Prometheus answers (Prometheus documentation, 2025). In the last bucket there is no
 * upper end and `value` is the lower one. Undefined of a histogram without observations.
 */
export function quantile(histogram: Histogram, q: number): Bounded | undefined {
  const total = observations(histogram);
  if (!(total > 0)) return undefined;
  const rank = q * total;
  const counts = ascending(histogram);
  const index = counts.findIndex(({ count }) => count >= rank);
  const bucket = counts[index] ?? counts.at(-1)!;
  const before = counts[index - 1];
  const low = before?.le ?? 0;
  if (!Number.isFinite(bucket.le)) return { value: low, low };
  const inside = bucket.count - (before?.count ?? 0);
  const share = inside > 0 ? (rank - (before?.count ?? 0)) / inside : 1;
  return { value: low + (bucket.le - low) * share, low, high: bucket.le };
}

/** Several histograms as one. Bounds that not all of them have are left out, because their counts there are unknown. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram | undefined {
  const [first, ...rest] = histograms;
  if (first === undefined) return undefined;
  const shared = first.buckets.filter(({ le }) =>
    rest.every((other) => other.buckets.some((bucket) => bucket.le === le)),
  );
  const countAt = (le: number): number =>
    histograms.reduce((sum, item) => sum + (item.buckets.find((b) => b.le === le)?.count ?? 0), 0);
  return {
    buckets: shared.map(({ le }) => ({ le, count: countAt(le) })),
    sum: histograms.reduce((sum, item) => sum + item.sum, 0),
  };
}

/** Counts that never fall: extrapolation may leave a bucket a little under the one before it. */
function ascending({ buckets }: Histogram): readonly { readonly le: number; readonly count: number }[] {
  let highest = 0;
  return buckets.map(({ le, count }) => {
    highest = Math.max(highest, count);
    return { le, count: highest };
  });
}
