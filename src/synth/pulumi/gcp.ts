import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { shortenedName } from '../kubernetes/names.ts';
import { ownerTags, screamingEffect } from './cloud-program.ts';
import type { CloudResources, RegionGroups } from './cloud-program.ts';
import { gcpAcceleratorType, gcpDiskType } from './gcp-machines.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { PulumiResource, PulumiSetting } from './program.ts';
import { camelCase } from './settings.ts';
import { joined, output, setting } from './values.ts';
import type { PulumiObject } from './values.ts';

const CLUSTER: PulumiSetting = { name: 'clusterName', description: 'Name of the GKE cluster' };
const LOCATION: PulumiSetting = {
  name: 'clusterLocation',
  description: 'Region or zone of the GKE cluster',
};
const PROJECT: PulumiSetting = { name: 'projectId', description: 'Google Cloud project of the cluster' };

const ACCOUNT = 'node-account';
const ACCOUNT_ROLE = 'node-account-role';

/** Longest name of a node pool is 40 characters, of which Pulumi's random end takes eight (GKE API, `NodePool.name`). */
const MAX_POOL_NAME = 32;
/** Longest id of a service account (Google Cloud IAM API, `accountId`). */
const MAX_ACCOUNT_ID = 30;

/**
 * GKE node pools: one service account for all nodes with the role that nodes need and nothing else, and a pool per group. Nodes have
 * no public address. Errors: `synth-unsupported` for machine types whose accelerator Google's interface has no name for.
 */
export function gkeNodePools({ stack, groups }: RegionGroups): CloudResources {
  return {
    settings: [CLUSTER, LOCATION, PROJECT, ...groups.flatMap(reservationSettings)],
    resources: [...nodeAccount(stack), ...groups.map(nodePool)],
    diagnostics: groups.flatMap(unknownAccelerator),
  };
}

function nodeAccount(stack: string): readonly PulumiResource[] {
  return [
    {
      id: ACCOUNT,
      type: 'gcp:serviceaccount/account:Account',
      args: {
        accountId: shortenedName(`plimsoll-${stack}`, MAX_ACCOUNT_ID),
        displayName: `Nodes of the plan ${stack}`,
        project: setting(PROJECT.name),
      },
    },
    {
      id: ACCOUNT_ROLE,
      type: 'gcp:projects/iAMMember:IAMMember',
      args: {
        project: setting(PROJECT.name),
        // Logs, metrics and nothing else (Google Cloud, "Harden your cluster's security": least privilege service accounts, 2026).
        role: 'roles/container.defaultNodeServiceAccount',
        member: joined('serviceAccount:', output(ACCOUNT, 'email')),
      },
    },
  ];
}

function nodePool(spec: NodeGroupSpec): PulumiResource {
  return {
    id: shortenedName(spec.name, MAX_POOL_NAME),
    type: 'gcp:container/nodePool:NodePool',
    args: {
      cluster: setting(CLUSTER.name),
      location: setting(LOCATION.name),
      project: setting(PROJECT.name),
      nodeLocations: [spec.zone],
      initialNodeCount: spec.minNodes,
      autoscaling: {
        minNodeCount: spec.minNodes,
        maxNodeCount: spec.maxNodes,
        locationPolicy: spec.capacityType === 'spot' ? 'ANY' : 'BALANCED',
      },
      management: { autoRepair: true, autoUpgrade: true },
      // The plan bought no nodes for a surge: an old one goes before its successor comes.
      upgradeSettings: { strategy: 'SURGE', maxSurge: 0, maxUnavailable: 1 },
      networkConfig: { enablePrivateNodes: true },
      ...(spec.isGrouped ? { placementPolicy: { type: 'COMPACT' } } : {}),
      nodeConfig: nodeConfig(spec),
    },
    dependsOn: [ACCOUNT_ROLE],
    ignoreChanges: ['initialNodeCount'],
  };
}

function nodeConfig(spec: NodeGroupSpec): PulumiObject {
  return {
    machineType: spec.instanceType,
    imageType: 'COS_CONTAINERD',
    spot: spec.capacityType === 'spot',
    diskSizeGb: spec.diskGib,
    diskType: gcpDiskType(spec.instanceType),
    serviceAccount: output(ACCOUNT, 'email'),
    oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
    metadata: { 'disable-legacy-endpoints': 'true' },
    workloadMetadataConfig: { mode: 'GKE_METADATA' },
    // Secure boot loads signed kernel modules only; it is left off where drivers are loaded after the start (*assumed* to be needed).
    shieldedInstanceConfig: {
      enableIntegrityMonitoring: true,
      enableSecureBoot: spec.accelerator === undefined,
    },
    gvnic: { enabled: true },
    labels: spec.labels,
    taints: spec.taints.map(({ key, value, effect }) => ({ key, value, effect: screamingEffect(effect) })),
    resourceLabels: ownerTags(spec),
    ...accelerators(spec),
    ...reservation(spec),
  };
}

function accelerators({ accelerator, instanceType }: NodeGroupSpec): PulumiObject {
  const type = gcpAcceleratorType(instanceType);
  if (accelerator === undefined || type === undefined) return {};
  const gpuDriverInstallationConfig = { gpuDriverVersion: 'DEFAULT' };
  return { guestAccelerators: [{ type, count: accelerator.count, gpuDriverInstallationConfig }] };
}

function reservation(spec: NodeGroupSpec): PulumiObject {
  if (spec.capacityType !== 'reserved') return {};
  return {
    reservationAffinity: {
      consumeReservationType: 'SPECIFIC_RESERVATION',
      key: 'compute.googleapis.com/reservation-name',
      values: [setting(reservationName(spec))],
    },
  };
}

function reservationName({ name }: NodeGroupSpec): string {
  return camelCase('reservation', name);
}

function reservationSettings(spec: NodeGroupSpec): readonly PulumiSetting[] {
  if (spec.capacityType !== 'reserved') return [];
  const description = `Name of the reservation of ${spec.maxNodes} ${spec.instanceType} in ${spec.zone}, for ${spec.name}`;
  return [{ name: reservationName(spec), description }];
}

function unknownAccelerator({ accelerator, instanceType, name, pool }: NodeGroupSpec): readonly Diagnostic[] {
  if (accelerator === undefined || gcpAcceleratorType(instanceType) !== undefined) return [];
  return [
    diagnostic('synth-unsupported', {
      summary: `What ${instanceType} of node pool ${name} calls its accelerators in Google's interface is not known.`,
      path: `problem.pools[${pool}]`,
      fix: 'Build these nodes by other means, or plan with a machine type of the families A2, A3, A4, G2 or G4.',
    }),
  ];
}
