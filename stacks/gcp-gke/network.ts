import * as gcp from '@pulumi/gcp';
import type * as pulumi from '@pulumi/pulumi';

/** A network whose nodes have no public addresses. */
export interface PrivateNetwork {
  readonly network: gcp.compute.Network;
  readonly subnetwork: gcp.compute.Subnetwork;
  /** What nodes pull images through. */
  readonly wayOut: pulumi.Resource;
}

/** Names of the ranges that pods and Services take their addresses from. */
export const RANGES = { pods: 'pods', services: 'services' } as const;

/** One subnetwork with ranges for pods and Services, and NAT for what nodes fetch. */
export function privateNetwork(
  name: string,
  { projectId, region }: { readonly projectId: string; readonly region: string },
): PrivateNetwork {
  const project = projectId;
  const network = new gcp.compute.Network(name, { project, autoCreateSubnetworks: false });
  const subnetwork = new gcp.compute.Subnetwork(name, {
    project,
    region,
    network: network.id,
    ipCidrRange: '10.0.0.0/20',
    privateIpGoogleAccess: true,
    secondaryIpRanges: [
      { rangeName: RANGES.pods, ipCidrRange: '10.4.0.0/14' },
      { rangeName: RANGES.services, ipCidrRange: '10.8.0.0/20' },
    ],
    logConfig: { aggregationInterval: 'INTERVAL_10_MIN', flowSampling: 0.1 },
  });
  const router = new gcp.compute.Router(name, { project, region, network: network.id });
  const wayOut = new gcp.compute.RouterNat(name, {
    project,
    region,
    router: router.name,
    natIpAllocateOption: 'AUTO_ONLY',
    sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
  });
  return { network, subnetwork, wayOut };
}
