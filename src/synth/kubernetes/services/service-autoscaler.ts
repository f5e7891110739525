import { scaleDownCalm } from '../../../cost/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import type { JsonObject } from '../../files.ts';
import { cronTriggers } from '../kinds/scaled-object.ts';
import { isReplicaScaled } from '../pod-set.ts';
import type { ServiceMember } from './planned-service.ts';
import { memberAnnotations, memberLabels, rateOf } from './service-labels.ts';
import { serviceScaleUpTime } from './service-lifecycle.ts';

/**
 * The autoscaler of a pod set whose replicas change over the week; none for a constant one. The windows of the plan set the
 * fewest replicas of each hour, CPU beyond what the plan counts on adds more, up to the most that the plan has.
 */
export function serviceScaledObject(member: ServiceMember): readonly ObjectFacts[] {
  const { planned, podSet } = member;
  if (!isReplicaScaled(podSet.replicas)) return [];
  const scaleUp = serviceScaleUpTime(podSet);
  return [
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: {
        name: podSet.name,
        namespace: planned.service.namespace,
        labels: memberLabels(member),
        annotations: memberAnnotations(member),
      },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: podSet.name },
        minReplicaCount: podSet.replicas.min,
        maxReplicaCount: podSet.replicas.max,
        advanced: {
          restoreToOriginalReplicaCount: false,
          horizontalPodAutoscalerConfig: {
            behavior: { scaleDown: { stabilizationWindowSeconds: scaleDownCalm(scaleUp) } },
          },
        },
        triggers: [...cpuTrigger(member), ...cronTriggers(podSet.replicas.hourly, scaleUp)],
      },
    },
  ];
}

/**
 * Replicas by CPU: the share of its request that a replica takes at its planned rate, by the declared CPU time or the measured
 * rows. None where that is unknown or rates are never the limit, and none for sets that have no replicas in some hours, which
 * a CPU trigger would keep from going (KEDA, "CPU" scaler).
 */
function cpuTrigger({ planned, podSet }: ServiceMember): readonly JsonObject[] {
  const rate = podSet.replicas.min > 0 ? rateOf(podSet) : Infinity;
  const cores = Number.isFinite(rate) ? planned.service.cpuCoresAt(rate) : undefined;
  const requested = podSet.allocation.shape.resources.cpuMillicores / 1000;
  if (cores === undefined || cores <= 0 || requested <= 0) return [];
  return [
    {
      type: 'cpu',
      name: 'cpu',
      metricType: 'Utilization',
      metadata: { value: String(Math.max(1, Math.ceil((100 * cores) / requested))) },
    },
  ];
}
