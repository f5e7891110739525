import type {
  Accelerator,
  CapacityType,
  InstanceType,
  ModelArchitecture,
  PriceRecord,
} from '../model/index.ts';
import type { Provenance } from '../model/index.ts';
import { formatBytes, formatNumber, formatUsd, sortedBy } from '../units/index.ts';
import type { MicroUsdPerHour } from '../units/index.ts';
import type { Catalog } from './catalog.ts';

/** Kinds of record that can be searched. */
export type CatalogKind = 'accelerator' | 'instance' | 'price' | 'model';

/** What to look for; every condition given must hold. */
export interface CatalogQuery {
  /** Default: every kind. */
  readonly kind?: CatalogKind;
  /** Part of a name or alias, ignoring case; for instances also of their accelerator. Default: everything. */
  readonly query?: string;
  /** Keeps instances and prices of this provider, and drops the other kinds. */
  readonly provider?: string;
  /** Keeps prices of this region, and instances that have a price there. */
  readonly region?: string;
  /** Most rows to give; default: all. */
  readonly limit?: number;
}

/** One found record as a list shows it. */
export interface CatalogRow {
  readonly kind: CatalogKind;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Provider of instances and prices, vendor of accelerators, owner of models. */
  readonly provider: string;
  /** What to show beside the name, in display order; every row of a kind has the same fields. */
  readonly fields: Readonly<Record<string, string>>;
  /** Price per node and hour; on instances the lowest on-demand price known. */
  readonly price?: MicroUsdPerHour;
  /** The fields in one line. */
  readonly summary: string;
  readonly provenance: Provenance;
  /** Source and date in one line. */
  readonly source: string;
}

/** A row before its fields are put into one line. */
type FoundRecord = Omit<CatalogRow, 'summary' | 'source'>;

/** Records that match, sorted by kind, name and region: accelerators, instances, models, prices. */
export function searchCatalog(catalog: Catalog, query: CatalogQuery = {}): readonly CatalogRow[] {
  const wants = (kind: CatalogKind): boolean => query.kind === undefined || query.kind === kind;
  const placed = query.provider !== undefined || query.region !== undefined;
  const rows = [
    ...(wants('accelerator') && !placed ? acceleratorRows(catalog, query) : []),
    ...(wants('instance') ? instanceRows(catalog, query) : []),
    ...(wants('model') && !placed ? modelRows(catalog, query) : []),
    ...(wants('price') ? priceRows(catalog, query) : []),
  ];
  return (query.limit === undefined ? rows : rows.slice(0, query.limit)).map(withLines);
}

function withLines(record: FoundRecord): CatalogRow {
  const { source, date } = record.provenance;
  const shown = Object.entries(record.fields).filter(([, value]) => value !== '-');
  return {
    ...record,
    summary: shown.map(([name, value]) => `${name} ${value}`).join(', '),
    source: date === undefined ? source : `${source}, ${date}`,
  };
}

function matches(query: CatalogQuery, names: readonly string[]): boolean {
  const wanted = query.query?.trim().toLowerCase() ?? '';
  return wanted === '' || names.some((name) => name.toLowerCase().includes(wanted));
}

function sameText(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted.toLowerCase() === value.toLowerCase();
}

function acceleratorRows(catalog: Catalog, query: CatalogQuery): FoundRecord[] {
  const found = catalog.accelerators.filter((item) => matches(query, [item.name, ...item.aliases]));
  return sortedBy(found, (item) => item.name).map((item: Accelerator) => ({
    kind: 'accelerator',
    name: item.name,
    aliases: item.aliases,
    provider: item.vendor,
    fields: {
      memory: formatBytes(item.memory),
      bandwidth: `${formatNumber(item.memoryBandwidth / 1e9)} GB/s`,
      bf16: teraflopsText(item.peakFlops.bf16),
      fp8: teraflopsText(item.peakFlops.fp8),
      power: `${formatNumber(item.power)} W`,
      link: `${item.link.kind} ${formatNumber(item.link.bandwidth / 1e9)} GB/s`,
    },
    provenance: item.provenance,
  }));
}

function teraflopsText(value: number | undefined): string {
  return value === undefined ? '-' : `${formatNumber(value / 1e12)} TFLOP/s`;
}

