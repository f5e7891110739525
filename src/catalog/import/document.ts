import type {
  CatalogAdditions,
  CatalogDocument,
  InstanceType,
  InstanceTypeDocument,
  InterruptionDocument,
  InterruptionRecord,
  PriceDocument,
  PriceRecord,
} from '../../model/index.ts';
import type { BandwidthText, PercentText, SizeText } from '../../units/index.ts';

/**
 * The user-facing form of instance types, prices and interruption bands: what a catalogue file holds. Reading it back
 * gives the same records. Accelerators and models are not written, price files hold none.
 */
export function catalogDocumentOf(additions: CatalogAdditions): CatalogDocument {
  return {
    instanceTypes: additions.instanceTypes.map(instanceDocument),
    prices: additions.prices.map(priceDocument),
    ...(additions.interruptions.length === 0
      ? {}
      : { interruptions: additions.interruptions.map(interruptionDocument) }),
  };
}

function instanceDocument(instance: InstanceType): InstanceTypeDocument {
  return {
    name: instance.name,
    provider: instance.provider,
    family: instance.family,
    cpuArchitecture: instance.cpuArchitecture,
    vcpus: instance.vcpus,
    memory: sizeText(instance.memory),
    ...(instance.accelerator === undefined ? {} : { accelerator: instance.accelerator }),
    ...(instance.networkBandwidth === 0
      ? {}
      : { network: `${round(instance.networkBandwidth / 1.25e8)}Gbit/s` as BandwidthText }),
    allocatable: { ...instance.allocatable, memory: sizeText(instance.allocatable.memory) },
    provenance: instance.provenance,
  };
}

function priceDocument(record: PriceRecord): PriceDocument {
  return {
    provider: record.provider,
    region: record.region,
    ...(record.zone === '' ? {} : { zone: record.zone }),
    instanceType: record.instanceType,
    capacityType: record.capacityType,
    price: `${record.price / 1e6} USD/hour`,
    ...(record.isEstimate ? { isEstimate: true } : {}),
    source: record.provenance.source,
    date: record.provenance.date ?? '',
  };
}

function interruptionDocument(record: InterruptionRecord): InterruptionDocument {
  return {
    provider: record.provider,
    region: record.region,
    instanceType: record.instanceType,
    monthlyLow: percentText(record.monthlyLow),
    monthlyHigh: percentText(record.monthlyHigh),
    source: record.provenance.source,
    date: record.provenance.date ?? '',
  };
}

/** A size in the largest binary unit that gives a whole number. */
function sizeText(value: number): SizeText {
  for (const [unit, scale] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
  ] as const) {
    if (value % scale === 0) return `${value / scale}${unit}`;
  }
  return `${Math.round(value)}B`;
}

function percentText(share: number): PercentText {
  return `${round(share * 100)}%`;
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}
