import type { Provenance } from '../../model/index.ts';

/** The price of one offering over time, as a step function: `prices[i]` from `seconds[i]` until the next change. */
export interface PriceHistory {
  /** Unique within its set: capacity type, place and instance type, for example `spot/us-east-1a/p3.2xlarge`. */
  readonly id: string;
  readonly capacityType: 'spot' | 'on-demand';
  /** Region or zone. */
  readonly place: string;
  readonly instanceType: string;
  /** Moments of change, seconds since 1970-01-01 UTC, strictly ascending, at least one. */
  readonly seconds: Float64Array;
  /** USD per hour, > 0. */
  readonly prices: Float64Array;
  /** Until when prices are known: the last moment at which the source was seen, ≥ the last change. */
  readonly endSeconds: number;
  readonly provenance: Provenance;
}

/** Mean price between two moments, weighted by time, in USD per hour; the first price holds before the first change, the last after the last. */
export function meanPrice(history: PriceHistory, fromSeconds: number, toSeconds: number): number {
  const { seconds, prices } = history;
  let index = changeBefore(history, fromSeconds);
  if (toSeconds <= fromSeconds) return prices[index] ?? NaN;
  let [sum, at] = [0, fromSeconds];
  while (at < toSeconds) {
    const until = Math.min(toSeconds, seconds[index + 1] ?? Infinity);
    sum += (until - at) * (prices[index] ?? NaN);
    at = until;
    index++;
  }
  return sum / (toSeconds - fromSeconds);
}

/** The price at a moment, USD per hour. */
export function priceAt(history: PriceHistory, seconds: number): number {
  return history.prices[changeBefore(history, seconds)] ?? NaN;
}

/** Index of the last change at or before a moment; 0 before the first. */
function changeBefore({ seconds }: PriceHistory, moment: number): number {
  let [low, high] = [0, seconds.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((seconds[middle] ?? 0) <= moment) low = middle;
    else high = middle - 1;
  }
  return low;
}
