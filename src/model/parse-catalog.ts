import { bytesPerSecond, teraflops, watts } from '../units/index.ts';
import type { Accelerator, InstanceType } from './accelerator.ts';
import { allocatableOf } from './allocatable.ts';
import { NO_ADDITIONS } from './catalog-additions.ts';
import type { CatalogAdditions, InterruptionRecord, PriceRecord } from './catalog-additions.ts';
import { parseModel } from './parse-architecture.ts';
import { read } from './parse-quantities.ts';
import type {
  AcceleratorDocument,
  CatalogDocument,
  InstanceTypeDocument,
  InterruptionDocument,
  PriceDocument,
} from './problem-document.ts';
import type { Provenance } from './provenance.ts';

/** Provenance of records that state none. */
export const DECLARED: Provenance = { evidence: 'assumed', source: 'declared by the user' };

/** Kubernetes extended resource of each vendor's device plugin (their documentation, read 2026). */
export const DEFAULT_RESOURCES: Readonly<Record<string, string>> = {
  nvidia: 'nvidia.com/gpu',
  amd: 'amd.com/gpu',
  google: 'google.com/tpu',
  aws: 'aws.amazon.com/neuron',
};

/** The catalogue records of a validated and normalised document. */
export function catalogAdditions(document: CatalogDocument | undefined): CatalogAdditions {
  if (document === undefined) return NO_ADDITIONS;
  return {
    accelerators: (document.accelerators ?? []).map(accelerator),
    instanceTypes: (document.instanceTypes ?? []).map(instanceType),
    prices: (document.prices ?? []).map(price),
    interruptions: (document.interruptions ?? []).map(interruption),
    models: (document.models ?? []).map(parseModel),
  };
}

function accelerator(document: AcceleratorDocument): Accelerator {
  const vendor = document.vendor.toLowerCase();
  return {
    name: document.name,
    aliases: document.aliases ?? [],
    vendor: document.vendor,
    architecture: document.architecture,
    memory: read('size', document.memory),
    memoryBandwidth: read('bandwidth', document.memoryBandwidth),
    peakFlops: Object.fromEntries(
      Object.entries(document.teraflops).map(([type, peak]) => [type, teraflops(peak)]),
    ),
    power: watts(document.powerWatts),
    link: { kind: document.link.kind, bandwidth: read('bandwidth', document.link.bandwidth) },
    resourceName: document.resourceName ?? DEFAULT_RESOURCES[vendor] ?? `${vendor}.com/gpu`,
    provenance: document.provenance ?? DECLARED,
  };
}

function instanceType(document: InstanceTypeDocument): InstanceType {
  const memory = read('size', document.memory);
  return {
    name: document.name,
    provider: document.provider,
    family: document.family ?? document.name.split('.')[0] ?? document.name,
    cpuArchitecture: document.cpuArchitecture ?? 'amd64',
    vcpus: document.vcpus,
    memory,
    ...(document.accelerator === undefined ? {} : { accelerator: document.accelerator }),
    networkBandwidth:
      document.network === undefined ? bytesPerSecond(0) : read('bandwidth', document.network),
    allocatable:
      document.allocatable === undefined
        ? allocatableOf(document.provider, document.vcpus, memory)
        : { ...document.allocatable, memory: read('size', document.allocatable.memory) },
    provenance: document.provenance ?? DECLARED,
  };
}

function price(document: PriceDocument): PriceRecord {
  return {
    provider: document.provider,
    region: document.region,
    zone: document.zone ?? '',
    instanceType: document.instanceType,
    capacityType: document.capacityType,
    price: read('hourlyUsd', document.price),
    isEstimate: document.isEstimate ?? false,
    provenance: {
      evidence: document.isEstimate === true ? 'assumed' : 'published',
      source: document.source,
      date: document.date,
    },
  };
}

function interruption(document: InterruptionDocument): InterruptionRecord {
  return {
    provider: document.provider,
    region: document.region,
    instanceType: document.instanceType,
    monthlyLow: read('percent', document.monthlyLow),
    monthlyHigh: read('percent', document.monthlyHigh),
    provenance: { evidence: 'published', source: document.source, date: document.date },
  };
}
