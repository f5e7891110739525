import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { disposableReplicas } from '../lifecycle.ts';
import { isGroup, isScaled } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { podSetAnnotations, podSetLabels } from './pod-labels.ts';
import type { PodComponent } from './pod-labels.ts';
import { podTemplate } from './pod-template.ts';

/** API of LeaderWorkerSet (kubernetes-sigs/lws, v0.5 and later). */
export const LEADER_WORKER_SET_API = 'leaderworkerset.x-k8s.io/v1';

/** How a profile writes the pods of a set. */
export type PodWriter = (podSet: PodSet, component: PodComponent) => JsonObject;

/**
 * The LeaderWorkerSet of a pod set whose replicas take several nodes: the pods of a replica start and fail together.
 * `replicas` is left out where an autoscaler owns it.
 */
export function leaderWorkerSet(podSet: PodSet, podOf: PodWriter = podTemplate): ObjectFacts {
  return {
    apiVersion: LEADER_WORKER_SET_API,
    kind: 'LeaderWorkerSet',
    metadata: {
      name: podSet.name,
      namespace: podSet.workload.namespace,
      labels: podSetLabels(podSet),
      annotations: podSetAnnotations(podSet),
    },
    spec: leaderWorkerSetSpec(podSet, podOf),
  };
}

/** The spec of a LeaderWorkerSet, or of a role of a DisaggregatedSet; a replica on one node is a group of one. */
export function leaderWorkerSetSpec(podSet: PodSet, podOf: PodWriter): JsonObject {
  return {
    ...(isScaled(podSet) ? {} : { replicas: podSet.replicas.min }),
    startupPolicy: 'LeaderCreated',
    networkConfig: { subdomainPolicy: 'Shared' },
    rolloutStrategy: {
      type: 'RollingUpdate',
      rollingUpdateConfiguration: { maxSurge: 0, maxUnavailable: disposableReplicas(podSet) },
    },
    leaderWorkerTemplate: {
      size: podSet.allocation.candidate.podGroup.nodes,
      restartPolicy: 'RecreateGroupOnPodRestart',
      ...(isGroup(podSet)
        ? { leaderTemplate: podOf(podSet, 'server'), workerTemplate: podOf(podSet, 'worker') }
        : { workerTemplate: podOf(podSet, 'server') }),
    },
  };
}
