import type { ServiceShape } from '../../../model/index.ts';
import { formatNumber } from '../../../units/index.ts';
import { allocationLabels, serverLabels, workloadSelector } from '../kinds/pod-labels.ts';
import {
  MAX_REPLICAS_ANNOTATION,
  MIN_REPLICAS_ANNOTATION,
  PLANNED_RATE_ANNOTATION,
  POOL_LABEL,
  SHAPE_ANNOTATION,
  SLOT_LABEL,
  TIER_LABEL,
  workloadLabels,
} from '../labels.ts';
import { labelValue } from '../names.ts';
import type { PlannedService, ServiceMember, ServicePodSet } from './planned-service.ts';

type Labels = Readonly<Record<string, string>>;

/** Labels of every object of a service. */
export function serviceLabels({ stack, service }: PlannedService): Labels {
  return {
    ...workloadLabels({ stack, workload: service.id, team: service.team }),
    'app.kubernetes.io/name': labelValue(service.id),
  };
}

/** Labels of every object of a pod set of a service. */
export function memberLabels({ planned, podSet }: ServiceMember): Labels {
  return {
    ...serviceLabels(planned),
    ...memberSelector(podSet),
    [POOL_LABEL]: labelValue(podSet.pool.id),
    [TIER_LABEL]: podSet.allocation.tier,
  };
}

/** Labels of the pods of a pod set. */
export function memberPodLabels(member: ServiceMember): Labels {
  return { ...memberLabels(member), ...serverLabels() };
}

/** What selects the pods of one pod set. */
export function memberSelector(podSet: ServicePodSet): Labels {
  return {
    ...allocationLabels(podSet),
    ...(podSet.slot === undefined ? {} : { [SLOT_LABEL]: podSet.slot }),
  };
}

/** What selects the pods of all pod sets of a service within its namespace. */
export function serviceSelector({ service }: PlannedService): Labels {
  return workloadSelector(service.id);
}

/** What a reader of the object wants to know of the plan behind it; the rate is left out where it is never the limit. */
export function memberAnnotations({ podSet }: ServiceMember): Labels {
  const { shape } = podSet.allocation;
  const rate = rateOf(podSet);
  return {
    [SHAPE_ANNOTATION]: shape.id,
    [MIN_REPLICAS_ANNOTATION]: String(podSet.replicas.min),
    [MAX_REPLICAS_ANNOTATION]: String(podSet.replicas.max),
    ...(Number.isFinite(rate) ? { [PLANNED_RATE_ANNOTATION]: formatNumber(rate, 6) } : {}),
  };
}

/** Requests per second that one replica is planned for; a plan file leaves out what is never the limit. */
export function rateOf({ allocation }: ServicePodSet): number {
  const { ratePerReplica }: Partial<ServiceShape> = allocation.shape;
  return ratePerReplica ?? Infinity;
}
