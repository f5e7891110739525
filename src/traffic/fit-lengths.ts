import type { LengthModel, PrefixModel } from '../model/index.ts';
import { meanOfQuantiles, quantileAt, summarise } from './quantiles.ts';
import { stableOrder } from './stable-order.ts';

/** Input quantile steps: knots every half percent, so that p99 is a knot. */
const INPUT_STEPS = 200;
/** Classes of input length that each have their own output lengths. */
const CLASSES = 8;
/** Output quantile steps per class. */
const OUTPUT_STEPS = 100;
/** Steps of the prefix share per class; ends are exact, so that "nothing shared" and "all shared" survive. */
const SHARE_STEPS = 20;
/** Requests a class must have; shorter traces get fewer classes (assumed: enough for a median, not for a p99). */
const REQUESTS_PER_CLASS = 50;

/** Lengths of requests as parallel columns, tokens. */
export interface LengthColumns {
  readonly isl: Int32Array;
  readonly osl: Int32Array;
  readonly cachedTokens: Int32Array;
}

/** Lengths and prefix sharing fitted together: both use the same classes of input length. */
export interface FittedLengths {
  readonly lengths: LengthModel;
  readonly prefix: PrefixModel;
}

/**
 * Fits joint length quantiles and prefix shares to at least one request.
 * Requests are cut by rank of input length into 8 classes of equal size (fewer below 400 requests; ties by position in the
 * trace); what output and prefix depend on within a class beyond that is lost. Lengths are rounded to whole tokens; shares
 * are corrected by one factor so that the hit rate of the trace is kept.
 */
export function fitLengths(requests: LengthColumns): FittedLengths {
  const { isl, osl, cachedTokens } = requests;
  const count = isl.length;
  const order = stableOrder(isl);
  const sortedInputs = new Int32Array(count);
  order.forEach((from, to) => (sortedInputs[to] = isl[from] ?? 0));
  const classes = Math.max(1, Math.min(CLASSES, Math.floor(count / REQUESTS_PER_CLASS)));
  const outputQuantiles: number[][] = [];
  const shareQuantiles: number[][] = [];
  for (let c = 0; c < classes; c++) {
    const members = order.subarray(
      Math.floor((c * count) / classes),
      Math.floor(((c + 1) * count) / classes),
    );
    const outputs = new Int32Array(members.length);
    const shares = new Float64Array(members.length);
    members.forEach((from, to) => {
      outputs[to] = osl[from] ?? 0;
      shares[to] = (cachedTokens[from] ?? 0) / (isl[from] ?? 1);
    });
    outputs.sort();
    shares.sort();
    outputQuantiles.push(wholeTokens(summarise(outputs, stepsFor(outputs.length, OUTPUT_STEPS))));
    shareQuantiles.push(
      Array.from({ length: SHARE_STEPS + 1 }, (_, k) => quantileAt(shares, k / SHARE_STEPS)),
    );
  }
  const inputQuantiles = wholeTokens(summarise(sortedInputs, stepsFor(count, INPUT_STEPS)));
  const lengths = { inputQuantiles, outputQuantiles };
  return { lengths, prefix: fitPrefix(requests, lengths, shareQuantiles) };
}

function fitPrefix(requests: LengthColumns, lengths: LengthModel, shares: number[][]): PrefixModel {
  const hitRate = sum(requests.cachedTokens) / sum(requests.isl);
  if (hitRate === 0) return { hitRate: 0 };
  const correction = hitRate / modelledHitRate(lengths, shares);
  return {
    hitRate: round(hitRate),
    shareQuantiles: shares.map((quantiles) =>
      quantiles.map((share) => round(Math.min(1, share * correction))),
    ),
  };
}

/** Share of input tokens that prefix shares drawn independently of the input length within a class would cover. */
function modelledHitRate(lengths: LengthModel, shares: readonly (readonly number[])[]): number {
  const classes = shares.length;
  let cached = 0;
  let all = 0;
  shares.forEach((quantiles, c) => {
    const inputs = Array.from({ length: 65 }, (_, i) =>
      quantileAt(lengths.inputQuantiles, (c + i / 64) / classes),
    );
    all += meanOfQuantiles(inputs);
    cached += meanOfQuantiles(inputs) * meanOfQuantiles(quantiles);
  });
  return cached / all;
}

/** No more steps than there are gaps between values. */
function stepsFor(count: number, most: number): number {
  return Math.max(1, Math.min(most, count - 1));
}

function wholeTokens(values: readonly number[]): number[] {
  return values.map((value) => Math.max(1, Math.round(value)));
}

function sum(values: Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Shares are kept to four decimals. */
function round(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
