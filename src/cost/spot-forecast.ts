import type { CostLineItem, Offering, SpotCostForecast } from '../model/index.ts';
import { microUsd, priceOfHours, sumUsd } from '../units/index.ts';
import type { MicroUsdPerHour } from '../units/index.ts';

/**
 * The forecast of the spot part of line items, idle capacity included: their node hours at the quantiles of the offerings' prices. Undefined where none of it has
 * a forecast.
 */
export function spotForecast(
  lineItems: readonly CostLineItem[],
  offerings: ReadonlyMap<string, Offering>,
): SpotCostForecast | undefined {
  const spot = lineItems.filter(({ capacityType }) => capacityType === 'spot');
  const known = spot.flatMap((item) => {
    const forecast = offerings.get(`${item.pool}/${item.zone}/spot`)?.priceForecast;
    return forecast === undefined ? [] : [{ item, forecast }];
  });
  if (known.length === 0) return undefined;
  const at = (price: (entry: (typeof known)[number]) => MicroUsdPerHour): SpotCostForecast['p50'] =>
    sumUsd(known.map((entry) => priceOfHours(price(entry), entry.item.nodeHours)));
  const planned = sumUsd(known.map(({ item }) => item.effectiveCost));
  const dates = known.map(({ forecast }) => forecast.date).sort();
  return {
    planned,
    p10: at(({ forecast }) => forecast.p10),
    p50: at(({ forecast }) => forecast.p50),
    p90: at(({ forecast }) => forecast.p90),
    withoutHistory: microUsd(sumUsd(spot.map(({ effectiveCost }) => effectiveCost)) - planned),
    sources: [...new Set(known.map(({ forecast }) => forecast.source))].sort(),
    dates: { oldest: dates[0] ?? '', newest: dates.at(-1) ?? '' },
  };
}
