import type { InstanceTypeDocument, PoolDocument } from '../../model/index.ts';
import type { HourlyUsdText } from '../../units/index.ts';
import type { ClusterPool } from './cluster-pools.ts';

/** A pool as a problem document states it, with its instance type where the catalogue has no such node. */
export interface DeclaredPool {
  readonly pool: PoolDocument;
  readonly instanceType?: InstanceTypeDocument;
}

/**
 * Dollars per accelerator and hour where no price is known. It only makes plans comparable by their accelerators: no
 * amount of money that rests on it is told.
 */
export const STAND_IN_PRICE = 1;

/** Provider, region and zone of nodes that no provider has. */
const OWN_PLACE = 'cluster';
/** Processor, memory and network per accelerator where the catalogue has no instance type to go by (*assumed*: an H100 server's). */
const VCPUS = 16;
const MEMORY_GIB = 128;
const NETWORK_GBPS = 400;

/** The document of a pool; `isPriced` says whether money counts in this search. */
export function declaredPool(pool: ClusterPool, isPriced: boolean): DeclaredPool {
  const { instance, perNode, price } = pool;
  const isShipped = instance?.accelerator?.count === perNode;
  const place = isShipped
    ? placeOf(instance.provider, price?.region ?? OWN_PLACE)
    : { provider: OWN_PLACE, region: OWN_PLACE, zones: [OWN_PLACE] };
  const isCatalogPrice = isPriced && isShipped && price?.region !== undefined;
  const perHour = (isPriced ? (price?.perHour ?? STAND_IN_PRICE) : STAND_IN_PRICE) * perNode;
  const declared: PoolDocument = {
    id: pool.id,
    ...place,
    instanceType: isShipped ? instance.name : nodeName(pool),
    maxNodes: Math.ceil(pool.accelerators / perNode),
    ...(isCatalogPrice ? {} : { prices: { 'on-demand': hourly(perHour) } }),
  };
  return isShipped ? { pool: declared } : { pool: declared, instanceType: nodeType(pool) };
}

/** A price that survives the way through a document exactly: whole micro-dollars. */
function hourly(dollars: number): HourlyUsdText {
  return `${Math.round(dollars * 1e6) / 1e6} USD/hour`;
}

/** A zone of a region by the provider's way of naming them: the search asks for nodes, not for a place. */
function placeOf(provider: string, region: string): Pick<PoolDocument, 'provider' | 'region' | 'zones'> {
  const zone = { aws: `${region}a`, gcp: `${region}-a`, azure: `${region}-1` }[provider] ?? region;
  return { provider, region, zones: [zone] };
}

function nodeName(pool: ClusterPool): string {
  return `${pool.accelerator.name}-x${pool.perNode}`;
}

/** A node of its own: the share of its instance type, by accelerators. */
function nodeType(pool: ClusterPool): InstanceTypeDocument {
  const { instance, accelerator, perNode } = pool;
  const held = instance?.accelerator;
  const share = perNode / (held?.count ?? 1);
  const size =
    instance === undefined
      ? { vcpus: VCPUS * perNode, memoryGib: MEMORY_GIB * perNode, network: (NETWORK_GBPS / 8) * perNode }
      : {
          vcpus: Math.max(1, Math.floor(instance.vcpus * share)),
          memoryGib: (instance.memory / 2 ** 30) * share,
          network: (instance.networkBandwidth / 1e9) * share,
        };
  return {
    name: nodeName(pool),
    provider: OWN_PLACE,
    ...(instance === undefined ? {} : { cpuArchitecture: instance.cpuArchitecture }),
    vcpus: size.vcpus,
    memory: `${round(size.memoryGib)}GiB`,
    accelerator: { name: accelerator.name, count: perNode, ...domainOf(pool) },
    ...(size.network > 0 ? { network: `${round(size.network)}GB/s` } : {}),
    provenance: {
      evidence: 'assumed',
      source:
        instance === undefined
          ? 'a usual server, by accelerators'
          : `the share of ${instance.name} by accelerators`,
    },
  };
}

/** The domain of fast links, where it is larger than the node. */
function domainOf({ instance, perNode }: ClusterPool): { readonly linkDomain?: number } {
  const domain = instance?.accelerator?.linkDomain;
  return domain === undefined || domain <= perNode ? {} : { linkDomain: domain };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
