import { ClusterError } from '../../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject, ServedKind } from '../../cluster/cluster-client.ts';
import { stackLabels } from '../../../synth/index.ts';
import type { PlannedObjects } from './compare-cluster.ts';
import { refOf } from './object-drift.ts';
import type { ObjectDrift } from './object-drift.ts';
import { textFields } from './plain.ts';

/** Where the parents of sets live and how they are labelled (docs/design/0010-cluster.md; KEP-3659, ApplySet). */
const PARENT_NAMESPACE = 'plimsoll-system';
const SET_ID_LABEL = 'applyset.kubernetes.io/id';
const MEMBER_LABEL = 'applyset.kubernetes.io/part-of';
const SET_KINDS_ANNOTATION = 'applyset.kubernetes.io/contains-group-kinds';
/** Entry of the parent's data that holds the hash of the applied plan. */
const APPLIED_PLAN = 'plan-hash';

/** Objects of a plan's set that it no longer holds, and the hash of the plan applied last. */
export interface FoundExtras {
  readonly extras: readonly ObjectDrift[];
  readonly appliedPlan?: string;
}

/**
 * Objects that carry the membership label of the plan's set, or, where `apply` left no set, our own labels, and are not planned. Kinds looked
 * through are those of the plan and those that the set names.
 */
export async function extraObjects(
  client: ClusterClient,
  { stack, manifests }: PlannedObjects,
): Promise<FoundExtras> {
  const parent = await parentOf(client, stack);
  const id = parent?.metadata.labels?.[SET_ID_LABEL];
  const labelSelector =
    id === undefined
      ? Object.entries(stackLabels(stack))
          .map(([key, value]) => `${key}=${value}`)
          .join(',')
      : `${MEMBER_LABEL}=${id}`;
  const planned = new Set(manifests.map((manifest) => refKey(refOf(manifest))));
  const kinds = await kindsToSearch(client, parent, manifests.map(refOf));
  const found = await Promise.all(kinds.map((kind) => listed(client, kind, labelSelector)));
  const extras = found
    .flat()
    .map((object): ObjectDrift => ({ ...refOf(object), state: 'extra', fields: [] }))
    .filter((object) => !planned.has(refKey(object)) && !isParent(object, stack));
  const appliedPlan = textFields(parent?.['data'])[APPLIED_PLAN];
  return { extras: distinct(extras), ...(appliedPlan === undefined ? {} : { appliedPlan }) };
}

async function parentOf(client: ClusterClient, stack: string): Promise<ClusterObject | undefined> {
  return client.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: PARENT_NAMESPACE,
    name: `plimsoll-${stack}`,
  });
}

function isParent({ kind, namespace, name }: ObjectDrift, stack: string): boolean {
  return kind === 'ConfigMap' && namespace === PARENT_NAMESPACE && name === `plimsoll-${stack}`;
}

type Kind = Pick<ServedKind, 'apiVersion' | 'kind'>;

/** Kinds of the plan, and those that the set has held (`Deployment.apps,ConfigMap`), each once. */
async function kindsToSearch(
  client: ClusterClient,
  parent: ClusterObject | undefined,
  planned: readonly Kind[],
): Promise<readonly Kind[]> {
  const named = (parent?.metadata.annotations?.[SET_KINDS_ANNOTATION] ?? '').split(',').filter(Boolean);
  const served = named.length === 0 ? [] : await client.servedKinds();
  const held = served.filter((kind) => named.includes(groupKind(kind)));
  const kinds = new Map([...held, ...planned].map((kind) => [groupKind(kind), kind]));
  return [...kinds.values()];
}

function groupKind({ apiVersion, kind }: Kind): string {
  const [group, version] = apiVersion.split('/');
  return version === undefined ? kind : `${kind}.${group ?? ''}`;
}

/** Objects of a kind with the labels; none where the server does not serve the kind. */
async function listed(
  client: ClusterClient,
  { apiVersion, kind }: Kind,
  labelSelector: string,
): Promise<readonly ClusterObject[]> {
  try {
    const objects = await client.list({ apiVersion, kind }, { labelSelector });
    return objects.map((object) => ({ ...object, apiVersion, kind }));
  } catch (error) {
    if (error instanceof ClusterError && error.failure === 'unknown-kind') return [];
    throw error;
  }
}

function refKey({ apiVersion, kind, namespace, name }: ReturnType<typeof refOf>): string {
  return JSON.stringify([groupKind({ apiVersion, kind }), namespace ?? '', name]);
}

function distinct(objects: readonly ObjectDrift[]): readonly ObjectDrift[] {
  return [...new Map(objects.map((object) => [refKey(object), object])).values()];
}
