// Written by `plimsoll synth --target pulumi`; written again, it replaces this file.
import * as pulumi from '@pulumi/pulumi';
import * as azure from '@pulumi/azure-native';

const config = new pulumi.Config();
/** Name of the AKS cluster */
const clusterName = config.require("clusterName");
/** Resource group of the AKS cluster */
const resourceGroupName = config.require("resourceGroupName");
/** Id of the subnet of the nodes */
const subnetId = config.require("subnetId");

export const _ndEastus1OnDemand = new azure.containerservice.AgentPool("nd-eastus-1-on-demand", {
  resourceGroupName: resourceGroupName,
  resourceName: clusterName,
  agentPoolName: "ndeaf7846a2a",
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
  osDiskType: "Managed",
  osDiskSizeGB: 220,
  enableEncryptionAtHost: true,
  upgradeSettings: {
    maxSurge: "0",
    maxUnavailable: "1",
  },
  nodeLabels: {
    "karpenter.sh/capacity-type": "on-demand",
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
