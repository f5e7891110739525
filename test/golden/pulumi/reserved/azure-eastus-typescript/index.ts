// Written by `plimsoll synth --target pulumi`; written again, it replaces this file.
import * as pulumi from '@pulumi/pulumi';
import * as azure from '@pulumi/azure-native';

const config = new pulumi.Config();
/** Id of the capacity reservation group with 3 Standard_ND96isr_H100_v5 in zone 1, for nd-eastus-1-reserved */
const capacityReservationGroupNdEastus1Reserved = config.require("capacityReservationGroupNdEastus1Reserved");
/** Name of the AKS cluster */
const clusterName = config.require("clusterName");
/** Resource group of the AKS cluster */
const resourceGroupName = config.require("resourceGroupName");
/** Id of the subnet of the nodes */
const subnetId = config.require("subnetId");

export const _ndEastus1Reserved = new azure.containerservice.AgentPool("nd-eastus-1-reserved", {
  resourceGroupName: resourceGroupName,
  resourceName: clusterName,
  agentPoolName: "ndea5050b1ca",
  mode: "User",
  type: "VirtualMachineScaleSets",
  osType: "Linux",
  osSKU: "Ubuntu",
  vmSize: "Standard_ND96isr_H100_v5",
  availabilityZones: [
    "1",
  ],
  vnetSubnetID: subnetId,
  enableNodePublicIP: false,
  enableAutoScaling: true,
  minCount: 2,
  maxCount: 3,
  count: 2,
  capacityReservationGroupID: capacityReservationGroupNdEastus1Reserved,
  osDiskType: "Managed",
  osDiskSizeGB: 220,
  enableEncryptionAtHost: true,
  upgradeSettings: {
    maxSurge: "0",
    maxUnavailable: "1",
  },
  nodeLabels: {
    "karpenter.sh/capacity-type": "reserved",
    "plimsoll.dev/pool": "nd",
  },
  nodeTaints: [
    "nvidia.com/gpu=present:NoSchedule",
  ],
  gpuProfile: {
    driver: "Install",
  },
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "nd",
  },
}, { ignoreChanges: ["count"] });
