import { GCP_NETWORK_GBPS, isArmGcpFamily } from '../gcp-facts.ts';
import { numberIn } from './layout.ts';
import type { PriceLayout } from './layout.ts';

/** Google Cloud: one row per machine type and region; on-demand and spot prices are quoted and include the accelerators. */
export const GCP_LAYOUT: PriceLayout = {
  name: 'gcp',
  requiredColumns: ['instance_type', 'vcpu', 'memory_gib', 'price_on_demand', 'price_spot', 'region'],
  saysProvider: true,
  saysDate: true,
  splitsPrices: false,
  read: (row, defaults) => {
    const vcpus = numberIn(row('vcpu'));
    if (vcpus === undefined || vcpus === 0) return { reason: 'the number of vCPUs cannot be read' };
    const accelerator = row('accelerator');
    const count = numberIn(row('accelerator_count')) ?? 0;
    if (accelerator !== '' && count < 1) return { reason: `it has a fraction of one ${accelerator}` };
    const instanceType = row('instance_type');
    const family = row('family') || (instanceType.split('-')[0] ?? '');
    const date = row('date') || defaults.date;
    return {
      provider: row('provider') || 'gcp',
      instanceType,
      family,
      cpuArchitecture: isArmGcpFamily(family) ? 'arm64' : 'amd64',
      vcpus,
      memoryGib: numberIn(row('memory_gib')),
      ...(accelerator === ''
        ? {}
        : {
            accelerator: { name: accelerator, count, memoryGb: numberIn(row('accelerator_memory_gib')) },
          }),
      networkGbps: GCP_NETWORK_GBPS[instanceType] ?? 0,
      region: row('region'),
      zone: '',
      onDemand: numberIn(row('price_on_demand')),
      spot: numberIn(row('price_spot')),
      spotEstimate: '',
      spotZone: '',
      onDemandDate: date,
      spotDate: date,
    };
  },
};
