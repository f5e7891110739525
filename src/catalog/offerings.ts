import { failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type {
  Accelerator,
  CapacityType,
  HardwarePool,
  InstanceType,
  Interruption,
  Offering,
  Problem,
} from '../model/index.ts';
import { INDEPENDENT_NODES } from '../model/index.ts';
import { bytesPerSecond, seconds, sortedBy } from '../units/index.ts';
import type { BytesPerSecond } from '../units/index.ts';
import { assumedNodeStartup, nodeFailure, RECLAIM_NOTICE, UNPUBLISHED_SPOT } from './assumptions.ts';
import type { Catalog } from './catalog.ts';
import { findAccelerator, findInstanceType } from './find.ts';
import { interruptionKey } from './keys.ts';
import { misplacedZones, mixRemarks, priceRemarks } from './pool-remarks.ts';
import { findPrice, noPrice } from './price-lookup.ts';
import type { FoundPrice } from './price-lookup.ts';

/**
 * Every offering of the problem's pools: instance type × zone × capacity type with accelerator, price, interruption,
 * start-up time and network, sorted by id.
 * Errors, all at once with the pool's path: `catalog-unknown-instance-type`, `catalog-unknown-accelerator`,
 * `catalog-no-price`. Notes and warnings: `catalog-estimated-price`, `catalog-price-old` (older by a year than the newest
 * price of the catalogue; no clock is read), `catalog-unknown-zone`; the pools of a mix speak with one voice.
 */
export function resolveOfferings(problem: Problem, catalog: Catalog): Outcome<readonly Offering[]> {
  const newest = catalog.prices.reduce((date, record) => later(date, record.provenance.date ?? ''), '');
  const parts = problem.pools.map((pool) => poolOfferings(pool, catalog, newest));
  const diagnostics = [
    ...parts.flatMap((part) => part.diagnostics),
    ...problem.mixes.flatMap((mix) => mixRemarks(mix, problem.pools, { catalog, newest })),
  ];
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const offerings = parts.flatMap((part) => (part.ok ? part.value : []));
  return success(
    sortedBy(offerings, (offering) => offering.id),
    diagnostics,
  );
}

function later(left: string, right: string): string {
  return left > right ? left : right;
}

function poolOfferings(pool: HardwarePool, catalog: Catalog, newest: string): Outcome<readonly Offering[]> {
  const instance = findInstanceType(catalog, pool.instanceType, { provider: pool.provider, path: pool.path });
  if (!instance.ok) return instance;
  const reference = instance.value.accelerator;
  const accelerator =
    reference === undefined ? undefined : findAccelerator(catalog, reference.name, pool.path);
  if (accelerator?.ok === false) return accelerator;
  const isAlone = pool.mix === undefined;
  const diagnostics: Diagnostic[] = isAlone ? misplacedZones(pool) : [];
  const offerings = pool.capacityTypes.flatMap((capacityType) => {
    const priced = pool.zones.map((zone) => ({ zone, price: findPrice(catalog, pool, zone, capacityType) }));
    const unpriced = priced.filter((item) => item.price === undefined).map((item) => item.zone);
    if (unpriced.length > 0) diagnostics.push(noPrice(catalog, pool, capacityType, unpriced));
    const prices = priced.flatMap((item) => item.price ?? []);
    if (isAlone) diagnostics.push(...priceRemarks(pool, capacityType, prices, newest));
    return priced.flatMap(({ zone, price }) =>
      price === undefined
        ? []
        : [
            offeringOf({
              pool,
              zone,
              capacityType,
              price,
              listPrice: findPrice(catalog, pool, zone, 'on-demand') ?? price,
              instance: instance.value,
              accelerator: accelerator?.value,
              catalog,
            }),
          ],
    );
  });
  return hasErrors(diagnostics) ? failure(...diagnostics) : success(offerings, diagnostics);
}

function offeringOf(facts: {
  readonly pool: HardwarePool;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly price: FoundPrice;
  readonly listPrice: FoundPrice;
  readonly instance: InstanceType;
  readonly accelerator: Accelerator | undefined;
  readonly catalog: Catalog;
}): Offering {
  const { pool, zone, capacityType, price, instance, accelerator } = facts;
  const isSpot = capacityType === 'spot';
  return {
    id: `${pool.id}/${zone}/${capacityType}`,
    pool: pool.id,
    provider: pool.provider,
    region: pool.region,
    zone,
    instanceType: instance,
    ...(accelerator === undefined ? {} : { accelerator }),
    capacityType,
    price: price.price,
    priceProvenance: price.provenance,
    listPrice: facts.listPrice.price,
    interruption: isSpot ? spotInterruption(pool, facts.catalog) : nodeFailure(instance),
    correlationGroup: isSpot ? `${zone}/${instance.family}` : INDEPENDENT_NODES,
    nodeStartup: pool.nodeStartup ?? assumedNodeStartup(instance),
    interNodeBandwidth: pool.interNodeBandwidth ?? sharePerAccelerator(instance),
  };
}

/** The node's network divided by its accelerators; the whole network of a node without any. */
function sharePerAccelerator(instance: InstanceType): BytesPerSecond {
  return bytesPerSecond(instance.networkBandwidth / (instance.accelerator?.count ?? 1));
}

function spotInterruption(pool: HardwarePool, catalog: Catalog): Interruption {
  const notice = seconds(RECLAIM_NOTICE[pool.provider.toLowerCase()] ?? 0);
  const own = pool.interruptionProbability;
  if (own !== undefined) {
    const provenance = { evidence: 'assumed', source: `declared by the pool ${pool.id}` } as const;
    return { monthlyLow: own, monthlyHigh: own, notice, provenance };
  }
  const record = interruptionIndex(catalog).get(interruptionKey(pool));
  const { monthlyLow, monthlyHigh, provenance } = record ?? UNPUBLISHED_SPOT;
  return { monthlyLow, monthlyHigh, notice, provenance };
}

const INTERRUPTIONS = new WeakMap<
  Catalog['interruptions'],
  ReadonlyMap<string, Catalog['interruptions'][number]>
>();

/** Bands by provider, region and type; the first of several with one key. Built once per list. */
function interruptionIndex(catalog: Catalog): ReadonlyMap<string, Catalog['interruptions'][number]> {
  let index = INTERRUPTIONS.get(catalog.interruptions);
  if (index === undefined) {
    index = new Map(catalog.interruptions.toReversed().map((item) => [interruptionKey(item), item]));
    INTERRUPTIONS.set(catalog.interruptions, index);
  }
  return index;
}
