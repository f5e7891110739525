import * as pulumi from '@pulumi/pulumi';
import { GCP_CLASSES } from '../components/gcp-classes.ts';
import { PlimsollNodeGroups } from '../components/plimsoll-node-groups.ts';
import { gkeCluster } from './cluster.ts';
import { privateNetwork } from './network.ts';

/*
 * A GKE cluster with the node pools of a plan. `npx plimsoll plan stacks/gcp-gke/stack.ts` first, then `pulumi up` here.
 */
const config = new pulumi.Config();
const projectId = config.require('projectId');
const region = 'us-central1';

const network = privateNetwork('gcp-gke', { projectId, region });
const cluster = gkeCluster('gcp-gke', {
  projectId,
  region,
  network,
  adminCidrs: config.requireObject<string[]>('adminCidrs'),
});

const nodes = new PlimsollNodeGroups(
  'nodes',
  {
    plan: config.require('plan'),
    classes: GCP_CLASSES,
    settings: { projectId, clusterName: cluster.name, clusterLocation: region },
  },
  { dependsOn: [network.wayOut] },
);

export const clusterName = cluster.name;
export const clusterEndpoint = cluster.endpoint;
export const nodePools = nodes.built;
