import { ClusterError } from '../../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject, ServedKind } from '../../cluster/cluster-client.ts';
import { PART_OF_LABEL, SYSTEM_NAMESPACE, applySetOf, readParent } from '../../rollout/apply-set.ts';
import type { SetRecord } from '../../rollout/apply-set.ts';
import { stackLabels } from '../../../synth/index.ts';
import type { PlannedObjects } from './compare-cluster.ts';
import { refOf } from './object-drift.ts';
import type { ObjectDrift } from './object-drift.ts';

/** Objects of a plan's set that it no longer holds, and what was applied last. */
export interface FoundExtras {
  readonly extras: readonly ObjectDrift[];
  /** What the set remembers of the last `apply`; absent where there was none. */
  readonly lastRun?: Pick<SetRecord, 'planHash' | 'state'>;
}

/**
 * Objects that carry the membership label of the plan's set, or, where `apply` left no set, our own labels, and are not planned. Kinds looked
 * through are those of the plan and those that the set names.
 */
export async function extraObjects(
  client: ClusterClient,
  { stack, manifests }: PlannedObjects,
): Promise<FoundExtras> {
  const set = applySetOf(stack);
  const parent = await client.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: SYSTEM_NAMESPACE,
    name: set.name,
  });
  const record = parent === undefined ? undefined : readParent(parent);
  const labels = record === undefined ? stackLabels(stack) : { [PART_OF_LABEL]: set.id };
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const planned = new Set(manifests.map((manifest) => refKey(refOf(manifest))));
  const kinds = await kindsToSearch(client, record, manifests.map(refOf));
  const found = await Promise.all(kinds.map((kind) => listed(client, kind, labelSelector)));
  const extras = found
    .flat()
    .map((object): ObjectDrift => ({ ...refOf(object), state: 'extra', fields: [] }))
    .filter((object) => !planned.has(refKey(object)));
  return { extras: distinct(extras), ...(record === undefined ? {} : { lastRun: record }) };
}

type Kind = Pick<ServedKind, 'apiVersion' | 'kind'>;

/** Kinds of the plan, and those that the set has held (`Deployment.apps,ConfigMap`), each once. */
async function kindsToSearch(
  client: ClusterClient,
  record: SetRecord | undefined,
  planned: readonly Kind[],
): Promise<readonly Kind[]> {
  const named = record?.groupKinds ?? [];
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
