import * as gcp from '@pulumi/gcp';
import type { ResourceClasses } from './resource-classes.ts';

/** What GKE node pools are made of. */
export const GCP_CLASSES: ResourceClasses = {
  cloud: 'gcp',
  classes: {
    'gcp:container/nodePool:NodePool': gcp.container.NodePool,
    'gcp:projects/iAMMember:IAMMember': gcp.projects.IAMMember,
    'gcp:serviceaccount/account:Account': gcp.serviceaccount.Account,
  },
};
