import type { Evidence } from '../model/index.ts';
import type { Figure } from '../report/index.ts';

/** How well a prediction is known: factors on the value that hold 80 % of the truth between them, and where it comes from. */
export interface Certainty {
  /** 0 < low ≤ 1 ≤ high as a rule; a biased model may have both on one side. */
  readonly low: number;
  readonly high: number;
  readonly evidence: Evidence;
}

/** A positive quantity with its 80 % interval. */
export function figureWithin(value: number, { low, high, evidence }: Certainty): Figure {
  return { value, low: value * Math.min(1, low), high: value * Math.max(1, high), evidence };
}

/** What is known of the inverse of a quantity: a throughput by a time. */
export function inverse({ low, high, evidence }: Certainty): Certainty {
  return { low: 1 / high, high: 1 / low, evidence };
}

/** Two independent uncertainties of a product or a quotient, as widths in the logarithm. */
export function combined(one: Certainty, other: Certainty, evidence: Evidence): Certainty {
  const low = Math.hypot(Math.log(one.low), Math.log(other.low));
  const high = Math.hypot(Math.log(one.high), Math.log(other.high));
  return { low: Math.exp(-low), high: Math.exp(high), evidence };
}

/** A quantity known exactly: what was asked for. */
export const EXACT = { low: 1, high: 1 } as const;
/** Mean board power is known within 20 % (*assumed*, see `replicaPower`). */
export const POWER_CERTAINTY: Certainty = { low: 1 / 1.2, high: 1.2, evidence: 'assumed' };
/** Start-up is known within a factor of 1.5 (*assumed*: storage and image decide it). */
export const STARTUP_CERTAINTY: Certainty = { low: 1 / 1.5, high: 1.5, evidence: 'assumed' };
