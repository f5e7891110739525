import { diagnostic, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { Accelerator, InstanceType, ModelArchitecture, PriceRecord } from '../model/index.ts';
import type { InterruptionRecord } from '../model/index.ts';
import type { Catalog } from './catalog.ts';
import { instanceKey, interruptionKey, priceKey } from './keys.ts';
import { allNames, findByName } from './names.ts';

/** A claim about one field of a record that does not hold. */
interface Breach {
  readonly field: string;
  readonly summary: string;
  readonly fix?: string;
}

/**
 * Checks the records of `additions` within the whole catalogue they end up in: names given, quantities positive, counts
 * whole, references known. One `catalog-invalid-record` per breach, at `catalog.<list>.<name>.<field>`.
 */
export function checkRecords(additions: Catalog, whole: Catalog): Diagnostic[] {
  const instances = new Map(whole.instanceTypes.map((item) => [instanceKey(item.provider, item.name), item]));
  return [
    ...additions.accelerators.flatMap((item) => at('accelerators', item.name, acceleratorBreaches(item))),
    ...additions.instanceTypes.flatMap((item) =>
      at('instanceTypes', item.name, instanceBreaches(item, whole.accelerators)),
    ),
    ...additions.prices.flatMap((item) => at('prices', priceKey(item), priceBreaches(item, instances))),
    ...additions.interruptions.flatMap((item) =>
      at('interruptions', interruptionKey(item), interruptionBreaches(item)),
    ),
    ...additions.models.flatMap((item) => at('models', item.name, modelBreaches(item))),
  ];
}

function at(list: string, name: string, breaches: readonly Breach[]): Diagnostic[] {
  return breaches.map((breach) =>
    diagnostic('catalog-invalid-record', {
      summary: `${name === '' ? 'A record without name' : name}: ${breach.summary}`,
      path: `catalog.${list}.${name}${breach.field === '' ? '' : `.${breach.field}`}`,
      fix: breach.fix,
    }),
  );
}

function positive(fields: Readonly<Record<string, number>>): Breach[] {
  return Object.entries(fields)
    .filter(([, value]) => !(Number.isFinite(value) && value > 0))
    .map(([field, value]) => ({ field, summary: `${field} must be above zero, not ${value}.` }));
}

function notNegative(fields: Readonly<Record<string, number>>): Breach[] {
  return Object.entries(fields)
    .filter(([, value]) => !(Number.isFinite(value) && value >= 0))
    .map(([field, value]) => ({ field, summary: `${field} must not be negative: ${value}.` }));
}

function named(name: string): Breach[] {
  return name.trim() === '' ? [{ field: 'name', summary: 'the name is empty.' }] : [];
}

function acceleratorBreaches(item: Accelerator): Breach[] {
  const peaks = Object.entries(item.peakFlops);
  return [
    ...named(item.name),
    ...positive({ memory: item.memory, memoryBandwidth: item.memoryBandwidth, power: item.power }),
    ...notNegative({ 'link.bandwidth': item.link.bandwidth }),
    ...positive(Object.fromEntries(peaks.map(([type, value]) => [`peakFlops.${type}`, value]))),
    ...(peaks.length === 0 ? [{ field: 'peakFlops', summary: 'no arithmetic peak is given.' }] : []),
  ];
}

function instanceBreaches(item: InstanceType, accelerators: readonly Accelerator[]): Breach[] {
  const { cpuMillicores, memory, pods } = item.allocatable;
  const breaches = [
    ...named(item.name),
    ...positive({ vcpus: item.vcpus, memory: item.memory }),
    ...positive({
      'allocatable.cpuMillicores': cpuMillicores,
      'allocatable.memory': memory,
      'allocatable.pods': pods,
    }),
    ...notNegative({ networkBandwidth: item.networkBandwidth }),
  ];
  if (memory > item.memory)
    breaches.push({ field: 'allocatable.memory', summary: 'pods cannot get more memory than the node has.' });
  if (cpuMillicores > item.vcpus * 1000) {
    breaches.push({
      field: 'allocatable.cpuMillicores',
      summary: 'pods cannot get more CPU than the node has.',
    });
  }
  return item.accelerator === undefined
    ? breaches
    : [...breaches, ...acceleratorReference(item.accelerator, accelerators)];
}

function acceleratorReference(
  reference: NonNullable<InstanceType['accelerator']>,
  accelerators: readonly Accelerator[],
): Breach[] {
  const breaches: Breach[] = [];
  if (!Number.isInteger(reference.count) || reference.count < 1) {
    breaches.push({
      field: 'accelerator.count',
      summary: `a whole number of accelerators is needed, not ${reference.count}.`,
    });
  }
  const { linkDomain } = reference;
  if (linkDomain !== undefined && !(Number.isInteger(linkDomain) && linkDomain >= reference.count)) {
    breaches.push({
      field: 'accelerator.linkDomain',
      summary: `fast links reach at least the ${reference.count} accelerators of the node, not ${linkDomain}.`,
      fix: 'Leave linkDomain out where the fast link ends at the node.',
    });
  }
  if (findByName(accelerators, reference.name) === undefined) {
    breaches.push({
      field: 'accelerator.name',
      summary: `the catalogue has no accelerator "${reference.name}".`,
      fix: suggestion(
        reference.name,
        allNames(accelerators),
        `Add "${reference.name}" to catalog.accelerators.`,
      ),
    });
  }
  return breaches;
}

function priceBreaches(item: PriceRecord, instances: ReadonlyMap<string, InstanceType>): Breach[] {
  const breaches = notNegative({ price: item.price });
  if (item.region === '') breaches.push({ field: 'region', summary: 'the region is empty.' });
  if (!instances.has(instanceKey(item.provider, item.instanceType))) {
    const names = [...instances.values()]
      .filter((type) => type.provider === item.provider)
      .map((type) => type.name);
    breaches.push({
      field: 'instanceType',
      summary: `the catalogue has no instance type "${item.instanceType}" of provider "${item.provider}".`,
      fix: suggestion(item.instanceType, names, 'Add it to catalog.instanceTypes.'),
    });
  }
  return breaches;
}

function interruptionBreaches(item: InterruptionRecord): Breach[] {
  const { monthlyLow: low, monthlyHigh: high } = item;
  return low >= 0 && low <= high && high <= 1
    ? []
    : [{ field: 'monthlyHigh', summary: `the band must satisfy 0 ≤ low ≤ high ≤ 1, not ${low}..${high}.` }];
}

function modelBreaches(item: ModelArchitecture): Breach[] {
  const { full, window, linear } = item.attention;
  const breaches = [
    ...named(item.name),
    ...positive({
      layers: item.layers,
      hidden: item.hidden,
      heads: item.heads,
      kvHeads: item.kvHeads,
      headDim: item.headDim,
      vocabulary: item.vocabulary,
      maxContext: item.maxContext,
      'parameters.total': item.parameters.total,
      'parameters.active': item.parameters.active,
    }),
    ...notNegative({
      kvElementsPerToken: item.kvElementsPerToken,
      kvWindowElementsPerToken: item.kvWindowElementsPerToken,
      stateElementsPerSequence: item.stateElementsPerSequence,
    }),
  ];
  if (full + window + linear > item.layers) {
    breaches.push({
      field: 'attention',
      summary: `${full + window + linear} attention layers are more than ${item.layers} layers.`,
    });
  }
  if (item.parameters.active > item.parameters.total) {
    breaches.push({ field: 'parameters.active', summary: 'more parameters are active than there are.' });
  }
  if (item.moe !== undefined && item.moe.topK > item.moe.experts) {
    breaches.push({ field: 'moe.topK', summary: 'more experts are chosen per token than there are.' });
  }
  return breaches;
}
