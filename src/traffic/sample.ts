import type { ArrivalProfile, RequestColumns } from '../model/index.ts';
import { randomStream } from '../random/index.ts';
import type { RandomStream } from '../random/index.ts';
import { gapLaw } from './gap-family.ts';
import { cachedTokensOf } from './prefix-share.ts';
import { quantileAt } from './quantiles.ts';

/** Everything of a sample except its rate: drawn once, scaled to any rate by `atRate`. */
export interface RequestShape {
  /** Arrivals at one request per second on average, ascending; the first comes after one gap. */
  readonly unitArrival: Float64Array;
  /** Input tokens, output tokens and cached prefix tokens, one entry per request. */
  readonly isl: Int32Array;
  readonly osl: Int32Array;
  readonly cachedTokens: Int32Array;
}

/** Which sample of a profile: same seed and name give the same sample, and its first requests at every count. */
export interface ShapeOptions {
  readonly count: number;
  readonly seed: number;
  /** Name of the random stream. */
  readonly name: string;
}

/**
 * Draws the shape of a stationary sample. Draws from `<name>/gaps`, `<name>/lengths` and `<name>/prefix` of the seed, so that
 * lengths are the same whatever the burstiness, and everything but the arrivals' scale is the same at every rate
 * (common random numbers).
 */
export function sampleShape(profile: ArrivalProfile, options: ShapeOptions): RequestShape {
  const { count, seed, name } = options;
  return drawShape(profile, count, {
    gaps: randomStream(seed, `${name}/gaps`),
    lengths: randomStream(seed, `${name}/lengths`),
    prefix: randomStream(seed, `${name}/prefix`),
  });
}

/** The sample at `requestRate` > 0 requests per second. Shares the length columns with the shape: do not write to them. */
export function atRate(shape: RequestShape, requestRate: number): RequestColumns {
  const { unitArrival, isl, osl, cachedTokens } = shape;
  const arrival = new Float64Array(unitArrival.length);
  for (let i = 0; i < arrival.length; i++) arrival[i] = (unitArrival[i] ?? 0) / requestRate;
  return { arrival, isl, osl, cachedTokens };
}

/**
 * Draws `count` requests of the profile arriving at a constant mean rate (> 0, requests per second), with the profile's gap
 * family, CV, lengths and prefix shares. Takes three numbers from `stream` to seed streams for gaps, lengths and prefixes:
 * two streams in the same state give the same requests at every rate, only the arrivals are scaled.
 */
export function sampleRequests(
  profile: ArrivalProfile,
  options: { readonly requestRate: number; readonly count: number; readonly stream: RandomStream },
): RequestColumns {
  const child = (name: string): RandomStream => randomStream(options.stream.integer(2 ** 32), name);
  const shape = drawShape(profile, options.count, {
    gaps: child('gaps'),
    lengths: child('lengths'),
    prefix: child('prefix'),
  });
  return atRate(shape, options.requestRate);
}

interface ShapeStreams {
  readonly gaps: RandomStream;
  readonly lengths: RandomStream;
  readonly prefix: RandomStream;
}

function drawShape(profile: ArrivalProfile, count: number, streams: ShapeStreams): RequestShape {
  const { inputQuantiles, outputQuantiles } = profile.lengths;
  const law = gapLaw(profile.arrivals.family, profile.arrivals.cv);
  const shape = {
    unitArrival: new Float64Array(count),
    isl: new Int32Array(count),
    osl: new Int32Array(count),
    cachedTokens: new Int32Array(count),
  };
  let time = 0;
  for (let i = 0; i < count; i++) {
    time += law.draw(streams.gaps);
    const inputProbability = streams.lengths.uniform();
    const outputs = outputQuantiles[Math.floor(inputProbability * outputQuantiles.length)] ?? [];
    const isl = wholeTokens(quantileAt(inputQuantiles, inputProbability));
    shape.unitArrival[i] = time;
    shape.isl[i] = isl;
    shape.osl[i] = wholeTokens(quantileAt(outputs, streams.lengths.uniform()));
    shape.cachedTokens[i] = cachedTokensOf(profile.prefix, isl, inputProbability, streams.prefix.uniform());
  }
  return shape;
}

function wholeTokens(length: number): number {
  return Math.max(1, Math.round(length));
}
