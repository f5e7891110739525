import { diagnostic } from '../../../diagnostics/index.ts';
import type { Diagnostic } from '../../../diagnostics/index.ts';
import { compareText, sortedBy } from '../../../units/index.ts';
import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';
import { ALLOCATION_LABEL, POOL_LABEL, TEAM_LABEL, stackLabels } from '../labels.ts';
import { labelValue, shortenedName } from '../names.ts';
import type { NodeGroup } from '../node-group.ts';
import { INSTANCE_TYPE_LABEL } from '../providers.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import { totalDemand } from './demands.ts';
import type { Amount, PodDemand } from './demands.ts';

const KUEUE = 'kueue.x-k8s.io';
const API = `${KUEUE}/v1beta2`;

/** Label that sends the pods of an object to a queue (Kueue, "Run A Plain Deployment", "Run A LeaderWorkerSet"). */
const QUEUE_LABEL = `${KUEUE}/queue-name`;

/** Most flavors of a resource group (Kueue 0.15, ClusterQueue v1beta2). */
const MOST_FLAVORS = 64;

/**
 * Kinds whose pods Kueue queues by a label of their owner, or that hand their labels on to such a kind (KServe 0.17: labels of
 * Kueue's prefix).
 */
const QUEUED_KINDS = new Set(['Deployment', 'LeaderWorkerSet', 'LLMInferenceService']);

/** What a team has in a namespace. */
interface Tenant {
  readonly namespace: string;
  readonly team: string;
  readonly demands: readonly PodDemand[];
}

/**
 * Kueue's objects: a flavor per pool and capacity type, and for each team of each namespace a queue with what the plan gives
 * it of each flavor. The queues of a stack lend each other what they do not use.
 */
export function queueObjects(
  stack: string,
  groups: readonly NodeGroup[],
  demands: readonly PodDemand[],
  room: number,
): readonly ObjectFacts[] {
  const flavors = groups.map((group) => flavor(group));
  return [
    ...flavors,
    ...tenantsOf(demands).flatMap((tenant) => [
      clusterQueue(stack, tenant, groups, room),
      localQueue(stack, tenant),
    ]),
  ];
}

/** What keeps the queues of a plan from being written: more pools than a queue may have flavors. */
export function queueProblems(groups: readonly NodeGroup[]): readonly Diagnostic[] {
  if (groups.length <= MOST_FLAVORS) return [];
  return [
    diagnostic('synth-unsupported', {
      summary: `The plan buys ${groups.length} kinds of nodes, and a Kueue queue has at most ${MOST_FLAVORS} flavors.`,
      path: 'problem.tenancy.queues',
      fix: 'Offer fewer instance types, or leave `queues` out.',
    }),
  ];
}

/** The object with the label of its queue, where its pods belong to pod sets of the plan. */
export function inQueue(stack: string, object: ObjectFacts): ObjectFacts {
  if (object.kind === 'DisaggregatedSet') {
    const { roles } = object['spec'] as { readonly roles: readonly Labelled[] };
    return { ...object, spec: { roles: roles.map((role) => labelled(stack, role)) } };
  }
  if (object.kind === 'DynamoGraphDeployment') {
    const { components, ...spec } = object['spec'] as { readonly components: readonly Component[] };
    return {
      ...object,
      spec: { ...spec, components: components.map((item) => queuedComponent(stack, item)) },
    };
  }
  const isQueued = QUEUED_KINDS.has(object.kind) && object.metadata.labels?.[ALLOCATION_LABEL] !== undefined;
  return isQueued ? labelled(stack, object) : object;
}

/** A component of a graph; its pods carry the label themselves. */
type Component = JsonObject & { readonly podTemplate: Labelled };

function queuedComponent(stack: string, component: Component): Component {
  const { podTemplate } = component;
  if (podTemplate.metadata.labels?.[ALLOCATION_LABEL] === undefined) return component;
  return { ...component, podTemplate: labelled(stack, podTemplate) };
}

/** Something with labels of its own. */
type Labelled = JsonObject & { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } };

