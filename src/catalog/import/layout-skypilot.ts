import { isArmFamily } from '../azure-facts.ts';
import { GCP_NETWORK_GBPS, isArmGcpFamily } from '../gcp-facts.ts';
import { numberIn } from './layout.ts';
import type { AcceleratorPrice, PriceLayout, RowFields, UnusableRow } from './layout.ts';

/**
 * SkyPilot catalogue (`vms.csv`): one row per instance type and zone, columns in any order, further columns ignored.
 * The on-demand price holds in the region, the spot price in the zone; either may be empty. The file names neither its
 * provider nor its date. Google Cloud machines with accelerators and the accelerators have prices of their own.
 */
export const SKYPILOT_LAYOUT: PriceLayout = {
  name: 'skypilot',
  requiredColumns: ['instancetype', 'vcpus', 'memorygib', 'acceleratorname', 'price', 'spotprice', 'region'],
  saysProvider: false,
  saysDate: false,
  splitsPrices: true,
  read: (row, { provider, date }) => {
    const instanceType = row('instancetype');
    if (instanceType === '') return acceleratorPrice(row);
    const vcpus = numberIn(row('vcpus'));
    if (vcpus === undefined || vcpus === 0) return { reason: 'the number of vCPUs cannot be read' };
    const accelerator = row('acceleratorname');
    const count = numberIn(row('acceleratorcount')) ?? 0;
    if (accelerator !== '' && count < 1) return { reason: `it has a fraction of one ${accelerator}` };
    const family = familyOf(provider, instanceType);
    return {
      provider,
      instanceType,
      family,
      cpuArchitecture: architectureOf(row, provider, family),
      vcpus,
      memoryGib: numberIn(row('memorygib')),
      ...(accelerator === '' ? {} : { accelerator: { name: accelerator, count, memoryGb: undefined } }),
      networkGbps: provider === 'gcp' ? (GCP_NETWORK_GBPS[instanceType] ?? 0) : 0,
      region: row('region'),
      zone: '',
      onDemand: numberIn(row('price')),
      spot: numberIn(row('spotprice')),
      spotEstimate: '',
      spotZone: row('availabilityzone'),
      onDemandDate: date,
      spotDate: date,
    };
  },
};

function acceleratorPrice(row: RowFields): AcceleratorPrice | UnusableRow {
  const name = row('acceleratorname');
  const count = numberIn(row('acceleratorcount')) ?? 0;
  if (name === '' || count < 1) return { reason: 'it names no instance type' };
  return {
    accelerator: { name, count },
    region: row('region'),
    zone: row('availabilityzone'),
    onDemand: numberIn(row('price')),
    spot: numberIn(row('spotprice')),
  };
}

function familyOf(provider: string, instanceType: string): string {
  if (provider === 'aws') return instanceType.split('.')[0] ?? instanceType;
  if (provider === 'gcp') return instanceType.split('-')[0] ?? instanceType;
  if (provider !== 'azure') return instanceType;
  return instanceType.replace(/^Standard_/, '').replace(/^([A-Z]+)\d+(?:-\d+)?/, '$1');
}

/** Graviton families have a `g` after the generation (`m7g`, `c6gn`), but the GPU families `g4dn` … are no match; `a1` and `g5g` are Arm too. */
const AWS_ARM_FAMILY = /^(a1$|g5g$|(?!g\d)[a-z]+\d+g)/;

function architectureOf(row: RowFields, provider: string, family: string): 'amd64' | 'arm64' {
  if (/arm/i.test(row('arch'))) return 'arm64';
  if (provider === 'gcp' && isArmGcpFamily(family)) return 'arm64';
  if (provider === 'azure' && isArmFamily(family)) return 'arm64';
  return provider === 'aws' && AWS_ARM_FAMILY.test(family) ? 'arm64' : 'amd64';
}
