import type { ObjectFacts } from '../api-object.ts';
import { disposableReplicas, scaleUpTime, startupBudget } from '../lifecycle.ts';
import { isScaled } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { podSetAnnotations, podSetLabels, podSetSelector } from './pod-labels.ts';
import type { PodWriter } from './leader-worker-set.ts';
import { podTemplate } from './pod-template.ts';

/**
 * The Deployment of a pod set whose replicas take one node each. A rollout replaces pods in place (`maxSurge` 0): the
 * plan bought no nodes for more. `replicas` is left out where an autoscaler owns it, so that applying the file again
 * does not throw the set back to its minimum.
 */
export function deployment(podSet: PodSet, podOf: PodWriter = podTemplate): ObjectFacts {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: podSet.name,
      namespace: podSet.workload.namespace,
      labels: podSetLabels(podSet),
      annotations: podSetAnnotations(podSet),
    },
    spec: {
      ...(isScaled(podSet) ? {} : { replicas: podSet.replicas.min }),
      selector: { matchLabels: podSetSelector(podSet) },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 0, maxUnavailable: disposableReplicas(podSet) },
      },
      progressDeadlineSeconds: Math.ceil(scaleUpTime(podSet)) + startupBudget(podSet),
      template: podOf(podSet, 'server'),
    },
  };
}
