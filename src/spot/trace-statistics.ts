import type { AvailabilityTrace } from './availability-trace.ts';

const SECONDS_PER_HOUR = 3600;
/** Two-sided 95 % quantile of the normal distribution. */
const Z_95 = 1.959964;

/** An estimate with the ends of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a trace tells of the capacity for a number of nodes. */
export interface TraceStatistics {
  readonly hours: number;
  /** Share of time in which the nodes could be had, 0..1. */
  readonly shareAvailable: number;
  /** Stretches of time with and without the nodes, those cut by the ends of the trace included. */
  readonly upRuns: number;
  readonly downRuns: number;
  /** Mean length of a stretch in hours; those cut by the end count their time but not their end. 0 without such time, infinite if none ended. */
  readonly meanUpHours: number;
  readonly meanDownHours: number;
  /** Interruptions per hour of held capacity; undefined when there was never capacity. */
  readonly interruptionsPerHour?: Estimate;
}

/** The statistics of a trace for `nodes` nodes at once (≥ 1, default 1). */
export function traceStatistics(trace: AvailabilityTrace, nodes = 1): TraceStatistics {
  const { runStart, runNodes, ticks, tickSeconds } = trace;
  let [upTicks, upRuns, downRuns, interruptions, recoveries] = [0, 0, 0, 0, 0];
  let before: boolean | undefined;
  for (let run = 0; run < runStart.length; run++) {
    const isUp = (runNodes[run] ?? 0) >= nodes;
    if (isUp) upTicks += (runStart[run + 1] ?? ticks) - (runStart[run] ?? 0);
    if (isUp === before) continue;
    if (isUp) upRuns++;
    else downRuns++;
    if (before === true) interruptions++;
    if (before === false) recoveries++;
    before = isUp;
  }
  const hoursPerTick = tickSeconds / SECONDS_PER_HOUR;
  const upHours = upTicks * hoursPerTick;
  const downHours = (ticks - upTicks) * hoursPerTick;
  return {
    hours: ticks * hoursPerTick,
    shareAvailable: upTicks / ticks,
    ...{ upRuns, downRuns },
    meanUpHours: upHours === 0 ? 0 : upHours / interruptions,
    meanDownHours: downHours === 0 ? 0 : downHours / recoveries,
    ...(upHours === 0 ? {} : { interruptionsPerHour: poissonRate(interruptions, upHours) }),
  };
}

/** Rate of `count` events in `exposure` > 0 with its 95 % interval: Byar's approximation (Breslow and Day, 1987, volume II, section 2.3). */
export function poissonRate(count: number, exposure: number): Estimate {
  const cube = (n: number, sign: number): number =>
    n * Math.max(0, 1 - 1 / (9 * n) + (sign * Z_95) / (3 * Math.sqrt(n))) ** 3;
  return {
    value: count / exposure,
    low: count === 0 ? 0 : cube(count, -1) / exposure,
    high: cube(count + 1, 1) / exposure,
  };
}