function instanceRows(catalog: Catalog, query: CatalogQuery): FoundRecord[] {
  const prices = lowestPrices(catalog, query.region);
  const acceleratorNames = new Map(
    catalog.accelerators.map((item) => [item.name, [item.name, ...item.aliases]]),
  );
  const found = catalog.instanceTypes.filter(
    (item) =>
      sameText(query.provider, item.provider) &&
      (query.region === undefined || prices.has(placeKey(item.provider, item.name))) &&
      matches(query, [item.name, ...(acceleratorNames.get(item.accelerator?.name ?? '') ?? [])]),
  );
  return sortedBy(found, (item) => `${item.provider}/${item.name}`).map((item: InstanceType) => {
    const price = prices.get(placeKey(item.provider, item.name))?.['on-demand'];
    return {
      kind: 'instance',
      name: item.name,
      aliases: [],
      provider: item.provider,
      fields: {
        provider: item.provider,
        vcpus: String(item.vcpus),
        memory: formatBytes(item.memory, 4),
        accelerator: item.accelerator === undefined ? '-' : acceleratorText(item.accelerator),
        network: item.networkBandwidth === 0 ? '-' : `${formatNumber(item.networkBandwidth / 1.25e8)} Gbit/s`,
        'on-demand': price === undefined ? '-' : `from ${formatUsd(price, 4)} USD/h`,
      },
      ...(price === undefined ? {} : { price }),
      provenance: item.provenance,
    };
  });
}

function acceleratorText({ name, count, linkDomain }: NonNullable<InstanceType['accelerator']>): string {
  const domain = linkDomain === undefined ? '' : ` (fast links among ${linkDomain})`;
  return `${count} × ${name}${domain}`;
}

function placeKey(provider: string, instanceType: string): string {
  return `${provider}/${instanceType}`.toLowerCase();
}

/** The lowest price of each instance type per capacity type, in one region or in all. */
function lowestPrices(
  catalog: Catalog,
  region: string | undefined,
): ReadonlyMap<string, Partial<Record<CapacityType, MicroUsdPerHour>>> {
  const lowest = new Map<string, Partial<Record<CapacityType, MicroUsdPerHour>>>();
  for (const record of catalog.prices) {
    if (!sameText(region, record.region)) continue;
    const key = placeKey(record.provider, record.instanceType);
    const known = lowest.get(key) ?? {};
    const price = known[record.capacityType];
    if (price === undefined || record.price < price) {
      lowest.set(key, { ...known, [record.capacityType]: record.price });
    }
  }
  return lowest;
}

function priceRows(catalog: Catalog, query: CatalogQuery): FoundRecord[] {
  const found = catalog.prices.filter(
    (item) =>
      sameText(query.provider, item.provider) &&
      sameText(query.region, item.region) &&
      matches(query, [item.instanceType]),
  );
  const key = (item: PriceRecord): string =>
    `${item.provider}/${item.instanceType}/${item.region}/${item.zone}/${item.capacityType}`;
  return sortedBy(found, key).map((item: PriceRecord) => ({
    kind: 'price',
    name: item.instanceType,
    aliases: [],
    provider: item.provider,
    fields: {
      provider: item.provider,
      region: item.region,
      zone: item.zone === '' ? 'all' : item.zone,
      capacity: item.capacityType,
      price: `${formatUsd(item.price, 4)} USD/h${item.isEstimate ? ' (estimate)' : ''}`,
    },
    price: item.price,
    provenance: item.provenance,
  }));
}

function modelRows(catalog: Catalog, query: CatalogQuery): FoundRecord[] {
  const found = catalog.models.filter((item) => matches(query, [item.name, ...item.aliases]));
  return sortedBy(found, (item) => item.name.toLowerCase()).map((item: ModelArchitecture) => ({
    kind: 'model',
    name: item.name,
    aliases: item.aliases,
    provider: item.name.includes('/') ? (item.name.split('/')[0] ?? '') : '',
    fields: {
      parameters: `${formatNumber(item.parameters.total / 1e9, 5)} B`,
      active: `${formatNumber(item.parameters.active / 1e9)} B`,
      layers: String(item.layers),
      attention: attentionText(item),
      context: String(item.maxContext),
      'KV per token': `${formatNumber((item.kvElementsPerToken * 2) / 1024)} KiB bf16`,
      checkpoints: item.checkpoints.join(' '),
    },
    provenance: item.provenance,
  }));
}

function attentionText(item: ModelArchitecture): string {
  const kinds = [
    item.mla === undefined ? (item.kvHeads === item.heads ? 'MHA' : 'GQA') : 'MLA',
    ...(item.attention.window > 0 ? ['window'] : []),
    ...(item.attention.linear > 0 ? ['linear'] : []),
    ...(item.moe === undefined ? [] : ['MoE']),
  ];
  return kinds.join(' + ');
}
