import { releaseName } from '../../../catalog/index.ts';
import {
  ALLOCATION_LABEL,
  CANDIDATE_ANNOTATION,
  CANDIDATE_LABEL,
  COMPONENT_LABEL,
  MAX_REPLICAS_ANNOTATION,
  MIN_REPLICAS_ANNOTATION,
  PART_ZONE_LABEL,
  PLANNED_RATE_ANNOTATION,
  POOL_LABEL,
  ROLE_LABEL,
  TIER_LABEL,
  WORKLOAD_LABEL,
  workloadLabels,
} from '../labels.ts';
import type { Role } from '../../../model/index.ts';
import { labelValue } from '../names.ts';
import type { PodSet, ZonalPart } from '../pod-set.ts';
import { formatNumber } from '../../../units/index.ts';

/** Which pods of a replica: those that answer requests, or the helpers of a group. */
export type PodComponent = 'server' | 'worker';

/** Labels of every object of a pod set. */
export function podSetLabels(podSet: PodSet): Readonly<Record<string, string>> {
  const candidate = podSet.allocation.candidate;
  return {
    ...workloadLabels({
      stack: podSet.stack,
      workload: podSet.workload.id,
      team: podSet.workload.team,
    }),
    'app.kubernetes.io/name': labelValue(candidate.engine),
    'app.kubernetes.io/version': labelValue(releaseName(candidate.engineVersion)),
    ...podSetSelector(podSet),
    [CANDIDATE_LABEL]: labelValue(candidate.id),
    [POOL_LABEL]: labelValue(podSet.pool.id),
    [TIER_LABEL]: podSet.allocation.tier,
    ...(candidate.role === 'aggregated' ? {} : { [ROLE_LABEL]: candidate.role }),
  };
}

/** Labels of the pods: those of the set and what the pod is for. */
export function podLabels(podSet: PodSet, component: PodComponent): Readonly<Record<string, string>> {
  return { ...podSetLabels(podSet), [COMPONENT_LABEL]: component };
}

/** What selects all pods of a pod set. */
export function podSetSelector(podSet: PodSet): Readonly<Record<string, string>> {
  return allocationLabels(podSet);
}

/** The allocation that pods are of, and their zone where they are one zone's part of it. */
export function allocationLabels({
  part,
  name,
}: Pick<PodSet, 'name'> & { readonly part?: Pick<ZonalPart, 'whole' | 'zone'> }): Readonly<
  Record<string, string>
> {
  return part === undefined
    ? { [ALLOCATION_LABEL]: name }
    : { [ALLOCATION_LABEL]: part.whole, [PART_ZONE_LABEL]: labelValue(part.zone) };
}

/** Label of pods that answer. */
export function serverLabels(): Readonly<Record<string, string>> {
  return { [COMPONENT_LABEL]: 'server' };
}

/** What selects the answering pods of a pod set. */
export function serverSelector(podSet: PodSet): Readonly<Record<string, string>> {
  return { ...podSetSelector(podSet), ...podSet.answering };
}

/** What selects the answering pods of all pod sets of a workload, by the labels of those that answer. */
export function workloadSelector(
  workload: string,
  answering: Readonly<Record<string, string>> = serverLabels(),
): Readonly<Record<string, string>> {
  return { [WORKLOAD_LABEL]: labelValue(workload), ...answering };
}

/** What selects the answering pods of one role of a workload. */
export function roleSelector(
  workload: string,
  role: Role,
  answering: Readonly<Record<string, string>> = serverLabels(),
): Readonly<Record<string, string>> {
  return { ...workloadSelector(workload, answering), [ROLE_LABEL]: role };
}

/** What selects the routers of a workload. */
export function routerSelector(workload: string): Readonly<Record<string, string>> {
  return { [WORKLOAD_LABEL]: labelValue(workload), [COMPONENT_LABEL]: 'router' };
}

/** What a reader of the object wants to know of the plan behind it. */
export function podSetAnnotations(podSet: PodSet): Readonly<Record<string, string>> {
  return {
    [CANDIDATE_ANNOTATION]: podSet.allocation.candidate.id,
    [MIN_REPLICAS_ANNOTATION]: String(podSet.replicas.min),
    [MAX_REPLICAS_ANNOTATION]: String(podSet.replicas.max),
    [PLANNED_RATE_ANNOTATION]: formatNumber(podSet.allocation.plannedRatePerReplica, 6),
  };
}
