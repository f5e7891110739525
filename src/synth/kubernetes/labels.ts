import { labelValue } from './names.ts';

/** Prefix of the labels and annotations that are our own. */
const OWN = 'plimsoll.dev';

/** How the keys of our own labels begin. */
export const OWN_PREFIX = `${OWN}/`;

export const WORKLOAD_LABEL = `${OWN}/workload`;
export const ALLOCATION_LABEL = `${OWN}/allocation`;
/** Zone of a pod set that is one zone's part of an allocation. */
export const PART_ZONE_LABEL = `${OWN}/zone`;
/** Number of the node among those of its offering, on nodes that are told apart and on the pods that belong there. */
export const SLOT_LABEL = `${OWN}/slot`;
export const CANDIDATE_LABEL = `${OWN}/candidate`;
export const POOL_LABEL = `${OWN}/pool`;
/** What the replicas of a pod set do, where prefill and decode are apart. */
export const ROLE_LABEL = `${OWN}/role`;
export const TIER_LABEL = `${OWN}/tier`;
export const TEAM_LABEL = `${OWN}/team`;

/** Annotations: values that are longer or freer than labels allow. */
export const CANDIDATE_ANNOTATION = `${OWN}/candidate`;
export const SHAPE_ANNOTATION = `${OWN}/shape`;
export const MIN_REPLICAS_ANNOTATION = `${OWN}/min-replicas`;
export const MAX_REPLICAS_ANNOTATION = `${OWN}/max-replicas`;
export const PLANNED_RATE_ANNOTATION = `${OWN}/planned-requests-per-second`;
export const ENGINE_CONFIG_ANNOTATION = `${OWN}/engine-config`;

export const COMPONENT_LABEL = 'app.kubernetes.io/component';

/** Labels of every object of a stack. */
export function stackLabels(stack: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/managed-by': 'plimsoll', 'app.kubernetes.io/part-of': labelValue(stack) };
}

/** Labels of every object of a workload. */
export function workloadLabels(facts: {
  readonly stack: string;
  readonly workload: string;
  readonly team: string;
}): Readonly<Record<string, string>> {
  return {
    ...stackLabels(facts.stack),
    'app.kubernetes.io/instance': labelValue(facts.workload),
    [WORKLOAD_LABEL]: labelValue(facts.workload),
    ...(facts.team === '' ? {} : { [TEAM_LABEL]: labelValue(facts.team) }),
  };
}
