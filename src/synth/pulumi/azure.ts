import { shortHash } from '../kubernetes/names.ts';
import { ownerTags } from './cloud-program.ts';
import type { CloudResources, RegionGroups } from './cloud-program.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { PulumiResource, PulumiSetting } from './program.ts';
import { camelCase } from './settings.ts';
import { output, setting } from './values.ts';
import type { PulumiObject } from './values.ts';

const GROUP: PulumiSetting = { name: 'resourceGroupName', description: 'Resource group of the AKS cluster' };
const CLUSTER: PulumiSetting = { name: 'clusterName', description: 'Name of the AKS cluster' };
const SUBNET: PulumiSetting = { name: 'subnetId', description: 'Id of the subnet of the nodes' };

/** Resource of AMD's accelerators, whose drivers AKS does not install. */
const AMD = 'amd.com/gpu';

/**
 * AKS agent pools: one per group, without public addresses, disks and caches encrypted on the host. Nodes use the identity of the
 * cluster's kubelets, so no rights are given here.
 */
export function aksAgentPools({ region, groups }: RegionGroups): CloudResources {
  return {
    settings: [GROUP, CLUSTER, SUBNET, ...groups.flatMap(reservationSettings)],
    resources: groups.flatMap((spec) => [...placementGroup(spec, region), agentPool(spec)]),
    diagnostics: [],
  };
}

/**
 * Name of an agent pool: AKS takes small letters and digits, at most twelve, a letter first (AKS API, `agentPoolName`, 2026). Four
 * letters of the pool and a hash of the whole name, so that names stay apart and stay the same.
 */
export function agentPoolName(name: string): string {
  const start = name.replaceAll(/[^a-z0-9]/g, '').replace(/^[0-9]+/, '');
  return `${start.slice(0, 4) || 'pool'}${shortHash(name)}`;
}

function placementGroup(spec: NodeGroupSpec, region: string): readonly PulumiResource[] {
  if (!spec.isGrouped) return [];
  return [
    {
      id: `${spec.name}-placement`,
      type: 'azure-native:compute:ProximityPlacementGroup',
      args: {
        resourceGroupName: setting(GROUP.name),
        location: region,
        proximityPlacementGroupType: 'Standard',
        zones: [spec.zone],
        intent: { vmSizes: [spec.instanceType] },
        tags: ownerTags(spec),
      },
    },
  ];
}

function agentPool(spec: NodeGroupSpec): PulumiResource {
  return {
    id: spec.name,
    type: 'azure-native:containerservice:AgentPool',
    args: {
      resourceGroupName: setting(GROUP.name),
      resourceName: setting(CLUSTER.name),
      agentPoolName: agentPoolName(spec.name),
      mode: 'User',
      type: 'VirtualMachineScaleSets',
      osType: 'Linux',
      osSKU: 'Ubuntu',
      vmSize: spec.instanceType,
      availabilityZones: [spec.zone],
      vnetSubnetID: setting(SUBNET.name),
      enableNodePublicIP: false,
      enableAutoScaling: true,
      minCount: spec.minNodes,
      maxCount: spec.maxNodes,
      count: spec.minNodes,
      ...capacity(spec),
      osDiskType: 'Managed',
      osDiskSizeGB: spec.diskGib,
      enableEncryptionAtHost: true,
      ...trustedLaunch(spec),
      // The plan bought no nodes for a surge: an old one goes before its successor comes.
      ...(spec.capacityType === 'spot' ? {} : { upgradeSettings: { maxSurge: '0', maxUnavailable: '1' } }),
      nodeLabels: spec.labels,
      nodeTaints: spec.taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`),
      ...(spec.isGrouped ? { proximityPlacementGroupID: output(`${spec.name}-placement`, 'id') } : {}),
      ...drivers(spec),
      tags: ownerTags(spec),
    },
    ignoreChanges: ['count'],
  };
}

function capacity(spec: NodeGroupSpec): PulumiObject {
  switch (spec.capacityType) {
    case 'spot':
      // −1 pays up to the price on demand, so that nodes are taken for lack of capacity and never for their price.
      return { scaleSetPriority: 'Spot', scaleSetEvictionPolicy: 'Delete', spotMaxPrice: -1 };
    case 'reserved':
      return { capacityReservationGroupID: setting(reservationName(spec)) };
    case 'on-demand':
      return {};
  }
}

/**
 * Secure boot and a virtual TPM where nothing stands against them: drivers of accelerators are unsigned modules, and sizes with Arm
 * processors take no trusted launch (*assumed* for all of them; Microsoft, "Trusted launch for AKS", 2026).
 */
function trustedLaunch({ accelerator, architecture }: NodeGroupSpec): PulumiObject {
  if (accelerator !== undefined || architecture === 'arm64') return {};
  return { securityProfile: { enableSecureBoot: true, enableVTPM: true } };
}

function drivers({ accelerator }: NodeGroupSpec): PulumiObject {
  if (accelerator === undefined) return {};
  return { gpuProfile: { driver: accelerator.resource === AMD ? 'None' : 'Install' } };
}

function reservationName({ name }: NodeGroupSpec): string {
  return camelCase('capacityReservationGroup', name);
}

function reservationSettings(spec: NodeGroupSpec): readonly PulumiSetting[] {
  if (spec.capacityType !== 'reserved') return [];
  const description = `Id of the capacity reservation group with ${spec.maxNodes} ${spec.instanceType} in zone ${spec.zone}, for ${spec.name}`;
  return [{ name: reservationName(spec), description }];
}
