import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { workloadLabels } from '../labels.ts';
import { shortenedName } from '../names.ts';
import { isScaled } from '../pod-set.ts';
import type { ServedWorkload } from '../served-workload.ts';
import { roleNames } from './role-names.ts';
import { leaderWorkerSetSpec } from './leader-worker-set.ts';
import type { PodWriter } from './leader-worker-set.ts';
import { podSetAnnotations, podSetLabels } from './pod-labels.ts';

/** Most roles of a set (LeaderWorkerSet 0.9, DisaggregatedSet v1). */
const MOST_ROLES = 10;

/**
 * Room for a role in the names of its pods: the controller calls its LeaderWorkerSets `<set>-<revision>-<role>`, and their pods
 * must fit a label (63 characters) with what is added behind.
 */
const MAX_ROLE_NAME = 16;

/**
 * Why the pod sets of a workload cannot be one DisaggregatedSet; undefined when they can. Its roles have no scale of their own
 * (LeaderWorkerSet 0.9), and either all of them have replicas or none.
 */
export function whyNotOneSet({ podSets }: ServedWorkload): string | undefined {
  const scaled = podSets.filter(isScaled).map(({ name }) => name);
  if (scaled.length > 0) return `the replicas of ${scaled.join(', ')} change over the week`;
  return podSets.length > MOST_ROLES
    ? `it has ${podSets.length} pod sets, and a DisaggregatedSet at most ${MOST_ROLES} roles`
    : undefined;
}

/** All pod sets of a workload whose prefill and decode are apart as the roles of one object, which rolls them out together. */
export function disaggregatedSet(
  { stack, workload, podSets }: ServedWorkload,
  podOf: PodWriter,
): ObjectFacts {
  const names = roleNames(podSets);
  return {
    apiVersion: 'disaggregatedset.x-k8s.io/v1',
    kind: 'DisaggregatedSet',
    metadata: {
      name: shortenedName(workload.id, MAX_ROLE_NAME),
      namespace: workload.namespace,
      labels: workloadLabels({ stack, workload: workload.id, team: workload.team }),
    },
    spec: {
      roles: podSets.map((podSet): JsonObject => ({
        name: names.get(podSet) ?? podSet.name,
        metadata: { labels: podSetLabels(podSet), annotations: podSetAnnotations(podSet) },
        spec: leaderWorkerSetSpec(podSet, podOf),
      })),
    },
  };
}
