import type { MeasuredService, Percentile, ServiceMeasurement } from '../../model/index.ts';
import { countedCores, countedMemory } from './replica-model.ts';
import type { ReplicaModel, ReplicaReading } from './replica-model.ts';
import type { Masses, TimeGrid } from './time-grid.ts';

/** Share of requests that may fail at a rate that a replica is planned for (assumed). */
export const MOST_FAILED = 0.01;

/** The share of samples at or below each percentile, ascending. */
export const SHARES: readonly (readonly [Percentile, number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
];

/**
 * The model of a replica that was measured: straight lines between the rows, the first row also below it, nothing beyond the last.
 * Its largest rate is that of the last row up to which no row fails more than 1 % of its requests or takes more CPU or
 * memory than the replica may have; 0 when the first one does. The rate of a row counts as the one at which all it says was seen.
 */
export function measuredReplica(performance: MeasuredService): ReplicaModel {
  const { resources, rows } = performance;
  const cores = countedCores(resources);
  const memoryLimit = countedMemory(resources);
  const isSound = (row: ServiceMeasurement): boolean =>
    row.failedShare <= MOST_FAILED && row.cpuCores <= cores && row.memory <= memoryLimit;
  const firstBad = rows.findIndex((row) => !isSound(row));
  const last = firstBad < 0 ? rows.at(-1) : rows[firstBad - 1];
  return {
    resources,
    servers: 0,
    largestRate: last?.requestRate ?? 0,
    memoryLimit,
    provenance: performance.provenance,
    at: ({ rate }) => {
      if (last === undefined || rate > last.requestRate * (1 + 1e-9)) return undefined;
      const quantiles = quantilesAt(rows, rate);
      const cpuCores = between(rows, rate, (row) => row.cpuCores)!;
      return {
        utilisation: Number.isFinite(cores) ? cpuCores / cores : rate / last.requestRate,
        ...timesOf(quantiles),
        memory: between(rows, rate, (row) => row.memory)!,
        masses: (grid) => massesOf(quantiles, grid),
      };
    },
  };
}

function timesOf(quantiles: readonly Quantile[]): Pick<ReplicaReading, 'meanTime' | 'variance'> {
  const { mean, variance } = momentsOf(quantiles);
  return { meanTime: mean, variance };
}

/**
 * Response time by share of requests (0..1, exclusive) of a measured replica at `rate`: the inverse of the distribution
 * that `measuredReplica` reads, for drawing times.
 */
export function measuredTimes(performance: MeasuredService, rate: number): (share: number) => number {
  const points = [{ depth: 0, time: 0 }, ...quantilesAt(performance.rows, rate).map(depthOf)];
  return (share) => {
    const depth = -Math.log(1 - share);
    let at = 1;
    while (at < points.length - 1 && points[at]!.depth <= depth) at += 1;
    const [low, high] = [points[at - 1]!, points[at]!];
    const isBeyond = depth > high.depth;
    if (high.time <= low.time && !isBeyond) return high.time;
    return low.time + (depth - low.depth) * scaleOf(low, high);
  };
}

/** A time and the share of requests that take at most so long. */
interface Quantile {
  readonly share: number;
  readonly time: number;
}

/** Value of a column at `rate` on straight lines between the rows that have it; undefined when none has. */
function between(
  rows: readonly ServiceMeasurement[],
  rate: number,
  value: (row: ServiceMeasurement) => number | undefined,
): number | undefined {
  let low: ServiceMeasurement | undefined;
  let high: ServiceMeasurement | undefined;
  for (const row of rows) {
    if (value(row) === undefined) continue;
    if (row.requestRate <= rate) low = row;
    else high ??= row;
  }
  if (low === undefined || high === undefined) return value(low ?? high ?? rows[0]!);
  const share = (rate - low.requestRate) / (high.requestRate - low.requestRate);
  return value(low)! + share * (value(high)! - value(low)!);
}

/** The percentiles at `rate`, made ascending: a later one is never below an earlier one. */
function quantilesAt(rows: readonly ServiceMeasurement[], rate: number): readonly Quantile[] {
  const quantiles: Quantile[] = [];
  let floor = 0;
  for (const [percentile, share] of SHARES) {
    const time = between(rows, rate, (row) => row.latency[percentile]);
    if (time === undefined) continue;
    floor = Math.max(floor, time);
    quantiles.push({ share, time: floor });
  }
  return quantiles;
}

/**
 * The distribution through measured percentiles: exponential between them (straight lines in −ln(1 − share)), from
 * 0 to the first and on beyond the last as between the last two (assumed).
 */
function massesOf(quantiles: readonly Quantile[], grid: TimeGrid): Masses {
  const points = [{ depth: 0, time: 0 }, ...quantiles.map(depthOf)];
  let at = 1;
  return grid.fromShares((time) => {
    while (at < points.length - 1 && points[at]!.time <= time) at += 1;
    const low = points[at - 1]!;
    return 1 - Math.exp(-(low.depth + Math.max(0, time - low.time) / scaleOf(low, points[at]!)));
  });
}

/** Mean of that distribution and its variance, its tail integrated piece by piece. */
function momentsOf(quantiles: readonly Quantile[]): { readonly mean: number; readonly variance: number } {
  const points = [{ depth: 0, time: 0 }, ...quantiles.map(depthOf)];
  let mean = 0;
  let square = 0;
  for (let i = 1; i < points.length; i++) {
    const [low, high] = [points[i - 1]!, points[i]!];
    const scale = scaleOf(low, high);
    const isLast = i === points.length - 1;
    const start = Math.exp(-low.depth);
    const end = isLast ? 0 : Math.exp(-high.depth);
    mean += scale * (start - end);
    square += 2 * scale * ((low.time + scale) * start - (isLast ? 0 : (high.time + scale) * end));
  }
  return { mean, variance: Math.max(0, square - mean ** 2) };
}

/** Seconds in which the tail falls by a factor of e between two points; from 0 to the later one where both lie at one time. */
function scaleOf(low: DepthPoint, high: DepthPoint): number {
  if (high.time > low.time) return (high.time - low.time) / (high.depth - low.depth);
  return Math.max(1e-9, high.time / high.depth);
}

/** A time and −ln of the share of requests that take longer. */
interface DepthPoint {
  readonly depth: number;
  readonly time: number;
}

function depthOf({ share, time }: Quantile): DepthPoint {
  return { depth: -Math.log(1 - share), time };
}
