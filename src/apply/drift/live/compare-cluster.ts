import { mapBounded } from '../../cluster/bounded.ts';
import { ClusterError } from '../../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject } from '../../cluster/cluster-client.ts';
import { sortedBy } from '../../../units/index.ts';
import { extraObjects } from './extra-objects.ts';
import type { FoundExtras } from './extra-objects.ts';
import { compareObject, refOf } from './object-drift.ts';
import type { ObjectDrift } from './object-drift.ts';
import type { PlainObject } from './plain.ts';

/** Objects asked for at one time; *assumed* to be polite to an API server and fast enough for a thousand objects. */
const AT_ONCE = 8;

/** The objects of a plan in a cluster. */
export interface ClusterDrift {
  /** Every planned object and every object of the set that is not planned, sorted by kind, namespace and name. */
  readonly objects: readonly ObjectDrift[];
  /** What `apply` noted of its last run; absent where there was none. */
  readonly lastRun?: FoundExtras['lastRun'];
}

/** Which plan's objects are looked for. */
export interface PlannedObjects {
  readonly stack: string;
  readonly manifests: readonly PlainObject[];
}

/**
 * Reads every object of a plan from the cluster and compares it; then looks for objects of the same set that the plan no longer has.
 * Writes nothing. Rejects with `ClusterError` when the cluster cannot be read.
 */
export async function compareCluster(
  client: ClusterClient,
  { stack, manifests }: PlannedObjects,
): Promise<ClusterDrift> {
  const planned = await mapBounded(manifests, AT_ONCE, (manifest) => compareOne(client, manifest));
  const { extras, lastRun } = await extraObjects(client, { stack, manifests });
  return {
    objects: sortedBy([...planned, ...extras], sortKey),
    ...(lastRun === undefined ? {} : { lastRun }),
  };
}

async function compareOne(client: ClusterClient, manifest: PlainObject): Promise<ObjectDrift> {
  try {
    return compareObject(manifest, await liveObject(client, manifest));
  } catch (error) {
    if (error instanceof ClusterError && error.failure === 'unknown-kind') {
      return { ...refOf(manifest), state: 'unknown-kind', fields: [] };
    }
    throw error;
  }
}

function liveObject(client: ClusterClient, manifest: PlainObject): Promise<ClusterObject | undefined> {
  return client.get(refOf(manifest));
}

function sortKey({ kind, namespace, name }: ObjectDrift): string {
  return JSON.stringify([kind, namespace ?? '', name]);
}
