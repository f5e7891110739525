import type { ArrivalProfile, TrafficScaling } from '../model/index.ts';
import { HOURS_PER_WEEK, requestsPerSecond } from '../units/index.ts';
import type { RequestsPerSecond } from '../units/index.ts';
import { withHitRate } from './prefix-share.ts';

const HOURS_PER_DAY = 24;
/** Hour of the day at which an assumed day curve peaks unless stated (UTC; assumed: early afternoon). */
const ASSUMED_PEAK_HOUR = 14;
/** Weeks whose busiest hour is within this share of the mean count as flat. */
const FLAT_WITHIN = 1e-6;
/** Largest exponent used to sharpen a curve. */
const SHARPEST = 1000;

/**
 * The profile changed as stated; absent fields leave it as it is. In this order:
 * `peakToMean` ≥ 1 makes the busiest hour that many times the mean: a flat week becomes a day curve (a sinusoid over 24 h up
 * to 2, a power of the raised cosine above, at most 24; assumed shape), any other week has its rates raised to the power that
 * gives the ratio (a ratio the week cannot reach gives the nearest it can);
 * `peakHour` turns the week so that the busiest time of day falls on that UTC hour;
 * `meanRate` scales all hours to that mean; `burstiness` and `prefixHitRate` replace the profile's.
 */
export function scaleProfile(profile: ArrivalProfile, scaling: TrafficScaling): ArrivalProfile {
  const { burstiness, prefixHitRate } = scaling;
  return {
    ...profile,
    hourlyRate: scaleHourlyRate(profile.hourlyRate, scaling),
    arrivals: burstiness === undefined ? profile.arrivals : { ...profile.arrivals, cv: burstiness },
    prefix: prefixHitRate === undefined ? profile.prefix : withHitRate(profile.prefix, prefixHitRate),
  };
}

/**
 * The rates of the 168 hours of a week changed as stated, by the rules of `scaleProfile`; the same list when nothing is.
 * A week without requests has the shape of a flat one.
 */
export function scaleHourlyRate(
  rates: readonly RequestsPerSecond[],
  { peakToMean, peakHour, meanRate }: Pick<TrafficScaling, 'peakToMean' | 'peakHour' | 'meanRate'>,
): readonly RequestsPerSecond[] {
  if (peakToMean === undefined && peakHour === undefined && meanRate === undefined) return rates;
  const oldMean = mean(rates);
  let shape: readonly number[] = rates.map((rate) => (oldMean > 0 ? rate / oldMean : 1));
  if (peakToMean !== undefined) shape = withPeak(shape, peakToMean);
  if (peakHour !== undefined) shape = turned(shape, peakHour);
  const newMean = meanRate ?? oldMean;
  return shape.map((share) => requestsPerSecond(Number((share * newMean).toPrecision(12))));
}

/** A week of mean 1 with the given ratio of busiest hour to mean. */
function withPeak(shape: readonly number[], peakToMean: number): readonly number[] {
  if (peakToMean <= 1) return shape.map(() => 1);
  if (Math.max(...shape) > 1 + FLAT_WITHIN) return sharpened(shape, peakToMean);
  if (peakToMean <= 2) return dayCurve((wave) => 1 + (peakToMean - 1) * wave);
  return sharpened(
    dayCurve((wave) => 1 + wave),
    peakToMean,
  );
}

function dayCurve(rate: (wave: number) => number): readonly number[] {
  return Array.from({ length: HOURS_PER_WEEK }, (_, hour) =>
    rate(Math.cos((2 * Math.PI * (hour - ASSUMED_PEAK_HOUR)) / HOURS_PER_DAY)),
  );
}

/** The shape to the power that gives it the ratio, mean 1; the ratio grows with the power, found by bisection. */
function sharpened(shape: readonly number[], peakToMean: number): readonly number[] {
  const peak = Math.max(...shape);
  const powered = (power: number): number[] => {
    const curve = shape.map((rate) => (Math.max(0, rate) / peak) ** power);
    const scale = 1 / mean(curve);
    return curve.map((rate) => rate * scale);
  };
  let low = 0;
  let high = SHARPEST;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (Math.max(...powered(middle)) < peakToMean) low = middle;
    else high = middle;
  }
  return powered(high);
}

/** The week turned by less than a day so that the busiest time of day falls on `peakHour`; ties go to the earliest. */
function turned(shape: readonly number[], peakHour: number): readonly number[] {
  const byTimeOfDay = Array.from({ length: HOURS_PER_DAY }, (_, hour) =>
    mean(shape.filter((_rate, index) => index % HOURS_PER_DAY === hour)),
  );
  const busiest = byTimeOfDay.indexOf(Math.max(...byTimeOfDay));
  const shift = busiest - peakHour;
  return shape.map((_, hour) => shape[(hour + shift + HOURS_PER_WEEK) % HOURS_PER_WEEK] ?? 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
