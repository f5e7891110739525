import { awsBand } from '../interruption-bands.ts';
import { numberIn } from './layout.ts';
import type { PriceLayout, PriceRow, RowFields, UnusableRow } from './layout.ts';

/**
 * AWS: one row per instance type with specifications, what Kubernetes leaves for pods, the on-demand price, and a spot
 * price estimated from the average saving that AWS Spot Advisor publishes.
 */
export const AWS_LAYOUT: PriceLayout = {
  name: 'aws',
  requiredColumns: [
    'instance_type',
    'vcpu',
    'memory_gib',
    'price_on_demand',
    'price_spot_estimated',
    'region',
  ],
  saysProvider: true,
  saysDate: true,
  splitsPrices: false,
  read: (row, defaults) => {
    const vcpus = numberIn(row('vcpu'));
    if (vcpus === undefined || vcpus === 0) return { reason: 'the number of vCPUs cannot be read' };
    const accelerator = acceleratorOf(row);
    if (accelerator !== undefined && 'reason' in accelerator) return accelerator;
    return { ...awsRow(row, vcpus, defaults.date), ...(accelerator === undefined ? {} : { accelerator }) };
  },
};

function awsRow(row: RowFields, vcpus: number, defaultDate: string): PriceRow {
  const onDemandDate = row('date_on_demand') || defaultDate;
  const savingDate = row('date_spot_advisor') || defaultDate;
  const allocatable = allocatableOf(row);
  const band = awsBand(row('spot_interruption_band'));
  return {
    provider: row('provider') || 'aws',
    instanceType: row('instance_type'),
    family: row('family') || (row('instance_type').split('.')[0] ?? ''),
    cpuArchitecture: row('arch') === 'arm64' ? 'arm64' : 'amd64',
    vcpus,
    memoryGib: numberIn(row('memory_gib')),
    networkGbps: (numberIn(row('network_mbps')) ?? 0) / 1000,
    ...(allocatable === undefined ? {} : { allocatable }),
    region: row('region'),
    zone: '',
    onDemand: numberIn(row('price_on_demand')),
    spot: numberIn(row('price_spot_estimated')),
    spotEstimate: `on-demand price of ${onDemandDate} less the average saving in AWS Spot Advisor of ${savingDate}`,
    spotZone: '',
    onDemandDate,
    spotDate: savingDate < onDemandDate ? savingDate : onDemandDate,
    ...(band === undefined ? {} : { band }),
  };
}

function acceleratorOf(row: RowFields): NonNullable<PriceRow['accelerator']> | UnusableRow | undefined {
  const name = row('accelerator');
  if (name === '') return undefined;
  const count = numberIn(row('accelerator_count'));
  if (count === undefined) return { reason: `the number of ${name} cannot be read` };
  if (count < 1) return { reason: `it has a fraction of one ${name}` };
  return { name, count, memoryGb: numberIn(row('accelerator_memory_gib')) };
}

/** `191450m`, `1938410Mi` and a pod count, as Kubernetes prints them. */
function allocatableOf(row: RowFields): PriceRow['allocatable'] {
  const cpu = /^(\d+)m$/.exec(row('allocatable_cpu'))?.[1];
  const memory = /^(\d+)Mi$/.exec(row('allocatable_memory'))?.[1];
  const pods = numberIn(row('allocatable_pods'));
  return cpu === undefined || memory === undefined || pods === undefined
    ? undefined
    : { cpuMillicores: Number(cpu), memoryMib: Number(memory), pods };
}
