import { diagnostic, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { CapacityType, HardwarePool, PriceRecord, Provenance } from '../model/index.ts';
import type { MicroUsdPerHour } from '../units/index.ts';
import type { Catalog } from './catalog.ts';
import { priceKey } from './keys.ts';

/** What one node costs, and how that is known. */
export interface FoundPrice {
  readonly price: MicroUsdPerHour;
  readonly isEstimate: boolean;
  readonly provenance: Provenance;
}

const INDEXES = new WeakMap<readonly PriceRecord[], ReadonlyMap<string, PriceRecord>>();

/**
 * The price of a pool's node in a zone: the pool's own price, else the catalogue's price for the zone, else for the region;
 * undefined when there is none.
 */
export function findPrice(
  catalog: Catalog,
  pool: HardwarePool,
  zone: string,
  capacityType: CapacityType,
): FoundPrice | undefined {
  const own = pool.prices[capacityType];
  if (own !== undefined) {
    return {
      price: own,
      isEstimate: false,
      provenance: { evidence: 'published', source: `declared by the pool ${pool.id}` },
    };
  }
  const index = priceIndex(catalog);
  const { provider, region, instanceType } = pool;
  const record =
    index.get(priceKey({ provider, region, zone, instanceType, capacityType })) ??
    index.get(priceKey({ provider, region, zone: '', instanceType, capacityType }));
  return record;
}

function priceIndex(catalog: Catalog): ReadonlyMap<string, PriceRecord> {
  let index = INDEXES.get(catalog.prices);
  if (index === undefined) {
    index = new Map(catalog.prices.map((record) => [priceKey(record), record]));
    INDEXES.set(catalog.prices, index);
  }
  return index;
}

/** `catalog-no-price` for a pool's capacity type, saying where a price is known and what to do. */
export function noPrice(
  catalog: Catalog,
  pool: HardwarePool,
  capacityType: CapacityType,
  zones: readonly string[],
): Diagnostic {
  const places = zones.length === pool.zones.length ? '' : ` in ${zones.join(', ')}`;
  return diagnostic('catalog-no-price', {
    summary: `Pool "${pool.id}" offers ${pool.instanceType} ${capacityType} in ${pool.region}, but no price is known${places}.`,
    path: pool.path,
    detail: knownElsewhere(catalog, pool, capacityType),
    fix: fixOf(catalog, pool, capacityType),
  });
}

function recordsOf(catalog: Catalog, pool: HardwarePool): PriceRecord[] {
  const type = pool.instanceType.toLowerCase();
  const provider = pool.provider.toLowerCase();
  return catalog.prices.filter(
    (record) => record.instanceType.toLowerCase() === type && record.provider === provider,
  );
}

function knownElsewhere(catalog: Catalog, pool: HardwarePool, capacityType: CapacityType): string {
  const records = recordsOf(catalog, pool);
  const regions = [...new Set(records.filter((r) => r.capacityType === capacityType).map((r) => r.region))];
  if (regions.length > 0) return `The catalogue has its ${capacityType} price in ${listed(regions)}.`;
  const types = [...new Set(records.map((record) => record.capacityType))];
  return types.length === 0
    ? `The catalogue has no price of ${pool.instanceType} at all.`
    : `The catalogue has only its price for ${types.join(' and ')} capacity.`;
}

function fixOf(catalog: Catalog, pool: HardwarePool, capacityType: CapacityType): string {
  const state = `State the price in the pool: prices: { '${capacityType}': '… USD/hour' }`;
  if (capacityType === 'owned' || capacityType === 'reserved') {
    return `${state} (${capacityType === 'owned' ? 'what one node costs you per hour' : 'the price in your contract'}).`;
  }
  const regions = new Set(
    catalog.prices
      .filter((record) => record.provider === pool.provider.toLowerCase())
      .map((record) => record.region),
  );
  const misspelt = regions.has(pool.region) ? '' : `${suggestion(pool.region, regions, '')} `.trimStart();
  return `${misspelt}${state}, import a price file with \`plimsoll catalog import\`, or take ${capacityType} out of its capacity types.`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more regions` : shown;
}
