import { AZURE_ACCELERATOR_SIZES, azureMemoryGib, isArmFamily } from '../azure-facts.ts';
import { numberIn } from './layout.ts';
import type { PriceLayout, PriceRow, RowFields, UnusableRow } from './layout.ts';

/** Azure: one row per size and region, on-demand only. The feed lacks memory; the program's own facts fill it in. */
export const AZURE_LAYOUT: PriceLayout = {
  name: 'azure',
  requiredColumns: ['instance_type', 'vcpu', 'accelerator_memory_gib_each', 'price_on_demand', 'region'],
  saysProvider: true,
  saysDate: true,
  splitsPrices: false,
  read: (row, defaults) => {
    const vcpus = numberIn(row('vcpu'));
    if (vcpus === undefined || vcpus === 0) return { reason: 'the number of vCPUs cannot be read' };
    const accelerator = acceleratorOf(row);
    if (accelerator !== undefined && 'reason' in accelerator) return accelerator;
    const instanceType = row('instance_type');
    const family = row('family');
    return {
      provider: row('provider') || 'azure',
      instanceType,
      family,
      cpuArchitecture: isArmFamily(family) ? 'arm64' : 'amd64',
      vcpus,
      memoryGib: azureMemoryGib(instanceType, family, vcpus),
      ...(accelerator === undefined ? {} : { accelerator }),
      networkGbps: AZURE_ACCELERATOR_SIZES[instanceType]?.networkGbps ?? 0,
      region: row('region'),
      zone: '',
      onDemand: numberIn(row('price_on_demand')),
      spot: undefined,
      spotEstimate: '',
      spotZone: '',
      onDemandDate: row('date') || defaults.date,
      spotDate: '',
    };
  },
};

function acceleratorOf(row: RowFields): NonNullable<PriceRow['accelerator']> | UnusableRow | undefined {
  const known = AZURE_ACCELERATOR_SIZES[row('instance_type')];
  if (known !== undefined) return { name: known.accelerator, count: known.count, memoryGb: undefined };
  const name = row('accelerator');
  if (name === '') return undefined;
  const count = numberIn(row('accelerator_count'));
  if (count === undefined) return { reason: `the number of ${name} is not given` };
  if (count < 1) return { reason: `it has a fraction of one ${name}` };
  return { name, count, memoryGb: numberIn(row('accelerator_memory_gib_each')) };
}
