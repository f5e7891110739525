import type { Catalog } from '../catalog/index.ts';
import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { InstanceType } from '../model/index.ts';
import { sortedBy, toDollars } from '../units/index.ts';
import type { MicroUsdPerHour } from '../units/index.ts';

/** What one accelerator costs and where that is from. */
export interface AcceleratorPrice {
  /** Dollars per accelerator and hour. */
  readonly perHour: number;
  readonly source: string;
  /** Region of the catalogue's price; absent where it was stated. */
  readonly region?: string;
}

/** How the price is found. */
export interface PriceOptions {
  /** Price of one accelerator per hour; wins over the catalogue. */
  readonly price?: MicroUsdPerHour;
  /** Region of the instance type; default the cheapest that the catalogue knows. */
  readonly region?: string;
}

/**
 * The on-demand price of one accelerator: as stated, else the share of one accelerator in its instance type; undefined when
 * neither is stated. Error: `catalog-no-price` when the instance type has no price in the region.
 */
export function acceleratorPrice(
  options: PriceOptions,
  instance: InstanceType | undefined,
  catalog: Catalog,
): Outcome<AcceleratorPrice | undefined> {
  if (options.price !== undefined) {
    return success({ perHour: toDollars(options.price), source: 'stated with --price' });
  }
  if (instance === undefined) return success(undefined);
  const offered = catalog.prices.filter(
    (record) =>
      record.instanceType.toLowerCase() === instance.name.toLowerCase() &&
      record.provider === instance.provider &&
      record.capacityType === 'on-demand',
  );
  const { region } = options;
  const here = region === undefined ? offered : offered.filter((record) => record.region === region);
  const [cheapest] = sortedBy(here, (record) => `${String(record.price).padStart(16, '0')} ${record.region}`);
  if (cheapest !== undefined) {
    return success({
      perHour: toDollars(cheapest.price) / (instance.accelerator?.count ?? 1),
      source: `${instance.name} on demand in ${cheapest.region}, ${cheapest.provenance.source}`,
      region: cheapest.region,
    });
  }
  if (offered.length === 0 && region === undefined) return success(undefined);
  const regions = [...new Set(offered.map((record) => record.region))];
  return failure(
    diagnostic('catalog-no-price', {
      summary: `The catalogue has no on-demand price of ${instance.name} in ${region ?? 'any region'}.`,
      path: '--region',
      fix: suggestion(region ?? '', regions, 'State the price of one accelerator with --price.'),
    }),
  );
}
