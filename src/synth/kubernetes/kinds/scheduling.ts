import { labelValue } from '../names.ts';
import { POOL_LABEL } from '../labels.ts';
import { packingWish } from '../placement.ts';
import { anyOffering, isGroup } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../providers.ts';
import type { NodeRequirement, Toleration } from '../providers.ts';
import type { JsonObject } from '../../files.ts';
import { podSetSelector, serverSelector } from './pod-labels.ts';
import type { PodComponent } from './pod-labels.ts';

/** Label that LeaderWorkerSet gives to all pods of one replica (LeaderWorkerSet API v1). */
const GROUP_KEY_LABEL = 'leaderworkerset.sigs.k8s.io/group-key';

/** The part of a pod's spec that decides where it runs: exactly the nodes that the plan bought for it. */
export function schedulingSpec(podSet: PodSet, component: PodComponent): JsonObject {
  const spread = zoneSpreadConstraint(podSet, component);
  return {
    nodeSelector: nodeSelector(podSet),
    tolerations: tolerations(podSet).map((toleration) => ({ ...toleration })),
    affinity: affinity(podSet, component),
    ...(spread === undefined ? {} : { topologySpreadConstraints: [spread] }),
  };
}

function nodeSelector(podSet: PodSet): Readonly<Record<string, string>> {
  return {
    [POOL_LABEL]: labelValue(podSet.pool.id),
    ...(podSet.traits.labelsInstanceType ? { [INSTANCE_TYPE_LABEL]: podSet.allocation.instanceType } : {}),
    ...podSet.traits.selection(podSet.allocation.capacityType).nodeSelector,
  };
}

/** Tolerations of the pool's taints, of the taint that accelerator nodes carry, and of the provider's own. */
function tolerations(podSet: PodSet): readonly Toleration[] {
  const resource = anyOffering(podSet).accelerator?.resourceName;
  const declared = podSet.pool.taints.map((taint): Toleration => ({
    key: taint.key,
    operator: 'Equal',
    value: labelValue(taint.value),
    effect: taint.effect,
  }));
  return [
    ...declared,
    ...(resource === undefined ? [] : [{ key: resource, operator: 'Exists', effect: 'NoSchedule' } as const]),
    ...podSet.traits.selection(podSet.allocation.capacityType).tolerations,
  ];
}

function affinity(podSet: PodSet, component: PodComponent): JsonObject | undefined {
  const requirements: NodeRequirement[] = [
    ...podSet.traits.selection(podSet.allocation.capacityType).requirements,
  ];
  if (podSet.zones.labels.length > 0) {
    requirements.push({ key: ZONE_LABEL, operator: 'In', values: podSet.zones.labels });
  }
  const expressions = requirements.map((requirement): JsonObject => ({ ...requirement }));
  const podAffinity = {
    ...(component === 'worker' ? besideLeader(podSet) : {}),
    ...(podSet.isPacked
      ? { preferredDuringSchedulingIgnoredDuringExecution: [packingWish(podSet.stack)] }
      : {}),
  };
  if (expressions.length === 0 && Object.keys(podAffinity).length === 0) return undefined;
  return {
    ...(expressions.length === 0
      ? {}
      : {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: expressions }],
            },
          },
        }),
    ...(Object.keys(podAffinity).length === 0 ? {} : { podAffinity }),
  };
}

/** Workers go to the zone of their own leader: traffic between zones is slow and charged. */
function besideLeader(podSet: PodSet): JsonObject {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        labelSelector: { matchLabels: podSetSelector(podSet) },
        matchLabelKeys: [GROUP_KEY_LABEL],
        topologyKey: ZONE_LABEL,
      },
    ],
  };
}

/**
 * Replicas lie over zones as planned: no further apart than the plan itself, at least one. A base pod waits for its
 * place, a surge pod takes what there is. Absent for pods that follow a leader and for plans in one zone.
 */
function zoneSpreadConstraint(podSet: PodSet, component: PodComponent): JsonObject | undefined {
  if (component === 'worker' || podSet.zones.labels.length < 2) return undefined;
  return {
    maxSkew: podSet.zones.skew,
    topologyKey: ZONE_LABEL,
    whenUnsatisfiable: podSet.allocation.tier === 'base' ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels: serverSelector(podSet) },
    ...(isGroup(podSet) ? {} : { matchLabelKeys: ['pod-template-hash'] }),
  };
}
