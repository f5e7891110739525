import type { CostLineItem, Offering } from '../../model/index.ts';
import { convertMoney, money, priceOfHours, sumMoney, sumUsd } from '../../units/index.ts';
import type { MicroUsd, MicroUsdPerHour } from '../../units/index.ts';
import type { CostForecast } from './cost-statement.ts';

/** Distance from the median of a normal law to its 95th and 90th percentile, in standard deviations. */
const Z95 = 1.6448536;
const Z90 = 1.2815516;

/** What a forecast of costs rests on. */
export interface ForecastBasis {
  readonly offerings: readonly Offering[];
  /** 95th percentile of the mean price over a month, by offering, where the histories are at hand. */
  readonly p95Prices?: ReadonlyMap<string, MicroUsdPerHour>;
}

/**
 * Forecasts a bill per month: node hours of spot capacity at the quantiles of its prices, all else as planned. All prices are taken to be high together, so
 * that P95 is at least as high as it can be for these laws; traffic is as declared. Where the 95th percentile of a price is not given it is
 * that of the log-normal law through P50 and P90 (*assumed*; prices are positive and skewed), at most the list price, for which one would buy on demand instead.
 */
export function forecastCost(
  lineItems: readonly CostLineItem[],
  { offerings, p95Prices }: ForecastBasis,
  perUsd: number,
): CostForecast {
  const byId = new Map(offerings.map((offering) => [offering.id, offering]));
  const spot = lineItems.filter(({ capacityType }) => capacityType === 'spot');
  const known = spot.flatMap((item) => {
    const id = `${item.pool}/${item.zone}/spot`;
    const forecast = byId.get(id)?.priceForecast;
    return forecast === undefined ? [] : [{ item, forecast, p95: p95Prices?.get(id) }];
  });
  const uncertain = sumUsd(known.map(({ item }) => item.effectiveCost));
  const fixed = sumUsd(lineItems.map(({ effectiveCost }) => effectiveCost)) - uncertain;
  const total = (price: (entry: (typeof known)[number]) => MicroUsdPerHour): MicroUsd =>
    sumUsd(known.map((entry) => priceOfHours(price(entry), entry.item.nodeHours)));
  const p50 = total(({ forecast }) => forecast.p50);
  const p95 = total(
    ({ item, forecast, p95: own }) => own ?? logNormalP95(forecast.p50, forecast.p90, item.listUnitPrice),
  );
  return {
    p50: convertMoney(money(fixed + p50), perUsd),
    p95: convertMoney(money(fixed + p95), perUsd),
    uncertain: convertMoney(uncertain, perUsd),
    withoutHistory: convertMoney(
      money(sumMoney(spot.map(({ effectiveCost }) => effectiveCost)) - uncertain),
      perUsd,
    ),
    method: known.some((entry) => entry.p95 === undefined) ? 'log-normal' : 'history',
    sources: [...new Set(known.map(({ forecast }) => forecast.source))].sort(),
  };
}

function logNormalP95(p50: MicroUsdPerHour, p90: MicroUsdPerHour, cap: MicroUsdPerHour): MicroUsdPerHour {
  const price = p50 > 0 ? p50 * (p90 / p50) ** (Z95 / Z90) : p90;
  // P90 above the cap would be odd data; P95 is never below it.
  return Math.round(Math.max(p90, Math.min(cap, price))) as MicroUsdPerHour;
}
