import * as pulumi from '@pulumi/pulumi';
import { AZURE_CLASSES } from '../components/azure-classes.ts';
import { PlimsollNodeGroups } from '../components/plimsoll-node-groups.ts';
import { aksCluster } from './cluster.ts';

/*
 * An AKS cluster with the agent pools of a plan. `npx plimsoll plan stacks/azure-aks/stack.ts` first, then `pulumi up` here.
 */
const config = new pulumi.Config();

const { cluster, resourceGroup, subnet } = aksCluster('azure-aks', {
  location: 'eastus',
  version: config.require('kubernetesVersion'),
  adminGroupId: config.require('adminGroupId'),
  tags: { 'plimsoll-stack': 'azure-aks' },
});

const nodes = new PlimsollNodeGroups('nodes', {
  plan: config.require('plan'),
  classes: AZURE_CLASSES,
  settings: {
    resourceGroupName: resourceGroup.name,
    clusterName: cluster.name,
    subnetId: subnet.id,
  },
});

export const clusterName = cluster.name;
export const clusterEndpoint = cluster.privateFQDN;
export const agentPools = nodes.built;
