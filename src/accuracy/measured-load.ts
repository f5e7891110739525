import type { RequestColumns } from '../model/index.ts';
import type { Measurement } from './measurement.ts';

/** Requests a benchmark sends per client: InferenceX sends ten times the concurrency. */
const ROUNDS = 10;
/** Steps of an additive sequence in two dimensions: 1/ρ and 1/ρ², ρ the plastic number (evenly spread over pairs). */
const INPUT_STEP = 0.754_877_666;
const OUTPUT_STEP = 0.569_840_291;

/**
 * The requests of a measured closed loop with `clients` clients: ten per client, lengths spread evenly over the
 * measurement's range around the nominal ones. Repeatable; draws no random number.
 */
export function measuredRequests(m: Measurement, clients: number): Omit<RequestColumns, 'arrival'> {
  const count = Math.max(2, clients * ROUNDS);
  const [low, high] = m.lengthSpread;
  const spread = (index: number, step: number): number => low + (high - low) * (((index + 1) * step) % 1);
  return {
    isl: Int32Array.from({ length: count }, (_, i) => Math.max(1, Math.round(m.isl * spread(i, INPUT_STEP)))),
    osl: Int32Array.from({ length: count }, (_, i) =>
      Math.max(2, Math.round(m.osl * spread(i, OUTPUT_STEP))),
    ),
    cachedTokens: new Int32Array(count),
  };
}

/** The mean of the entries that are not NaN; NaN when there are none. */
export function meanOf(column: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