function labelled<T extends Labelled>(stack: string, item: T): T {
  const { labels = {} } = item.metadata;
  const queue = queueName(stack, labels[TEAM_LABEL] ?? '');
  return { ...item, metadata: { ...item.metadata, labels: { ...labels, [QUEUE_LABEL]: queue } } };
}

/** Name of a team's queue in a namespace; teams count by their label, which is all that a pod says of them. */
function queueName(stack: string, team: string): string {
  return shortenedName(team === '' ? stack : `${stack}-${dnsLabel(team)}`);
}

function dnsLabel(team: string): string {
  return labelValue(team)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-');
}

function tenantsOf(demands: readonly PodDemand[]): readonly Tenant[] {
  const placed = demands.filter(({ place }) => place !== undefined);
  const groups = Map.groupBy(placed, ({ namespace, team }) => `${namespace}\n${dnsLabel(team)}`);
  return sortedBy(groups, ([id]) => id).flatMap(([, members]) => {
    const [first] = members;
    return first === undefined ? [] : [{ namespace: first.namespace, team: first.team, demands: members }];
  });
}

function flavor(group: NodeGroup): ObjectFacts {
  const selection = group.traits.selection(group.capacityType);
  return {
    apiVersion: API,
    kind: 'ResourceFlavor',
    metadata: { name: group.name, labels: stackLabels(group.stack) },
    spec: {
      nodeLabels: {
        [POOL_LABEL]: labelValue(group.pool.id),
        ...(group.traits.labelsInstanceType ? { [INSTANCE_TYPE_LABEL]: group.pool.instanceType } : {}),
        ...selection.nodeSelector,
      },
    },
  };
}

function clusterQueueName(stack: string, { namespace, team }: Tenant): string {
  return shortenedName([stack, namespace, ...(team === '' ? [] : [dnsLabel(team)])].join('-'));
}

function clusterQueue(
  stack: string,
  tenant: Tenant,
  groups: readonly NodeGroup[],
  room: number,
): ObjectFacts {
  const shares = groups.map((group) => ({
    name: group.name,
    amounts: queuedAmounts(
      totalDemand(
        tenant.demands.filter(
          ({ place }) => place?.pool === group.pool.id && place.capacityType === group.capacityType,
        ),
        room,
      ),
    ),
  }));
  const resources = [...new Set(shares.flatMap(({ amounts }) => Object.keys(amounts)))].sort(compareText);
  return {
    apiVersion: API,
    kind: 'ClusterQueue',
    metadata: { name: clusterQueueName(stack, tenant), labels: tenantLabels(stack, tenant) },
    spec: {
      cohortName: stack,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': tenant.namespace } },
      resourceGroups: [
        {
          coveredResources: resources,
          flavors: shares.map(({ name, amounts }): JsonObject => ({
            name,
            // Every flavor of a group says something of every resource.
            resources: resources.map((resource) => ({
              name: resource,
              nominalQuota: amounts[resource] ?? '0',
            })),
          })),
        },
      ],
    },
  };
}

function queuedAmounts({
  cpuMillicores,
  memory,
  disk,
  accelerators,
}: Amount): Readonly<Record<string, string>> {
  return {
    cpu: cpuQuantity(cpuMillicores),
    memory: memoryQuantity(memory),
    'ephemeral-storage': memoryQuantity(disk),
    ...Object.fromEntries(Object.entries(accelerators).map(([name, count]) => [name, String(count)])),
  };
}

function localQueue(stack: string, tenant: Tenant): ObjectFacts {
  return {
    apiVersion: API,
    kind: 'LocalQueue',
    metadata: {
      name: queueName(stack, tenant.team),
      namespace: tenant.namespace,
      labels: tenantLabels(stack, tenant),
    },
    spec: { clusterQueue: clusterQueueName(stack, tenant) },
  };
}

function tenantLabels(stack: string, { team }: Tenant): Readonly<Record<string, string>> {
  return { ...stackLabels(stack), ...(team === '' ? {} : { [TEAM_LABEL]: labelValue(team) }) };
}
