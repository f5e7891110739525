import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { CapacityType, NodeProvisioning, Offering, Taint } from '../../model/index.ts';
import { compareText, sortedBy } from '../../units/index.ts';
import type { SynthesisSource } from '../files.ts';
import { nodeLabels, nodeTaints, refusedLabelKeys } from '../kubernetes/kinds/node-pool.ts';
import { labelValue } from '../kubernetes/names.ts';
import { slottedNodeGroups } from '../kubernetes/node-group.ts';
import type { NodeGroup } from '../kubernetes/node-group.ts';
import { nodeSlots } from '../kubernetes/node-slots.ts';
import type { NodeSlots } from '../kubernetes/node-slots.ts';
import { nodeDiskGib } from './node-disk.ts';
import { podNeeds } from './pod-needs.ts';
import type { PodNeeds } from './pod-needs.ts';
import type { Cloud } from './program.ts';

/** The nodes that a plan buys of one offering, in words that no cloud owns: one node group, node pool or agent pool. */
export interface NodeGroupSpec {
  /** `<pool>-<zone>-<capacity type>`, with the number of the node where nodes are told apart; unique in a plan. Letters, digits and dashes. */
  readonly name: string;
  readonly stack: string;
  readonly pool: string;
  readonly cloud: Cloud;
  readonly region: string;
  /** As the provider's interface names it: `us-east-1a`, `us-central1-a`, `1`. */
  readonly zone: string;
  readonly instanceType: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly capacityType: Exclude<CapacityType, 'owned'>;
  /** Fewest and most nodes over the windows of the plan; `maxNodes` is at least 1. */
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Labels that pods select and that no provider sets by itself. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly accelerator?: { readonly name: string; readonly resource: string; readonly count: number };
  /** Disk of a node in GiB. */
  readonly diskGib: number;
  /** Who makes the nodes: the cloud's own node group, or Karpenter from the manifests' node pools. */
  readonly provisioning: NodeProvisioning;
  /** Whether nodes belong close together because replicas span several of them. */
  readonly isGrouped: boolean;
}

/**
 * What a plan asks of clouds, sorted by name: a group per offering of which a node runs in any window, so that each zone gets its own
 * number. Owned servers and providers without Pulumi programs are left out with a warning each.
 * Errors: those of writing the manifests (`synth-unsupported`), which say what the pods ask of their nodes.
 */
export function nodeGroupSpecs(source: SynthesisSource): Outcome<readonly NodeGroupSpec[]> {
  const needs = podNeeds(source);
  if (!needs.ok) return needs;
  const groups = slottedNodeGroups(source);
  const slots = nodeSlots(source);
  const specs = groups.flatMap((group) => specsOfGroup(source, { group, slots }, needs.value));
  const problems = [...groups.flatMap(groupProblems), ...sameNames(specs)];
  return problems.some(({ severity }) => severity === 'error')
    ? failure(...problems)
    : success(
        sortedBy(specs, (spec) => spec.name),
        problems,
      );
}

function specsOfGroup(
  source: SynthesisSource,
  { group, slots }: { readonly group: NodeGroup; readonly slots: ReadonlyMap<string, NodeSlots> },
  needs: readonly PodNeeds[],
): readonly NodeGroupSpec[] {
  const { capacityType, pool } = group;
  const cloud = cloudOf(pool.provider);
  if (cloud === undefined || capacityType === 'owned') return [];
  const label = labelValue(pool.id);
  return group.offerings.map((offering) => {
    const accelerator = acceleratorOf(offering);
    return {
      name: group.slot === undefined ? specName(offering) : `${specName(offering)}-${group.slot}`,
      stack: source.stack,
      pool: pool.id,
      cloud,
      region: pool.region,
      zone: zoneName(offering),
      instanceType: pool.instanceType,
      architecture: offering.instanceType.cpuArchitecture,
      capacityType,
      ...rangeOf(countsOf(source, { offering, slot: group.slot, slots })),
      labels: sortedLabels({ ...nodeLabels(group), ...capacityLabels(group, cloud) }),
      taints: [...nodeTaints(group), ...capacityTaints(group, cloud)],
      ...(accelerator === undefined ? {} : { accelerator }),
      provisioning: group.traits.nodeClass === undefined ? ('managed' as const) : ('karpenter' as const),
      diskGib: nodeDiskGib(label, needs, accelerator),
      isGrouped: needs.some((need) => need.pool === label && need.spansNodes),
    };
  });
}

