import type { LatencyLimit, LatencyMetric } from '../model/index.ts';
import { PERCENTILE_SHARE } from './percentile.ts';

/**
 * Watches a run for the moment at which so many requests are over a limit that its percentile cannot be met
 * any more, whatever the remaining requests do.
 */
export class HopelessWatch {
  /** The first limit that can no longer be met (`tpot.p99`); empty while all can. */
  limit = '';
  readonly #ttft: Countdown[];
  readonly #tpot: Countdown[];
  readonly #e2e: Countdown[];

  /** @param samples how many requests of the run will have a value of each metric */
  constructor(limits: readonly LatencyLimit[], samples: Readonly<Record<LatencyMetric, number>>) {
    const of = (metric: LatencyMetric): Countdown[] =>
      limits.filter((limit) => limit.metric === metric).map((limit) => countdown(limit, samples[metric]));
    this.#ttft = of('ttft');
    this.#tpot = of('tpot');
    this.#e2e = of('e2e');
  }

  firstToken(ttft: number): void {
    this.#count(this.#ttft, ttft);
  }

  /** @param tpot NaN for a request of one token, which has none */
  lastToken(tpot: number, e2e: number): void {
    this.#count(this.#tpot, tpot);
    this.#count(this.#e2e, e2e);
  }

  #count(countdowns: readonly Countdown[], value: number): void {
    for (const item of countdowns) {
      if (value > item.limit && item.left-- === 0 && this.limit === '') this.limit = item.name;
    }
  }
}

interface Countdown {
  readonly name: string;
  readonly limit: number;
  /** Requests that may still be over the limit. */
  left: number;
}

function countdown({ metric, percentile, limit }: LatencyLimit, samples: number): Countdown {
  const allowed = samples - Math.ceil(PERCENTILE_SHARE[percentile] * samples);
  return { name: `${metric}.${percentile}`, limit, left: allowed };
}
