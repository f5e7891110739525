import { HOURS_PER_WEEK } from '../../units/index.ts';

/** How long the charge periods of a month are. */
export const GRANULARITIES = ['month', 'day', 'hour'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** A span of time that charges are for: whole hours of real dates in UTC. */
export interface ChargePeriod {
  /** First moment, ISO 8601 in UTC, such as `2026-12-01T00:00:00Z`. */
  readonly start: string;
  /** First moment after it. */
  readonly end: string;
  /** Hours since 1970-01-01 UTC of the same two moments. */
  readonly startHour: number;
  readonly endHour: number;
}

const HOUR_MILLISECONDS = 3_600_000;
/** 1970-01-01 was a Thursday: hours from the Monday before it. */
const EPOCH_HOUR_OF_WEEK = 3 * 24;

/** The hour of the week of a moment, 0 for Monday 00:00 to 01:00 UTC. */
export function hourOfWeek(hoursSinceEpoch: number): number {
  const hour = (hoursSinceEpoch + EPOCH_HOUR_OF_WEEK) % HOURS_PER_WEEK;
  return hour < 0 ? hour + HOURS_PER_WEEK : hour;
}

/** The span from one hour to another. */
export function periodOf(startHour: number, endHour: number): ChargePeriod {
  return { start: isoHour(startHour), end: isoHour(endHour), startHour, endHour };
}

/** The whole of a calendar month; `month` reads `YYYY-MM`. */
export function calendarMonth(month: string): ChargePeriod {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return periodOf(Date.UTC(year, number - 1) / HOUR_MILLISECONDS, Date.UTC(year, number) / HOUR_MILLISECONDS);
}

/** The charge periods of a calendar month in their order; they cover it without gap or overlap. */
export function chargePeriods(month: string, granularity: Granularity): readonly ChargePeriod[] {
  const { startHour, endHour } = calendarMonth(month);
  const length = { month: endHour - startHour, day: 24, hour: 1 }[granularity];
  return Array.from({ length: (endHour - startHour) / length }, (_, index) =>
    periodOf(startHour + index * length, startHour + (index + 1) * length),
  );
}

/** The sum of a profile (one value per hour of the week) over the hours of a span. */
export function sumOverPeriod(
  profile: ArrayLike<number>,
  { startHour, endHour }: Pick<ChargePeriod, 'startHour' | 'endHour'>,
): number {
  const weeks = Math.floor((endHour - startHour) / HOURS_PER_WEEK);
  let sum = 0;
  for (let hour = startHour + weeks * HOURS_PER_WEEK; hour < endHour; hour++) {
    sum += profile[hourOfWeek(hour)] ?? 0;
  }
  if (weeks === 0) return sum;
  let week = 0;
  for (let hour = 0; hour < HOURS_PER_WEEK; hour++) week += profile[hour] ?? 0;
  return sum + weeks * week;
}

function isoHour(hours: number): string {
  return new Date(hours * HOUR_MILLISECONDS).toISOString().replace('.000Z', 'Z');
}
