import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { Offering, OfferingPriceForecast } from '../../model/index.ts';
import { forecastPrice } from '../../spot/index.ts';
import type { PriceForecast, PriceHistory } from '../../spot/index.ts';
import { HOURS_PER_MONTH, seconds, toDollars, usdPerHour } from '../../units/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';

/** Forecasts are of the mean price over a month, as costs are. */
const HORIZON = HOURS_PER_MONTH * 3600;

/** Forecasts by offering id, and what was odd about the histories. */
export interface PriceForecasts {
  readonly byOffering: ReadonlyMap<string, OfferingPriceForecast>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The price of each spot offering over the month after its history ends (no clock is read), from the history of its zone, else of its region; at most the list
 * price on demand. Offerings without a history are left out. Warning: `spot-price-unused` where no history tells of any offering.
 */
export function forecastPrices(
  spot: readonly Offering[],
  histories: readonly PriceHistory[],
): PriceForecasts {
  if (histories.length === 0) return { byOffering: new Map(), diagnostics: [] };
  const ofSpot = histories.filter(({ capacityType }) => capacityType === 'spot');
  const byOffering = new Map(
    spot.flatMap((offering): [string, OfferingPriceForecast][] => {
      const own = historyOf(offering, ofSpot);
      return own === undefined ? [] : [[offering.id, forecastOf(offering, own, ofSpot)]];
    }),
  );
  return { byOffering, diagnostics: byOffering.size > 0 ? [] : [unused(spot, histories)] };
}

/** The 95th percentile of the same prices, by offering: plans hold no more than the 90th. */
export function p95Prices(
  spot: readonly Offering[],
  histories: readonly PriceHistory[],
): ReadonlyMap<string, MicroUsdPerHour> {
  const ofSpot = histories.filter(({ capacityType }) => capacityType === 'spot');
  return new Map(
    spot.flatMap((offering): [string, MicroUsdPerHour][] => {
      const own = historyOf(offering, ofSpot);
      return own === undefined ? [] : [[offering.id, usdPerHour(rawForecast(offering, own, ofSpot).p95)]];
    }),
  );
}

function historyOf(
  { zone, region, instanceType }: Offering,
  histories: readonly PriceHistory[],
): PriceHistory | undefined {
  const own = histories.filter((item) => item.instanceType === instanceType.name);
  return [zone, region, 'all']
    .map((place) => own.find((item) => item.place === place))
    .find((item) => item !== undefined);
}

function forecastOf(
  offering: Offering,
  history: PriceHistory,
  peers: readonly PriceHistory[],
): OfferingPriceForecast {
  const { p10, p50, p90, source, date } = rawForecast(offering, history, peers);
  return {
    p10: usdPerHour(p10),
    p50: usdPerHour(p50),
    p90: usdPerHour(p90),
    horizon: seconds(HORIZON),
    ...{ source, date },
  };
}

function rawForecast(
  offering: Offering,
  history: PriceHistory,
  peers: readonly PriceHistory[],
): PriceForecast {
  return forecastPrice(history, peers, {
    atSeconds: history.endSeconds,
    horizonSeconds: HORIZON,
    cap: toDollars(offering.listPrice),
  });
}

function unused(spot: readonly Offering[], histories: readonly PriceHistory[]): Diagnostic {
  const [first] = histories;
  return diagnostic('spot-price-unused', {
    summary: `None of ${histories.length} price histories tells of a spot offering of the stack.`,
    detail: `The first history is ${first?.id ?? ''}; the first spot offering is ${spot[0]?.instanceType.name ?? 'none'} in ${spot[0]?.zone ?? 'no zone'}.`,
    path: 'spot.prices',
    fix: 'Bring histories whose zone or region and instance type are those of the pools.',
  });
}
