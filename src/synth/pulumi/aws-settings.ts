import type { NodeGroupSpec } from './node-group-spec.ts';
import type { PulumiSetting } from './program.ts';
import { camelCase } from './settings.ts';

/** The cluster that nodes join. */
export const CLUSTER: PulumiSetting = { name: 'clusterName', description: 'Name of the EKS cluster' };

/** The subnet of a group's zone. */
export function subnetSetting({ zone }: NodeGroupSpec): PulumiSetting {
  return { name: camelCase('subnet', zone), description: `Id of the private subnet of ${zone}` };
}

/** Name of the setting that holds a group's capacity reservation. */
export function reservationName({ name }: NodeGroupSpec): string {
  return camelCase('capacityReservation', name);
}

/** The reservation of a group of reserved capacity; none for others. */
export function reservationSettings(spec: NodeGroupSpec): readonly PulumiSetting[] {
  if (spec.capacityType !== 'reserved') return [];
  const description = `Id of the capacity reservation of ${spec.maxNodes} ${spec.instanceType} in ${spec.zone}, for ${spec.name}`;
  return [{ name: reservationName(spec), description }];
}
