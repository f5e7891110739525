import type { Histogram } from './histogram.ts';

/** A figure by hour of the week (0..167): mean over the clock hours that fell on it, and how many those were. */
export interface HourlyMean {
  readonly metric: string;
  readonly hours: ReadonlyMap<number, { readonly mean: number; readonly samples: number }>;
}

/** Histograms by hour of the week, in seconds or tokens. */
export interface HourlyHistogram {
  readonly metric: string;
  readonly isPerToken: boolean;
  readonly hours: ReadonlyMap<number, Histogram>;
}

/** Mean tokens of a request, with a histogram where there is one. */
export interface MeasuredLength {
  readonly metric: string;
  readonly mean: number;
  readonly histogram?: Histogram;
}

/** What was measured of one workload; absent figures have no data, and `missing` says which and why. */
export interface MeasuredWorkload {
  readonly workload: string;
  /** Requests finished per second. */
  readonly requestRate?: HourlyMean;
  readonly ttft?: HourlyHistogram;
  readonly tpot?: HourlyHistogram;
  /** End to end; of services the response time. */
  readonly e2e?: HourlyHistogram;
  readonly isl?: MeasuredLength;
  readonly osl?: MeasuredLength;
  readonly prefixHitRate?: { readonly metric: string; readonly value: number };
  /** Share of the KV cache in use: highest of any replica. */
  readonly kvPeak?: HourlyMean;
  readonly preemptions?: HourlyMean;
  /** Pods ready. */
  readonly pods?: HourlyMean;
  /** Share of time in which the accelerators computed, 0..1. */
  readonly acceleratorBusy?: HourlyMean;
  /** Cores used by all pods together; most bytes of one pod. */
  readonly cpuCores?: HourlyMean;
  readonly memory?: HourlyMean;
  /** What no metric told, in words. */
  readonly missing: readonly string[];
}

/** Total of an hourly figure over all its clock hours: Σ mean × samples. */
export function totalOf({ hours }: HourlyMean): number {
  return [...hours.values()].reduce((sum, { mean, samples }) => sum + mean * samples, 0);
}

/** Clock hours that a figure was seen in. */
export function hoursOf({ hours }: HourlyMean): number {
  return [...hours.values()].reduce((sum, { samples }) => sum + samples, 0);
}

/** Highest hourly mean. */
export function highestOf({ hours }: HourlyMean): number {
  return Math.max(...[...hours.values()].map(({ mean }) => mean));
}
