import * as gcp from '@pulumi/gcp';
import { RANGES } from './network.ts';
import type { PrivateNetwork } from './network.ts';

/** What a cluster is made with. */
export interface GkeClusterArgs {
  readonly projectId: string;
  readonly region: string;
  readonly network: PrivateNetwork;
  readonly adminCidrs: readonly string[];
}

/** Nodes for what belongs to the cluster and not to a plan; one per zone of the region. */
const SYSTEM_NODES_PER_ZONE = 1;

/**
 * A private, shielded GKE cluster of a region: workload identity, network policies by Dataplane V2, control plane reachable from its own
 * network and the ranges of administrators only. A small pool carries what belongs to the cluster.
 */
export function gkeCluster(name: string, args: GkeClusterArgs): gcp.container.Cluster {
  const { projectId: project, region, network } = args;
  const cluster = new gcp.container.Cluster(name, {
    project,
    location: region,
    network: network.network.id,
    subnetwork: network.subnetwork.id,
    removeDefaultNodePool: true,
    initialNodeCount: 1,
    datapathProvider: 'ADVANCED_DATAPATH',
    enableShieldedNodes: true,
    ipAllocationPolicy: {
      clusterSecondaryRangeName: RANGES.pods,
      servicesSecondaryRangeName: RANGES.services,
    },
    privateClusterConfig: {
      enablePrivateNodes: true,
      enablePrivateEndpoint: args.adminCidrs.length === 0,
      masterIpv4CidrBlock: '172.16.0.0/28',
    },
    masterAuthorizedNetworksConfig: {
      cidrBlocks: args.adminCidrs.map((cidrBlock) => ({ cidrBlock })),
    },
    workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
    releaseChannel: { channel: 'REGULAR' },
    // Deleting the stack deletes the cluster; protect it with Pulumi's own `protect` where it must stay.
    deletionProtection: false,
  });
  systemNodes(name, cluster, args);
  return cluster;
}

function systemNodes(
  name: string,
  cluster: gcp.container.Cluster,
  { projectId, region }: GkeClusterArgs,
): void {
  const account = new gcp.serviceaccount.Account(`${name}-system`, {
    project: projectId,
    accountId: `plimsoll-${name}-system`,
  });
  const role = new gcp.projects.IAMMember(`${name}-system`, {
    project: projectId,
    role: 'roles/container.defaultNodeServiceAccount',
    member: account.email.apply((email) => `serviceAccount:${email}`),
  });
  new gcp.container.NodePool(
    `${name}-system`,
    {
      project: projectId,
      location: region,
      cluster: cluster.name,
      nodeCount: SYSTEM_NODES_PER_ZONE,
      management: { autoRepair: true, autoUpgrade: true },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: {
        machineType: 'e2-standard-2',
        imageType: 'COS_CONTAINERD',
        diskSizeGb: 50,
        serviceAccount: account.email,
        oauthScopes: ['https://www.googleapis.com/auth/cloud-platform'],
        metadata: { 'disable-legacy-endpoints': 'true' },
        workloadMetadataConfig: { mode: 'GKE_METADATA' },
        shieldedInstanceConfig: { enableIntegrityMonitoring: true, enableSecureBoot: true },
      },
    },
    { dependsOn: [role] },
  );
}
