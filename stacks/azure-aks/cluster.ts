import * as azure from '@pulumi/azure-native';
import type * as pulumi from '@pulumi/pulumi';

/** What a cluster is made with. */
export interface AksClusterArgs {
  readonly location: string;
  readonly version: string;
  /** Object id of the Entra group whose members administer the cluster. */
  readonly adminGroupId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A cluster and where its nodes go. */
export interface AksCluster {
  readonly cluster: azure.containerservice.ManagedCluster;
  readonly resourceGroup: azure.resources.ResourceGroup;
  readonly subnet: azure.network.Subnet;
}

/** Nodes for what belongs to the cluster and not to a plan; one per zone. */
const SYSTEM_NODES = 3;

/**
 * A private AKS cluster: identities instead of secrets, Azure's roles instead of local accounts, network policies by Cilium, disks and
 * caches encrypted on the host (which the subscription must have registered: `Microsoft.Compute/EncryptionAtHost`).
 */
export function aksCluster(name: string, args: AksClusterArgs): AksCluster {
  const { location, tags } = args;
  const resourceGroup = new azure.resources.ResourceGroup(name, { location, tags });
  const subnet = nodeSubnet(name, resourceGroup, args);
  const cluster = new azure.containerservice.ManagedCluster(name, {
    resourceGroupName: resourceGroup.name,
    location,
    dnsPrefix: name,
    kubernetesVersion: args.version,
    identity: { type: 'SystemAssigned' },
    enableRBAC: true,
    disableLocalAccounts: true,
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: [args.adminGroupId] },
    apiServerAccessProfile: { enablePrivateCluster: true },
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' },
    networkProfile: {
      networkPlugin: 'azure',
      networkPluginMode: 'overlay',
      networkDataplane: 'cilium',
      networkPolicy: 'cilium',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.2.0.0/16',
      dnsServiceIP: '10.2.0.10',
    },
    // Agent pools of the plan say how many nodes each zone gets; capacity they lack in one zone is not made up for in another.
    autoScalerProfile: { balanceSimilarNodeGroups: 'false' },
    agentPoolProfiles: [systemPool(subnet)],
    tags,
  });
  return { cluster, resourceGroup, subnet };
}

function nodeSubnet(
  name: string,
  resourceGroup: azure.resources.ResourceGroup,
  { location, tags }: AksClusterArgs,
): azure.network.Subnet {
  const network = new azure.network.VirtualNetwork(name, {
    resourceGroupName: resourceGroup.name,
    location,
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    tags,
  });
  return new azure.network.Subnet(name, {
    resourceGroupName: resourceGroup.name,
    virtualNetworkName: network.name,
    // Pods have addresses of their own (overlay), so 4,091 are nodes' alone.
    addressPrefix: '10.0.0.0/20',
  });
}

function systemPool(
  subnet: azure.network.Subnet,
): pulumi.Input<azure.types.input.containerservice.ManagedClusterAgentPoolProfileArgs> {
  return {
    name: 'system',
    mode: 'System',
    count: SYSTEM_NODES,
    vmSize: 'Standard_D2s_v5',
    osType: 'Linux',
    osSKU: 'Ubuntu',
    type: 'VirtualMachineScaleSets',
    availabilityZones: ['1', '2', '3'],
    vnetSubnetID: subnet.id,
    enableEncryptionAtHost: true,
    enableNodePublicIP: false,
    securityProfile: { enableSecureBoot: true, enableVTPM: true },
    nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'],
  };
}
