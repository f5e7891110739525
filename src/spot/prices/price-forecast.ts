import { meanPrice, priceAt } from './price-history.ts';
import type { PriceHistory } from './price-history.ts';

/** Windows that follow each other without overlap from which on an offering's own past is enough (assumed). */
const OWN_WINDOWS = 20;
/** Beginnings of windows per horizon; they overlap, which wastes no data. */
const BEGINNINGS_PER_HORIZON = 4;

/** What is asked of a forecast. */
export interface PriceForecastOptions {
  /** Moment from which the mean price is forecast, seconds since 1970-01-01 UTC; nothing later is looked at. */
  readonly atSeconds: number;
  /** Length of the time over which the price is averaged, seconds > 0. */
  readonly horizonSeconds: number;
  /** Price that is never exceeded because one would buy the other instead, USD per hour: on-demand for spot. Default none. */
  readonly cap?: number;
}

/** Quantiles of the mean price over a horizon, USD per hour. */
export interface PriceForecast {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  /** The price at the moment of the forecast. */
  readonly now: number;
  /** Whose past it rests on, and how many windows of it. */
  readonly basis: 'own' | 'pooled' | 'none';
  readonly windows: number;
  /** Data set of the price, and the ISO date of its latest change that was used. */
  readonly source: string;
  readonly date: string;
}

/**
 * Forecasts the mean price of an offering over a horizon: its price now, times empirical quantiles of (mean price over a horizon) / (price at its beginning) over past windows. Those are
 * its own where 20 of them fit one after the other (assumed), else of all `peers` of its capacity type, itself included. Where no past is as long as the horizon, the longest past
 * is taken and log ratios are scaled by the square root of time, as for a random walk (assumed). With no past at all, or a single price, the quantiles are the price now.
 * Quantiles are those of the sample widened for its size: rank ⌈0.9 (n + 1)⌉ and its mirror (Vovk's conformal prediction, 2005).
 */
export function forecastPrice(
  history: PriceHistory,
  peers: readonly PriceHistory[],
  { atSeconds, horizonSeconds, cap = Infinity }: PriceForecastOptions,
): PriceForecast {
  const now = priceAt(history, atSeconds);
  const pool = [
    history,
    ...peers.filter((peer) => peer.id !== history.id && peer.capacityType === history.capacityType),
  ];
  const past = (item: PriceHistory): number =>
    Math.min(atSeconds, item.endSeconds) - (item.seconds[0] ?? Infinity);
  const isOwn = past(history) >= OWN_WINDOWS * horizonSeconds;
  const longest = Math.max(...pool.map(past));
  const span = Math.min(horizonSeconds, longest / 2);
  const basis = isOwn ? [history] : pool;
  const ratios = span > 0 ? basis.flatMap((item) => logRatios(item, span, atSeconds)) : [];
  ratios.sort((a, b) => a - b);
  const scale = Math.sqrt(horizonSeconds / Math.max(span, 1));
  const quantile = (share: number): number => {
    const rank =
      share < 0.5 ? Math.floor(share * (ratios.length + 1)) : Math.ceil(share * (ratios.length + 1));
    const ratio = ratios[Math.min(ratios.length, Math.max(1, rank)) - 1] ?? 0;
    return Math.min(cap, now * Math.exp(ratio * scale));
  };
  return {
    ...{ p10: quantile(0.1), p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), now },
    ...{ basis: ratios.length === 0 ? 'none' : isOwn ? 'own' : 'pooled', windows: ratios.length },
    source: history.provenance.source,
    date: isoDate(latestChange(history, atSeconds)),
  };
}

/** Logarithms of (mean price over `span`) / (price at its beginning) for windows that end by `atSeconds`. */
function logRatios(history: PriceHistory, span: number, atSeconds: number): readonly number[] {
  const start = history.seconds[0] ?? Infinity;
  const last = Math.min(atSeconds, history.endSeconds) - span;
  const ratios: number[] = [];
  for (let from = last; from >= start; from -= span / BEGINNINGS_PER_HORIZON) {
    ratios.push(Math.log(meanPrice(history, from, from + span) / priceAt(history, from)));
  }
  return ratios;
}

function latestChange(history: PriceHistory, atSeconds: number): number {
  return history.seconds.findLast((seconds) => seconds <= atSeconds) ?? history.seconds[0] ?? atSeconds;
}

function isoDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
