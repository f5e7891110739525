import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { CapacityType, HardwarePool, InstanceMix } from '../model/index.ts';
import type { Catalog } from './catalog.ts';
import { daysBetween, OLD_PRICE_DAYS } from './price-dates.ts';
import { findPrice } from './price-lookup.ts';
import type { FoundPrice } from './price-lookup.ts';
import { zoneBelongsTo } from './zones.ts';

/** `catalog-unknown-zone` for every zone whose name does not belong to the region. */
export function misplacedZones(
  pool: Pick<HardwarePool, 'id' | 'path' | 'provider' | 'region' | 'zones'>,
): Diagnostic[] {
  return pool.zones
    .filter((zone) => !zoneBelongsTo(pool.provider, pool.region, zone))
    .map((zone) =>
      diagnostic('catalog-unknown-zone', {
        summary: `Pool "${pool.id}": "${zone}" does not look like a zone of ${pool.region}.`,
        path: pool.path,
        fix: 'Check the zone; nodes are asked for by exactly this name.',
      }),
    );
}

/** One note and one warning at most per pool and capacity type, however many zones it has. */
export function priceRemarks(
  pool: HardwarePool,
  capacityType: CapacityType,
  prices: readonly FoundPrice[],
  newest: string,
): Diagnostic[] {
  const remarks: Diagnostic[] = [];
  const estimate = prices.find((price) => price.isEstimate);
  const what = `the ${capacityType} price of ${pool.instanceType} in ${pool.region}`;
  const fix = `State prices['${capacityType}'] in the pool, or import a newer price file.`;
  if (estimate !== undefined) {
    const summary = `Pool "${pool.id}": ${what} is an estimate.`;
    const detail = `${estimate.provenance.source}.`;
    remarks.push(diagnostic('catalog-estimated-price', { summary, detail, path: pool.path, fix }));
  }
  const dates = prices.flatMap((price) => price.provenance.date ?? []).sort();
  const [oldest] = dates;
  if (oldest !== undefined && daysBetween(oldest, newest) > OLD_PRICE_DAYS) {
    const summary = `Pool "${pool.id}": ${what} is of ${oldest}, more than a year before the newest price known (${newest}).`;
    remarks.push(diagnostic('catalog-price-old', { summary, path: pool.path, fix }));
  }
  return remarks;
}

/** What is to be said of a mix and of its pools together: zones once, and one note and one warning at most per capacity type. */
export function mixRemarks(
  mix: InstanceMix,
  pools: readonly HardwarePool[],
  { catalog, newest }: { readonly catalog: Catalog; readonly newest: string },
): Diagnostic[] {
  const members = pools.filter((pool) => pool.mix === mix.id);
  return [
    ...misplacedZones(mix),
    ...mix.capacityTypes.flatMap((capacityType) => {
      const prices = members.flatMap(
        (pool) => findPrice(catalog, pool, pool.zones[0] ?? '', capacityType) ?? [],
      );
      return [...estimates(mix, capacityType, prices), ...oldPrices(mix, capacityType, prices, newest)];
    }),
  ];
}

function estimates(
  mix: InstanceMix,
  capacityType: CapacityType,
  prices: readonly FoundPrice[],
): Diagnostic[] {
  const found = prices.filter((price) => price.isEstimate);
  const [first] = found;
  if (first === undefined) return [];
  return [
    diagnostic('catalog-estimated-price', {
      summary: `Pool "${mix.id}": the ${capacityType} prices of ${found.length} of its instance types in ${mix.region} are estimates.`,
      detail: `${first.provenance.source}.`,
      path: mix.path,
      fix: 'Import a newer price file, or add catalog.prices.',
    }),
  ];
}

function oldPrices(
  mix: InstanceMix,
  capacityType: CapacityType,
  prices: readonly FoundPrice[],
  newest: string,
): Diagnostic[] {
  const dates = prices
    .flatMap((price) => price.provenance.date ?? [])
    .filter((date) => daysBetween(date, newest) > OLD_PRICE_DAYS)
    .sort();
  const [oldest] = dates;
  if (oldest === undefined) return [];
  return [
    diagnostic('catalog-price-old', {
      summary: `Pool "${mix.id}": the ${capacityType} prices of ${dates.length} of its instance types in ${mix.region} are of ${oldest} or later, more than a year before the newest price known (${newest}).`,
      path: mix.path,
      fix: 'Import a newer price file, or add catalog.prices.',
    }),
  ];
}
