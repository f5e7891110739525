import type { ArrivalProfile } from '../model/index.ts';
import { requestsPerSecond } from '../units/index.ts';
import type { RequestsPerSecond } from '../units/index.ts';
import { meanOfQuantiles, quantileAt, shareBelow } from './quantiles.ts';

/** Mean and percentiles of one length, tokens. */
export interface LengthStatistics {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** What a profile amounts to. */
export interface ProfileStatistics {
  /** Mean over the week, and rate of its busiest hour. */
  readonly meanRate: RequestsPerSecond;
  readonly peakRate: RequestsPerSecond;
  readonly isl: LengthStatistics;
  readonly osl: LengthStatistics;
}

/** The rates and lengths that samples of the profile tend to; computed from its quantiles, nothing is drawn. */
export function profileStatistics(profile: ArrivalProfile): ProfileStatistics {
  const { hourlyRate, lengths } = profile;
  const { inputQuantiles, outputQuantiles } = lengths;
  const total = hourlyRate.reduce((sum, rate) => sum + rate, 0);
  return {
    meanRate: requestsPerSecond(Number((total / Math.max(1, hourlyRate.length)).toPrecision(12))),
    peakRate: requestsPerSecond(Math.max(0, ...hourlyRate)),
    isl: {
      mean: meanOfQuantiles(inputQuantiles),
      p50: quantileAt(inputQuantiles, 0.5),
      p99: quantileAt(inputQuantiles, 0.99),
    },
    osl: {
      mean: outputQuantiles.reduce((sum, law) => sum + meanOfQuantiles(law), 0) / outputQuantiles.length,
      p50: mixtureQuantile(outputQuantiles, 0.5),
      p99: mixtureQuantile(outputQuantiles, 0.99),
    },
  };
}

/** Quantile of an equal mixture of laws given by their quantiles, by bisection to a hundredth of a token. */
function mixtureQuantile(laws: readonly (readonly number[])[], probability: number): number {
  let low = 0;
  let high = Math.max(1, ...laws.map((law) => law[law.length - 1] ?? 0));
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    const share = laws.reduce((sum, law) => sum + shareBelow(law, middle), 0) / laws.length;
    if (share < probability) low = middle;
    else high = middle;
  }
  return high;
}
