import type { ObjectFacts } from '../api-object.ts';
import { disposableReplicas } from '../lifecycle.ts';
import type { PodSet } from '../pod-set.ts';
import { podSetLabels, podSetSelector } from './pod-labels.ts';

/**
 * How many pods of a set may be evicted at once. It covers all pods of a group: when one goes the whole group restarts
 * and counts as unavailable, so no second group is touched before the first is back.
 */
export function disruptionBudget(podSet: PodSet): ObjectFacts {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: podSet.name,
      namespace: podSet.workload.namespace,
      labels: podSetLabels(podSet),
    },
    spec: {
      maxUnavailable: disposableReplicas(podSet),
      selector: { matchLabels: podSetSelector(podSet) },
      // Pods that never became ready may be moved: they serve nobody.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}
