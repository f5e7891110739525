import type { Allocation, TimeWindow } from '../../model/index.ts';
import { HOURS_PER_WEEK } from '../../units/index.ts';

const HOURS_PER_DAY = 24;
const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;

/** A recurring span of the week in which a pod set must have at least so many replicas; cron expressions in UTC. */
export interface CronSpan {
  readonly start: string;
  readonly end: string;
  readonly replicas: number;
}

/**
 * Replicas of an allocation in each hour of the week, 168 entries, all zones together. Hours that lie in no window get
 * as many as the busiest one: nothing was planned for them, so nothing may be missing.
 */
export function hourlyReplicas(
  allocation: Pick<Allocation, 'replicas'>,
  windows: readonly TimeWindow[],
): readonly number[] {
  const counts = windows.map((window) =>
    Object.values(allocation.replicas[window.id] ?? {}).reduce((sum, n) => sum + n, 0),
  );
  const hours = new Array<number>(HOURS_PER_WEEK).fill(Math.max(0, ...counts));
  for (const [index, window] of windows.entries()) {
    for (const hour of window.hours) hours[hour] = counts[index] ?? 0;
  }
  return hours;
}

/**
 * Spans that lift a pod set above its minimum: for each count that occurs, the contiguous hours of the week with at
 * least that many replicas; runs of equal time of day and length become one span over several days. Because the spans
 * are nested and an autoscaler takes the largest, a step from many to fewer replicas never passes through the minimum.
 * `leadMinutes` (0 to 59) starts each span earlier, so that replicas are ready when its first hour begins.
 */
export function cronSpans(hourly: readonly number[], leadMinutes: number): readonly CronSpan[] {
  const minimum = Math.min(...hourly);
  const levels = [...new Set(hourly)].filter((count) => count > minimum).sort((a, b) => a - b);
  return levels.flatMap((level) => {
    const byShape = new Map<string, Run[]>();
    for (const run of runsAtLeast(hourly, level)) {
      const shape = `${run.start % HOURS_PER_DAY}/${run.length}`;
      byShape.set(shape, [...(byShape.get(shape) ?? []), run]);
    }
    return [...byShape.values()].map((runs) => spanOf(runs, level, leadMinutes));
  });
}

interface Run {
  /** First hour of the week. */
  readonly start: number;
  readonly length: number;
}

/** Maximal runs of hours with at least `level` replicas on the circle of the week, by their first hour. */
function runsAtLeast(hourly: readonly number[], level: number): readonly Run[] {
  const isIn = (hour: number): boolean => (hourly[hour % HOURS_PER_WEEK] ?? 0) >= level;
  const runs: Run[] = [];
  for (let start = 0; start < HOURS_PER_WEEK; start++) {
    if (!isIn(start) || isIn(start + HOURS_PER_WEEK - 1)) continue;
    let length = 1;
    while (length < HOURS_PER_WEEK && isIn(start + length)) length++;
    runs.push({ start, length });
  }
  return runs;
}

function spanOf(runs: readonly Run[], replicas: number, leadMinutes: number): CronSpan {
  const starts = runs.map((run) => run.start * 60 - leadMinutes);
  const ends = runs.map((run) => (run.start + run.length) * 60);
  return { start: cronAt(starts), end: cronAt(ends), replicas };
}

/** A cron expression for minutes of the week (Monday 00:00 is 0) that share their time of day. */
function cronAt(minutesOfWeek: readonly number[]): string {
  const onCircle = minutesOfWeek.map((minute) => (minute + MINUTES_PER_WEEK) % MINUTES_PER_WEEK);
  const timeOfDay = (onCircle[0] ?? 0) % MINUTES_PER_DAY;
  const days = onCircle.map((minute) => (Math.floor(minute / MINUTES_PER_DAY) + 1) % 7);
  return `${timeOfDay % 60} ${Math.floor(timeOfDay / 60)} * * ${daysText(days)}`;
}

/** Days of the week as cron writes them, 0 = Sunday: `*`, `1-5`, `0,6`. */
function daysText(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.length === 7) return '*';
  const ranges: number[][] = [];
  for (const day of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last.at(-1) === day - 1) last.push(day);
    else ranges.push([day]);
  }
  return ranges
    .map((range) => (range.length > 2 ? `${range[0]}-${range.at(-1)}` : range.join(',')))
    .join(',');
}
