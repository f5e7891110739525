import { CONSOLIDATE_AFTER } from '../../../cost/index.ts';
import type { CapacityType, Offering, Taint } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { POOL_LABEL, SLOT_LABEL, stackLabels } from '../labels.ts';
import { isLabelKey, labelValue, nodeClassName } from '../names.ts';
import type { NodeGroup } from '../node-group.ts';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../providers.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';

/** Order in which Karpenter tries pools that fit a pod: what is paid for already comes first; *assumed*. */
const WEIGHTS: Readonly<Record<CapacityType, number>> = {
  owned: 40,
  reserved: 30,
  spot: 20,
  'on-demand': 10,
};

/** Age at which nodes are replaced for upgrades (Karpenter's default). */
const EXPIRE_AFTER = '720h';

/** Domains whose labels belong to Kubernetes or Karpenter; a NodePool may not set them (Karpenter NodePool v1). */
const RESTRICTED_DOMAINS = ['kubernetes.io', 'k8s.io', 'karpenter.sh'];

/** The Karpenter NodePool of a node group; none where the provider has no Karpenter. */
export function nodePool(group: NodeGroup): readonly ObjectFacts[] {
  const nodeClass = group.traits.nodeClass;
  if (nodeClass === undefined) return [];
  return [
    {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name: group.name, labels: stackLabels(group.stack) },
      spec: {
        weight: WEIGHTS[group.capacityType],
        ...limits(group),
        disruption: {
          // Fewer replicas leave nodes half empty, and the plan pays for full ones: they are merged, one node at a time and
          // within the disruption budgets of the pod sets.
          consolidationPolicy: 'WhenEmptyOrUnderutilized',
          consolidateAfter: `${CONSOLIDATE_AFTER / 60}m`,
          budgets: [{ nodes: '1' }],
        },
        template: {
          metadata: { labels: nodeLabels(group) },
          spec: {
            nodeClassRef: {
              ...nodeClass,
              name: group.pool.nodeClass ?? nodeClass.name ?? nodeClassName(group.stack),
            },
            expireAfter: EXPIRE_AFTER,
            taints: nodeTaints(group).map((taint) => ({ ...taint })),
            requirements: requirements(group),
          },
        },
      },
    },
  ];
}

/** Keys of a pool's labels that its NodePool cannot carry: not a label key, or a domain that is not the user's. */
export function refusedLabelKeys(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(labels)
    .filter((key) => !isLabelKey(key) || isRestricted(key))
    .sort(compareText);
}

function isRestricted(key: string): boolean {
  const domain = key.includes('/') ? (key.split('/')[0] ?? '') : '';
  return RESTRICTED_DOMAINS.some((restricted) => domain === restricted || domain.endsWith(`.${restricted}`));
}

/** Labels of a group's nodes: the pool's own that may be set, and the one that pods select. */
export function nodeLabels(group: NodeGroup): Readonly<Record<string, string>> {
  const refused = new Set(refusedLabelKeys(group.pool.labels));
  const own = Object.entries(group.pool.labels)
    .filter(([key]) => !refused.has(key))
    .map(([key, value]) => [key, labelValue(value)] as const);
  return {
    ...Object.fromEntries(own),
    [POOL_LABEL]: labelValue(group.pool.id),
    ...(group.slot === undefined ? {} : { [SLOT_LABEL]: String(group.slot) }),
  };
}

/** The pool's own taints, and one that keeps pods without an accelerator off accelerator nodes. */
export function nodeTaints(group: NodeGroup): readonly Taint[] {
  const declared = group.pool.taints.map((taint) => ({ ...taint, value: labelValue(taint.value) }));
  const resource = group.offerings[0]?.accelerator?.resourceName;
  if (resource === undefined || declared.some((taint) => taint.key === resource)) return declared;
  return [...declared, { key: resource, value: 'present', effect: 'NoSchedule' }];
}

function requirements(group: NodeGroup): readonly JsonObject[] {
  const zones = group.offerings.map((offering) => group.traits.zoneLabel(offering.zone, group.pool.region));
  const architectures = group.offerings.map((offering) => offering.instanceType.cpuArchitecture);
  const sorted = (values: readonly string[]): readonly string[] => [...new Set(values)].sort(compareText);
  return [
    { key: CAPACITY_TYPE_LABEL, operator: 'In', values: [group.capacityType] },
    { key: INSTANCE_TYPE_LABEL, operator: 'In', values: [group.pool.instanceType] },
    { key: 'kubernetes.io/arch', operator: 'In', values: sorted(architectures) },
    { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    { key: ZONE_LABEL, operator: 'In', values: sorted(zones) },
  ];
}

/** The pool's `maxNodes` as resources, which is how Karpenter counts; absent when unlimited. */
function limits(group: NodeGroup): JsonObject {
  const offering: Offering | undefined = group.offerings[0];
  const nodes = group.pool.maxNodes;
  if (offering === undefined || !Number.isFinite(nodes)) return {};
  const { instanceType, accelerator } = offering;
  const perNode = instanceType.accelerator?.count ?? 0;
  return {
    limits: {
      cpu: cpuQuantity(instanceType.vcpus * 1000 * nodes),
      memory: memoryQuantity(instanceType.memory * nodes),
      ...(accelerator === undefined || perNode === 0
        ? {}
        : { [accelerator.resourceName]: String(perNode * nodes) }),
    },
  };
}