function specName({ pool, zone, region, capacityType }: Offering): string {
  return `${pool}-${zone.startsWith(region) ? '' : `${region}-`}${zone}-${capacityType}`;
}

/** Azure's interface numbers zones; the label on nodes, which plans may use too, has the region before the number. */
function zoneName({ provider, region, zone }: Offering): string {
  return provider === 'azure' && zone.startsWith(`${region}-`) ? zone.slice(region.length + 1) : zone;
}

/** Nodes in each window, of one slot where nodes are told apart. */
function countsOf(
  { decision }: SynthesisSource,
  place: {
    readonly offering: Offering;
    readonly slot: number | undefined;
    readonly slots: ReadonlyMap<string, NodeSlots>;
  },
): readonly number[] {
  const { offering, slot, slots } = place;
  const contents = slot === undefined ? undefined : slots.get(offering.id)?.contents;
  const bought = decision.nodes.filter((nodes) => nodes.offering === offering.id);
  return decision.windows.map(({ id }) =>
    slot === undefined
      ? bought.reduce((sum, nodes) => sum + (nodes.nodes[id] ?? 0), 0)
      : Math.sign(Object.keys(contents?.[id]?.[slot] ?? {}).length),
  );
}

function rangeOf(counts: readonly number[]): Pick<NodeGroupSpec, 'minNodes' | 'maxNodes'> {
  return { minNodes: Math.min(...counts), maxNodes: Math.max(1, ...counts) };
}

function acceleratorOf({ accelerator, instanceType }: Offering): NodeGroupSpec['accelerator'] {
  const count = instanceType.accelerator?.count ?? 0;
  if (accelerator === undefined || count === 0) return undefined;
  return { name: accelerator.name, resource: accelerator.resourceName, count };
}

function sortedLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => compareText(a, b)));
}

/** Karpenter's own label of the capacity type, which pods select; GKE sets and keeps its own by itself. */
function capacityLabels(group: NodeGroup, cloud: Cloud): Readonly<Record<string, string>> {
  return cloud === 'gcp' ? {} : group.traits.selection(group.capacityType).nodeSelector;
}

/** Taints of spot nodes on GKE, which pods of spot sets tolerate; AKS adds its own by itself, EKS has none. */
function capacityTaints(group: NodeGroup, cloud: Cloud): readonly Taint[] {
  if (cloud !== 'gcp') return [];
  return group.traits
    .selection(group.capacityType)
    .tolerations.map(({ key, value }) => ({ key, value: value ?? '', effect: 'NoSchedule' }));
}

function cloudOf(provider: string): Cloud | undefined {
  return provider === 'aws' || provider === 'gcp' || provider === 'azure' ? provider : undefined;
}

function groupProblems(group: NodeGroup): readonly Diagnostic[] {
  const { pool, capacityType } = group;
  const path = `problem.pools[${pool.id}]`;
  if (capacityType === 'owned' || cloudOf(pool.provider) === undefined) {
    return [
      diagnostic('synth-unsupported', {
        severity: 'warning',
        summary: `No node group is written for ${capacityType} capacity of ${pool.id}.`,
        detail:
          capacityType === 'owned'
            ? 'Owned servers are not bought from a cloud.'
            : `Node groups can be written for aws, gcp and azure, not for ${pool.provider}.`,
        path,
        fix: `Make nodes with the label plimsoll.dev/pool=${pool.id} by other means; pods select it.`,
      }),
    ];
  }
  return refusedLabelKeys(pool.labels).map((key) =>
    diagnostic('synth-unsupported', {
      severity: 'warning',
      summary: `The label "${key}" of pool ${pool.id} is left out of its node groups.`,
      detail: 'Clouds refuse malformed label keys and those of kubernetes.io and k8s.io.',
      path: `${path}.labels`,
      fix: 'Use a label of your own domain.',
    }),
  );
}

function sameNames(specs: readonly NodeGroupSpec[]): readonly Diagnostic[] {
  const groups = [...Map.groupBy(specs, (spec) => spec.name).entries()];
  return groups
    .filter(([, members]) => members.length > 1)
    .map(([name, members]) =>
      diagnostic('synth-name-collision', {
        summary: `${members.length} node groups would be called ${name}.`,
        detail: `Their pools: ${members.map((member) => member.pool).join(', ')}.`,
        path: 'problem.pools',
        fix: 'Rename one of the pools.',
      }),
    );
}
