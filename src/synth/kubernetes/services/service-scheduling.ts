import { compareText } from '../../../units/index.ts';
import type { JsonObject } from '../../files.ts';
import { refusedLabelKeys } from '../kinds/node-pool.ts';
import { POOL_LABEL, SLOT_LABEL, WORKLOAD_LABEL } from '../labels.ts';
import { packingWish } from '../placement.ts';
import { labelValue } from '../names.ts';
import { HOSTNAME_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../providers.ts';
import { memberSelector, serviceSelector } from './service-labels.ts';
import type { ServiceMember, ServicePodSet } from './planned-service.ts';

/**
 * More nodes than a pod could choose from: Kubernetes then counts skew from zero, so that `maxSkew` bounds the pods of each node
 * ("Pod Topology Spread Constraints", `minDomains`). Twice the largest cluster that Kubernetes supports ("Considerations for
 * large clusters": 5,000 nodes).
 */
const MORE_THAN_ALL_NODES = 10_000;

/** The part of a pod's spec that decides where it runs: exactly the nodes that the plan bought for it. */
export function serviceSchedulingSpec(member: ServiceMember): JsonObject {
  const spread = spreadConstraints(member);
  const affinity = { ...nodeAffinity(member.podSet), ...podAffinity(member), ...podAntiAffinity(member) };
  return {
    nodeSelector: nodeSelector(member),
    tolerations: tolerations(member),
    ...(Object.keys(affinity).length === 0 ? {} : { affinity }),
    ...(spread.length === 0 ? {} : { topologySpreadConstraints: spread }),
  };
}

/** The pool pinned by the plan, and the declared labels that nodes of the pool carry; what every node has follows from the pool. */
function nodeSelector({ planned, podSet }: ServiceMember): Readonly<Record<string, string>> {
  const { pool, traits, allocation } = podSet;
  const refused = new Set(traits.nodeClass === undefined ? [] : refusedLabelKeys(pool.labels));
  const declared = Object.entries(planned.service.nodeSelector)
    .filter(([key]) => Object.hasOwn(pool.labels, key) && !refused.has(key))
    .map(([key, value]) => [key, labelValue(value)] as const);
  return {
    ...Object.fromEntries(declared),
    [POOL_LABEL]: labelValue(pool.id),
    ...(podSet.slot === undefined ? {} : { [SLOT_LABEL]: podSet.slot }),
    ...(traits.labelsInstanceType ? { [INSTANCE_TYPE_LABEL]: allocation.instanceType } : {}),
    ...traits.selection(allocation.capacityType).nodeSelector,
  };
}

/** The declared tolerations, one for the taint of accelerator nodes, and the provider's own. */
function tolerations({ planned, podSet }: ServiceMember): readonly JsonObject[] {
  const resource = podSet.offerings[0]?.accelerator?.resourceName;
  return [
    ...planned.service.tolerations.map(({ key, operator, value, effect }) => ({
      ...(key === '' ? {} : { key }),
      operator,
      ...(operator === 'Exists' ? {} : { value: labelValue(value) }),
      ...(effect === '' ? {} : { effect }),
    })),
    ...(resource === undefined ? [] : [{ key: resource, operator: 'Exists', effect: 'NoSchedule' }]),
    ...podSet.traits
      .selection(podSet.allocation.capacityType)
      .tolerations.map((toleration): JsonObject => ({ ...toleration })),
  ];
}

function nodeAffinity({ traits, allocation, zones }: ServicePodSet): JsonObject {
  const expressions = [
    ...traits
      .selection(allocation.capacityType)
      .requirements.map((requirement): JsonObject => ({ ...requirement })),
    ...(zones.labels.length > 0 ? [{ key: ZONE_LABEL, operator: 'In', values: zones.labels }] : []),
  ];
  if (expressions.length === 0) return {};
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: expressions }],
      },
    },
  };
}

/** Its own pods one per node where that is declared, and no node shared with the services it keeps apart from. */
function podAntiAffinity({ planned, podSet }: ServiceMember): JsonObject {
  const { service, apartFrom } = planned;
  const own = { labelSelector: { matchLabels: serviceSelector(planned) }, topologyKey: HOSTNAME_LABEL };
  const others = apartFrom.map((other) => labelValue(other.id)).sort(compareText);
  const namespaces = [...new Set(apartFrom.map((other) => other.namespace))].sort(compareText);
  const terms: readonly JsonObject[] = [
    ...(service.maxPerNode === 1 ? [own] : []),
    ...(others.length === 0
      ? []
      : [
          {
            labelSelector: { matchExpressions: [{ key: WORKLOAD_LABEL, operator: 'In', values: others }] },
            // Without a list only pods of its own namespace count.
            ...(namespaces.every((namespace) => namespace === service.namespace) ? {} : { namespaces }),
            topologyKey: HOSTNAME_LABEL,
          },
        ]),
  ];
  // Packed pods would else look for the node of their own kind: a node that fails must not take all of a service.
  const wishes = podSet.isPacked && service.maxPerNode !== 1 ? [{ weight: 100, podAffinityTerm: own }] : [];
  if (terms.length === 0 && wishes.length === 0) return {};
  return {
    podAntiAffinity: {
      ...(terms.length === 0 ? {} : { requiredDuringSchedulingIgnoredDuringExecution: terms }),
      ...(wishes.length === 0 ? {} : { preferredDuringSchedulingIgnoredDuringExecution: wishes }),
    },
  };
}

function podAffinity({ planned, podSet }: ServiceMember): JsonObject {
  if (!podSet.isPacked) return {};
  return { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [packingWish(planned.stack)] } };
}

/**
 * Over zones as planned: the pods of the set no further apart than the plan has them (a base pod waits for its place, a surge
 * pod takes what there is), those of all sets of the service as even as declared where that can be had. On nodes: at most
 * `maxPerNode` pods of the service.
 */
function spreadConstraints({ planned, podSet }: ServiceMember): readonly JsonObject[] {
  const { service, podSets } = planned;
  const { zones, allocation } = podSet;
  const isZonal = zones.labels.length > 1;
  const isPartial = podSets.length > 1 && Number.isFinite(service.zoneSkew);
  const isBounded = service.maxPerNode > 1 && Number.isFinite(service.maxPerNode);
  const all = { labelSelector: { matchLabels: serviceSelector(planned) } };
  return [
    ...(isZonal
      ? [
          {
            maxSkew: zones.skew,
            topologyKey: ZONE_LABEL,
            whenUnsatisfiable: allocation.tier === 'base' ? 'DoNotSchedule' : 'ScheduleAnyway',
            labelSelector: { matchLabels: memberSelector(podSet) },
            matchLabelKeys: ['pod-template-hash'],
          },
        ]
      : []),
    // One wish per topology: the API server takes two constraints of the same key and kind for the same entry of the list.
    ...(isZonal && isPartial && allocation.tier === 'base'
      ? [{ maxSkew: service.zoneSkew, topologyKey: ZONE_LABEL, whenUnsatisfiable: 'ScheduleAnyway', ...all }]
      : []),
    ...(isBounded
      ? [
          {
            maxSkew: service.maxPerNode,
            minDomains: MORE_THAN_ALL_NODES,
            topologyKey: HOSTNAME_LABEL,
            whenUnsatisfiable: 'DoNotSchedule',
            ...all,
          },
        ]
      : []),
  ];
}
