import * as pulumi from '@pulumi/pulumi';
import { AWS_CLASSES } from '../components/aws-classes.ts';
import { PlimsollNodeGroups } from '../components/plimsoll-node-groups.ts';
import { autoscalerRights } from './autoscaler.ts';
import { eksCluster } from './cluster.ts';
import { privateNetwork } from './network.ts';

/*
 * An EKS cluster with the node groups of a plan. `npx plimsoll plan stacks/aws-eks/stack.ts` first, then `pulumi up` here.
 */
const config = new pulumi.Config();
const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
const tags = { 'plimsoll-stack': 'aws-eks' };

const network = privateNetwork('aws-eks', zones, tags);
const { cluster, addOns } = eksCluster('aws-eks', {
  version: config.require('kubernetesVersion'),
  subnetIds: network.subnets.map(({ id }) => id),
  adminCidrs: config.requireObject<string[]>('adminCidrs'),
  tags,
});

autoscalerRights('aws-eks', cluster, tags);

const nodes = new PlimsollNodeGroups(
  'nodes',
  {
    plan: config.require('plan'),
    classes: AWS_CLASSES,
    settings: { clusterName: cluster.name, ...network.settings },
  },
  { dependsOn: [...addOns, ...network.routes] },
);

export const clusterName = cluster.name;
export const clusterEndpoint = cluster.endpoint;
export const nodeGroups = nodes.built;
