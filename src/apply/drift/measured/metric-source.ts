import { HOURS_PER_WEEK } from '../../../units/index.ts';

/** Values of one series over time. */
export interface RangeSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970 and value, ascending in time. */
  readonly points: readonly (readonly [number, number])[];
}

/** Times at which a query is answered: from `start` to `end` every `step`, all in seconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What answers PromQL over time. Rejects when it cannot be reached or refuses a query. */
export interface MetricSource {
  range(query: string, times: TimeRange): Promise<readonly RangeSeries[]>;
}

/** Seconds of an hour. */
export const HOUR = 3600;
/** Hours from a Monday 00:00 UTC to 1970-01-01 00:00, which was a Thursday. */
const EPOCH_HOUR = 72;

/** The whole hours that end within the `window` seconds before `now`, at least one; each is known by its end. */
export function hourlyTimes(now: number, window: number): TimeRange {
  const end = Math.floor(now / HOUR) * HOUR;
  const count = Math.max(1, Math.floor(window / HOUR));
  return { start: end - (count - 1) * HOUR, end, step: HOUR };
}

/** The hour of the week (0 is Monday 00:00 UTC) that ends at a time. */
export function hourEndingAt(time: number): number {
  const hours = Math.round(time / HOUR) - 1 + EPOCH_HOUR;
  return ((hours % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK;
}

/** `Tue 14:00 UTC` for an hour of the week. */
export function hourName(hour: number): string {
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][Math.floor(hour / 24)] ?? '';
  return `${day} ${String(hour % 24).padStart(2, '0')}:00 UTC`;
}
