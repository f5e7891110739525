import { HOURS_PER_WEEK, requestsPerSecond } from '../units/index.ts';
import type { RequestsPerSecond } from '../units/index.ts';

const SECONDS_PER_HOUR = 3600;
const HOURS_PER_DAY = 24;
/** Below this span a trace shows no daily course and gets its mean rate in every hour. */
const SHORTEST_COURSE = HOURS_PER_DAY * SECONDS_PER_HOUR;
/** An hour of the week counts as observed when this many seconds of it were (assumed). */
const OBSERVED_FROM = 600;

/** How the arrivals of a trace lie in the week. */
export interface ObservedArrivals {
  /** Seconds since the first arrival, ascending. */
  readonly arrival: Float64Array;
  /** Hour of the week of the first arrival, 0 ≤ h < 168, fractional. */
  readonly startHourOfWeek: number;
}

/** Whether a trace is long enough to show how the rate changes over the day. */
export function showsDailyCourse(arrival: Float64Array): boolean {
  return spanOf(arrival) >= SHORTEST_COURSE;
}

/** Mean request rate over the whole trace; 0 when it spans no time. */
export function meanRateOf(arrival: Float64Array): number {
  const span = spanOf(arrival);
  return span > 0 ? (arrival.length - 1) / span : 0;
}

/**
 * Rates of the 168 hours of the week.
 * Below 24 h: the mean rate everywhere. From 24 h on: requests over observed time of each hour of the week; an hour observed
 * for less than ten minutes takes the mean over the observed hours at the same time of day, or else the trace's mean.
 */
export function hourlyRates(observed: ObservedArrivals): RequestsPerSecond[] {
  const { arrival, startHourOfWeek } = observed;
  const mean = meanRateOf(arrival);
  const flat = new Array<RequestsPerSecond>(HOURS_PER_WEEK).fill(rounded(mean));
  if (!showsDailyCourse(arrival)) return flat;
  const requests = new Float64Array(HOURS_PER_WEEK);
  for (const time of arrival) {
    const hour = Math.floor(startHourOfWeek + time / SECONDS_PER_HOUR) % HOURS_PER_WEEK;
    requests[hour] = (requests[hour] ?? 0) + 1;
  }
  const exposure = observedSeconds(startHourOfWeek, spanOf(arrival));
  const isObserved = (hour: number): boolean => (exposure[hour] ?? 0) >= OBSERVED_FROM;
  return flat.map((meanRate, hour) => {
    const hoursUsed = isObserved(hour) ? [hour] : sameTimeOfDay(hour).filter(isObserved);
    const seconds = hoursUsed.reduce((sum, item) => sum + (exposure[item] ?? 0), 0);
    if (seconds === 0) return meanRate;
    return rounded(hoursUsed.reduce((sum, item) => sum + (requests[item] ?? 0), 0) / seconds);
  });
}

/** Seconds of each hour of the week that a trace of this start and span covers. */
function observedSeconds(startHourOfWeek: number, span: number): Float64Array {
  const seconds = new Float64Array(HOURS_PER_WEEK);
  const end = startHourOfWeek * SECONDS_PER_HOUR + span;
  for (let at = startHourOfWeek * SECONDS_PER_HOUR; at < end;) {
    const hour = Math.floor(at / SECONDS_PER_HOUR);
    const until = Math.min(end, (hour + 1) * SECONDS_PER_HOUR);
    const index = hour % HOURS_PER_WEEK;
    seconds[index] = (seconds[index] ?? 0) + until - at;
    at = until;
  }
  return seconds;
}

function sameTimeOfDay(hour: number): number[] {
  return Array.from({ length: 7 }, (_, day) => day * HOURS_PER_DAY + (hour % HOURS_PER_DAY));
}

function spanOf(arrival: Float64Array): number {
  return (arrival[arrival.length - 1] ?? 0) - (arrival[0] ?? 0);
}

/** Rates are kept to five significant digits. */
function rounded(rate: number): RequestsPerSecond {
  return requestsPerSecond(Number(rate.toPrecision(5)));
}
