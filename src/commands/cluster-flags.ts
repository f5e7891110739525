import { Flags } from '@oclif/core';
import type { ClusterChoice } from '../engine/index.ts';

/** Which cluster is meant. */
export const CLUSTER_FLAGS = {
  context: Flags.string({
    description: 'Context of the kubeconfig; default its current one.',
    helpValue: 'NAME',
  }),
  kubeconfig: Flags.string({
    description: 'Kubeconfig; default KUBECONFIG, then ~/.kube/config, then the service account of the pod.',
    helpValue: 'FILE',
  }),
};

/** The cluster that the flags name. */
export function clusterChoice(flags: {
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
}): ClusterChoice {
  return {
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
  };
}
