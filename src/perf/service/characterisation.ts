import type { Percentile } from '../../model/index.ts';
import { fitLine } from './fit-line.ts';
import type { FittedLine } from './fit-line.ts';
import { fitSpread } from './fit-spread.ts';
import type { FittedSpread } from './fit-spread.ts';

/** What a load test showed at one moment, per replica. */
export interface LoadMoment {
  readonly requestRate: number;
  /** Share of requests that failed, 0..1. */
  readonly failedShare: number;
  /** Response times in seconds. */
  readonly latency: Readonly<Partial<Record<Percentile, number>>>;
  /** Simulated users over all replicas; 0 when unknown. */
  readonly users: number;
  readonly cpuCores: number;
  readonly memory: number;
}

/** One level of load: moments of like rate together. */
export interface LoadLevel {
  readonly requestRate: number;
  readonly failedShare: number;
  readonly latency: Readonly<Partial<Record<Percentile, number>>>;
  readonly cpuCores: number;
  readonly memory: number;
  readonly moments: number;
}

/** A queueing description fitted to a load test. Times in seconds. */
export interface FittedQueue {
  /** CPU over rate: slope is CPU seconds per request, intercept what an idle replica takes in cores. */
  readonly cpu: FittedLine;
  readonly cpuSeconds: number;
  /** Response times at the lowest level of load as one gamma distribution. */
  readonly spread: FittedSpread;
  readonly variability: number;
  readonly idleSeconds: number;
  readonly baseMemory: number;
  readonly memoryPerRequest: number;
}

const MOST_LEVELS = 8;
/** Fewest moments in a level, so that one odd second does not make a row. */
const LEVEL_MOMENTS = 3;
/** Levels closer than this in rate are one. */
const LIKE_RATES = 0.02;
const PERCENTILES: readonly Percentile[] = ['p50', 'p90', 'p95', 'p99'];

/**
 * Up to eight levels of load, ascending by rate, each of about equally many moments. Percentiles and CPU are medians over the
 * moments of a level, memory its largest; percentiles and CPU never fall from one level to the next, as one test's noise would have it.
 */
export function loadLevels(moments: readonly LoadMoment[]): readonly LoadLevel[] {
  const sorted = [...moments].sort((a, b) => a.requestRate - b.requestRate);
  const count = Math.max(1, Math.min(MOST_LEVELS, Math.floor(sorted.length / LEVEL_MOMENTS)));
  const groups: LoadMoment[][] = [];
  for (let level = 0; level < count; level++) {
    const group = sorted.slice(
      Math.floor((level * sorted.length) / count),
      Math.floor(((level + 1) * sorted.length) / count),
    );
    const before = groups.at(-1);
    if (before !== undefined && meanRateOf(group) <= meanRateOf(before) * (1 + LIKE_RATES))
      before.push(...group);
    else if (group.length > 0) groups.push(group);
  }
  const levels: LoadLevel[] = [];
  for (const group of groups) levels.push(levelOf(group, levels.at(-1)));
  return levels;
}

/**
 * A queueing description: CPU seconds per request by regression of CPU on rate over `samples` (rate, cores; both per
 * replica), spread and time without CPU from the lowest level of load, memory per request by regression of memory on requests
 * in the replica (Little's law). The spread of response times is taken for that of the work (assumed). Undefined when CPU does not rise with rate.
 */
export function fitQueue(
  moments: readonly LoadMoment[],
  samples: readonly (readonly [number, number])[],
  cores: number,
): FittedQueue | undefined {
  const cpu = fitLine(samples);
  const lowest = loadLevels(moments)[0];
  if (cpu === undefined || lowest === undefined || cpu.slope <= 0) return undefined;
  const spread = spreadOf(lowest.latency);
  if (spread === undefined) return undefined;
  const memory = fitLine(
    moments.flatMap((item): (readonly [number, number])[] => {
      const time = item.latency.p50 ?? item.latency.p90;
      return time === undefined ? [] : [[item.requestRate * time, item.memory]];
    }),
  );
  const memoryPerRequest = Math.max(0, memory?.slope ?? 0);
  const highest = Math.max(...moments.map((item) => item.memory));
  return {
    cpu,
    cpuSeconds: cpu.slope,
    spread,
    variability: spread.variability,
    idleSeconds: Math.max(0, spread.mean - cpu.slope / Math.min(1, cores)),
    baseMemory: memory === undefined || memoryPerRequest === 0 ? highest : Math.max(0, memory.intercept),
    memoryPerRequest,
  };
}

function spreadOf(latency: LoadLevel['latency']): FittedSpread | undefined {
  const { p50, p90, p95 } = latency;
  if (p50 === undefined || p50 <= 0) return undefined;
  if (p90 !== undefined) return fitSpread(p50, p90, 0.9);
  return p95 === undefined ? undefined : fitSpread(p50, p95, 0.95);
}

function levelOf(group: readonly LoadMoment[], before: LoadLevel | undefined): LoadLevel {
  const rates = group.reduce((sum, item) => sum + item.requestRate, 0);
  const failed = group.reduce((sum, item) => sum + item.requestRate * item.failedShare, 0);
  const latency: Partial<Record<Percentile, number>> = {};
  let floor = 0;
  for (const percentile of PERCENTILES) {
    const times = group.flatMap((item) => item.latency[percentile] ?? []);
    if (times.length === 0) continue;
    floor = Math.max(floor, median(times), before?.latency[percentile] ?? 0);
    latency[percentile] = floor;
  }
  return {
    requestRate: rates / group.length,
    failedShare: rates > 0 ? failed / rates : 0,
    latency,
    cpuCores: Math.max(before?.cpuCores ?? 0, median(group.map((item) => item.cpuCores))),
    memory: Math.max(before?.memory ?? 0, ...group.map((item) => item.memory)),
    moments: group.length,
  };
}

function meanRateOf(group: readonly LoadMoment[]): number {
  return group.reduce((sum, item) => sum + item.requestRate, 0) / group.length;
}

/** The middle of some numbers, at least one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
