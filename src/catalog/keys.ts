import type { InterruptionRecord, PriceRecord } from '../model/index.ts';

/** Identity of an instance type: names are unique within a provider, ignoring case. */
export function instanceKey(provider: string, name: string): string {
  return `${provider}/${name}`.toLowerCase();
}

/** Identity of a price: one per provider, region, zone, instance type and capacity type. */
export function priceKey(
  record: Pick<PriceRecord, 'provider' | 'region' | 'zone' | 'instanceType' | 'capacityType'>,
): string {
  const { provider, region, zone, instanceType, capacityType } = record;
  return `${provider}/${instanceType}/${region}/${zone}/${capacityType}`.toLowerCase();
}

/** Identity of an interruption band: one per provider, region and instance type. */
export function interruptionKey(
  record: Pick<InterruptionRecord, 'provider' | 'region' | 'instanceType'>,
): string {
  return `${record.provider}/${record.instanceType}/${record.region}`.toLowerCase();
}
