import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Catalog, ImportedPrices } from '../src/catalog/index.ts';
import { importPriceFile } from '../src/catalog/index.ts';
import type { InstanceType, PriceRecord } from '../src/model/index.ts';
import { dataTable, field, readRows } from './catalog-sources.ts';
import type { DataTable } from './catalog-sources.ts';

/**
 * Families without accelerators that are shipped; everything else can be imported by the user. Of AWS all that are for
 * general, compute and memory use, of every generation, with Graviton and bare metal.
 */
const CPU_FAMILIES: Readonly<Record<string, RegExp>> = {
  aws: /^[mcrt]\d/,
  gcp: /^(e2|n2|n2d|c3|c4|t2d|n4)$/,
  azure: /^(D(s|as|ps|ls)_v5|D(s|as|ps)_v6|E(s|as)_v[56]|Fs_v2|F(als|as|ams)_v6)$/,
};

/** Bare-metal, local-disk and shared-core variants of those families that are left out. */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  gcp: /metal|-lssd$|^e2-(micro|small|medium)$/,
};

/** Where each file comes from and of which date it is. */
const ORIGINS = {
  aws: { file: 'cloud-catalog/aws-us-east-1.csv.gz', source: 'aws/karpenter-provider-aws 1d927085dd' },
  gcp: {
    file: 'cloud-catalog/gcp.csv.gz',
    source: 'Cyclenerd/google-cloud-pricing-cost-calculator fd66b26ff8',
  },
  azure: { file: 'cloud-catalog/azure.csv.gz', source: 'Azure/karpenter-provider-azure 352646f599' },
} as const;

/** Providers that have a price file. */
export type Provider = keyof typeof ORIGINS;

/** The data files of one provider. */
export interface ProviderTables {
  readonly instances: { readonly source: string; readonly date: string } & DataTable;
  readonly prices: unknown;
  readonly report: string;
}

/** Instance types and prices of one provider: everything with a known accelerator and the chosen families. */
export async function providerTables(
  dataFolder: string,
  provider: Provider,
  catalog: Catalog,
): Promise<ProviderTables> {
  const origin = ORIGINS[provider];
  const imported = await importFile(path.join(dataFolder, origin.file), origin.source, catalog);
  const chosen = imported.additions.instanceTypes.filter(isShipped);
  const types = new Map(chosen.map((item) => [item.name, item]));
  const records = imported.additions.prices.filter((price) => types.has(price.instanceType));
  const lowest = lowestRates(records, types);
  const prices = records.filter((price) => !isWindowsPrice(price, types.get(price.instanceType), lowest));
  const date = latest(prices.filter((price) => price.capacityType === 'on-demand'));
  return {
    instances: { source: origin.source, date, ...instanceTable(provider, chosen) },
    prices: priceFile(provider, origin.source, prices),
    report: `${provider}: ${chosen.length} instance types, ${prices.length} prices, ${records.length - prices.length} prices dropped as outliers of their family`,
  };
}

async function importFile(file: string, source: string, catalog: Catalog): Promise<ImportedPrices> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  const outcome = await importPriceFile(lines, { fileName: path.basename(file), source, catalog });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function isShipped(item: InstanceType): boolean {
  if (item.accelerator !== undefined) return true;
  const { family, name, provider } = item;
  return CPU_FAMILIES[provider]?.test(family) === true && LEFT_OUT[provider]?.test(name) !== true;
}

/** The lowest price per vCPU of each family and region. */
function lowestRates(
  prices: readonly PriceRecord[],
  types: ReadonlyMap<string, InstanceType>,
): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>();
  for (const price of prices) {
    const type = types.get(price.instanceType);
    if (type === undefined || price.capacityType !== 'on-demand') continue;
    const key = `${type.family}/${price.region}`;
    lowest.set(key, Math.min(lowest.get(key) ?? Infinity, price.price / type.vcpus));
  }
  return lowest;
}

/**
 * The Azure feed gives the Windows price for some sizes. Within a family and region the price per vCPU is one number,
 * so a price more than 25 % over the lowest of its family is not the Linux price.
 */
function isWindowsPrice(
  price: PriceRecord,
  type: InstanceType | undefined,
  lowest: ReadonlyMap<string, number>,
): boolean {
  if (price.provider !== 'azure' || type === undefined || type.accelerator !== undefined) return false;
  return price.price / type.vcpus > 1.25 * (lowest.get(`${type.family}/${price.region}`) ?? Infinity);
}

function instanceTable(provider: Provider, items: readonly InstanceType[]): DataTable {
  const columns = ['name', 'family', 'arch', 'vcpus', 'memoryGib', 'accelerator', 'count', 'networkGbps'];
  const allocatable = provider === 'aws' ? ['cpuMillicores', 'allocatableMib', 'pods'] : [];
  return dataTable(
    [...columns, ...allocatable],
    items.map((item) => ({
      name: item.name,
      family: item.family,
      arch: item.cpuArchitecture,
      vcpus: item.vcpus,
      memoryGib: item.memory / 2 ** 30,
      accelerator: item.accelerator?.name,
      count: item.accelerator?.count,
      networkGbps: item.networkBandwidth === 0 ? undefined : item.networkBandwidth / 1.25e8,
      cpuMillicores: item.allocatable.cpuMillicores,
      allocatableMib: item.allocatable.memory / 2 ** 20,
      pods: item.allocatable.pods,
    })),
  );
}

function priceFile(provider: Provider, source: string, prices: readonly PriceRecord[]): unknown {
  const places = new Map<string, Record<string, string | number>>();
  for (const price of prices) {
    const key = `${price.instanceType}/${price.region}`;
    const place = places.get(key) ?? { instanceType: price.instanceType, region: price.region };
    places.set(key, { ...place, [price.capacityType]: price.price / 1e6 });
  }
  const spot = prices.filter((price) => price.capacityType === 'spot');
  const first = spot[0];
  return {
    provider,
    onDemand: { source, date: latest(prices.filter((price) => price.capacityType === 'on-demand')) },
    ...(first === undefined
      ? {}
      : { spot: { isEstimate: first.isEstimate, source: first.provenance.source, date: latest(spot) } }),
    ...dataTable(['instanceType', 'region', 'on-demand', 'spot'], [...places.values()]),
  };
}

function latest(prices: readonly PriceRecord[]): string {
  return prices.reduce(
    (date, price) => ((price.provenance.date ?? '') > date ? (price.provenance.date ?? '') : date),
    '',
  );
}

/** AWS interruption bands of the shipped instance types: one line per type, one column per region, cells 0..4. */
export function interruptionTable(dataFolder: string, shipped: ReadonlySet<string>): unknown {
  const date = '2025-06-28';
  const rows = readRows(dataFolder, 'spot/aws-spot-advisor.csv.gz').filter(
    (row) => field(row, 'date') === date && shipped.has(field(row, 'instance_type')),
  );
  const regions = [...new Set(rows.map((row) => field(row, 'region')))].sort();
  const types = new Map<string, Record<string, string>>();
  for (const row of rows) {
    const name = field(row, 'instance_type');
    const bands = { ...types.get(name), [field(row, 'region')]: field(row, 'interruption_band') };
    types.set(name, { instanceType: name, ...bands });
  }
  return {
    provider: 'aws',
    source: 'AWS Spot Advisor feed (alexei-led/spotinfo 05e9331394)',
    date,
    ...dataTable(['instanceType', ...regions], [...types.values()]),
  };
}
