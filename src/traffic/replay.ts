import type { ArrivalProfile, RequestColumns } from '../model/index.ts';
import { HOURS_PER_WEEK } from '../units/index.ts';
import { sampleShape } from './sample.ts';
import type { RequestShape } from './sample.ts';

const SECONDS_PER_HOUR = 3600;

/** The stretch of the week to sample. */
export interface ReplayOptions {
  /** How many hours, > 0; may exceed a week, which then repeats. */
  readonly hours: number;
  /** Hour of the week at which it begins; default 0 (Monday 00:00 UTC). */
  readonly startHour?: number;
  readonly seed: number;
  /** Name of the random stream. */
  readonly name: string;
}

/**
 * Draws a trace that follows the profile's hourly rates: a stationary sample of rate 1 whose clock runs with the cumulated
 * rate, so that gaps keep their family and CV relative to the rate of the hour. Draws from the streams of `sampleShape`.
 * The arrivals lie in [0, hours × 3600); there may be none.
 */
export function traceFromProfile(profile: ArrivalProfile, options: ReplayOptions): RequestColumns {
  const { hours, startHour = 0, seed, name } = options;
  const rateOf = (hour: number): number => profile.hourlyRate[(startHour + hour) % HOURS_PER_WEEK] ?? 0;
  let expected = 0;
  for (let hour = 0; hour < hours; hour++) {
    expected += rateOf(hour) * SECONDS_PER_HOUR * Math.min(1, hours - hour);
  }
  const shape = shapeReaching(expected, (count) => sampleShape(profile, { count, seed, name }));
  const arrival = new Float64Array(shape.unitArrival.length);
  let count = 0;
  let hour = 0;
  let before = 0;
  for (const cumulated of shape.unitArrival) {
    if (cumulated >= expected) break;
    while (cumulated >= before + rateOf(hour) * SECONDS_PER_HOUR) {
      before += rateOf(hour) * SECONDS_PER_HOUR;
      hour++;
    }
    arrival[count++] = hour * SECONDS_PER_HOUR + (cumulated - before) / rateOf(hour);
  }
  return {
    arrival: arrival.slice(0, count),
    isl: shape.isl.slice(0, count),
    osl: shape.osl.slice(0, count),
    cachedTokens: shape.cachedTokens.slice(0, count),
  };
}

/** A shape whose last arrival lies beyond `expected`; a longer draw begins with the same requests as a shorter one. */
function shapeReaching(expected: number, draw: (count: number) => RequestShape): RequestShape {
  let count = Math.ceil(expected + 4 * Math.sqrt(expected)) + 16;
  for (;;) {
    const shape = draw(count);
    if ((shape.unitArrival[count - 1] ?? Infinity) >= expected) return shape;
    count *= 2;
  }
}
