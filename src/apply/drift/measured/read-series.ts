import type { CounterRatio, HistogramName } from './engine-metrics.ts';
import { mergeHistograms } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import type { HourlyHistogram, HourlyMean } from './measured-workload.ts';
import { totalOf } from './measured-workload.ts';
import { hourEndingAt } from './metric-source.ts';
import type { MetricSource, RangeSeries, TimeRange } from './metric-source.ts';
import { histogramQueries, ratioQueries } from './queries.ts';

/** Where figures are read from, and over which hours. */
export interface Reading {
  readonly source: MetricSource;
  readonly times: TimeRange;
}

/** One figure per hour by the first query that has data; undefined where none has. */
export async function readHourly(
  { source, times }: Reading,
  queries: readonly { readonly metric: string; readonly query: string }[],
): Promise<HourlyMean | undefined> {
  for (const { metric, query } of queries) {
    const hours = meansByHour(await source.range(query, times));
    if (hours.size > 0) return { metric, hours };
  }
  return undefined;
}

/** Histograms per hour by the first name that has observations. */
export async function readHistogram(
  { source, times }: Reading,
  names: readonly HistogramName[],
  matchers: string,
): Promise<HourlyHistogram | undefined> {
  for (const name of names) {
    const queries = histogramQueries(name, matchers);
    const buckets = await source.range(queries.buckets, times);
    if (buckets.length === 0) continue;
    const sums = await source.range(queries.sum, times);
    const hours = histogramsByHour(buckets, sums, name.scale ?? 1);
    if (hours.size > 0) return { metric: name.name, isPerToken: name.isPerToken === true, hours };
  }
  return undefined;
}

/** The ratio of two counters over all hours, by the first pair that has data. */
export async function readRatio(
  { source, times }: Reading,
  pairs: readonly CounterRatio[],
  matchers: string,
): Promise<{ readonly metric: string; readonly value: number } | undefined> {
  for (const pair of pairs) {
    const queries = ratioQueries(pair, matchers);
    const under = { metric: '', hours: meansByHour(await source.range(queries.under, times)) };
    if (totalOf(under) <= 0) continue;
    const over = { metric: '', hours: meansByHour(await source.range(queries.over, times)) };
    if (over.hours.size > 0) return { metric: pair.over, value: totalOf(over) / totalOf(under) };
  }
  return undefined;
}

/** The histograms of some hours as one; undefined where none of them has any. */
export function histogramOver({ hours }: HourlyHistogram, wanted?: readonly number[]): Histogram | undefined {
  const chosen = wanted === undefined ? [...hours.values()] : wanted.flatMap((hour) => hours.get(hour) ?? []);
  return mergeHistograms(chosen);
}

function meansByHour(
  series: readonly RangeSeries[],
): ReadonlyMap<number, { readonly mean: number; readonly samples: number }> {
  const sums = new Map<number, { sum: number; samples: number }>();
  for (const { points } of series) {
    for (const [time, value] of points) {
      if (!Number.isFinite(value)) continue;
      const hour = hourEndingAt(time);
      const at = sums.get(hour) ?? { sum: 0, samples: 0 };
      sums.set(hour, { sum: at.sum + value, samples: at.samples + 1 });
    }
  }
  return new Map([...sums].map(([hour, { sum, samples }]) => [hour, { mean: sum / samples, samples }]));
}

/** Histograms by hour of the week from a series per bucket; hours without observations are left out. */
function histogramsByHour(
  buckets: readonly RangeSeries[],
  sums: readonly RangeSeries[],
  scale: number,
): ReadonlyMap<number, Histogram> {
  const counts = new Map<number, Map<number, number>>();
  for (const { labels, points } of buckets) {
    const le = bound(labels['le']) * scale;
    if (Number.isNaN(le)) continue;
    for (const [time, value] of points) {
      if (!Number.isFinite(value)) continue;
      const hour = hourEndingAt(time);
      const at = counts.get(hour) ?? new Map<number, number>();
      counts.set(hour, at.set(le, (at.get(le) ?? 0) + value));
    }
  }
  const totals = new Map<number, number>();
  for (const [time, value] of sums.flatMap(({ points }) => points)) {
    if (!Number.isFinite(value)) continue;
    const hour = hourEndingAt(time);
    totals.set(hour, (totals.get(hour) ?? 0) + value * scale);
  }
  return new Map(
    [...counts]
      .filter(([, at]) => (at.get(Infinity) ?? 0) > 0)
      .map(([hour, at]) => [hour, { buckets: sorted(at), sum: totals.get(hour) ?? NaN }]),
  );
}

function sorted(at: ReadonlyMap<number, number>): Histogram['buckets'] {
  return [...at].sort(([a], [b]) => a - b).map(([le, count]) => ({ le, count }));
}

/** The bound of a bucket; NaN for a series that is none. */
function bound(le: string | undefined): number {
  if (le === undefined) return NaN;
  return le === '+Inf' ? Infinity : Number(le);
}
