import type { Diagnostic } from '../../diagnostics/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import { clusterDiagnostic } from '../cluster/failure-diagnostic.ts';
import { FIELD_MANAGER } from './apply-set.ts';
import { inWords, keyOf, refOf } from './object-key.ts';
import { mayTakeReplicas } from './replica-handover.ts';
import { statesReplicas } from './replicas.ts';

/** Requests under way at a time; as many as connections are kept open. */
export const REQUESTS_AT_A_TIME = 16;

/** What the server would make of each object. */
export interface DryRun {
  /** By key; objects that could not be asked about are left out. */
  readonly wouldBe: ReadonlyMap<string, ClusterObject>;
  /** What the server refuses: conflicts of fields, invalid objects, denials. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Asks the server what an apply of each object would give, without storing anything. */
export async function dryRun(
  client: ClusterClient,
  objects: readonly ClusterObject[],
  { live, force }: { readonly live: ReadonlyMap<string, ClusterObject>; readonly force: boolean },
): Promise<DryRun> {
  const answers = await mapBounded(objects, REQUESTS_AT_A_TIME, async (object) => {
    const key = keyOf(object);
    try {
      return { key, wouldBe: await tried(client, object, { live: live.get(key), force }) };
    } catch (error) {
      const refused = clusterDiagnostic(error, {
        cluster: client.description,
        object: inWords(refOf(object)),
      });
      // A cluster that cannot be asked is no fault of the object.
      if (['apply-unreachable', 'apply-unauthorized'].includes(refused.code)) throw error;
      return { key, refused };
    }
  });
  return {
    wouldBe: new Map(answers.flatMap(({ key, wouldBe }) => (wouldBe === undefined ? [] : [[key, wouldBe]]))),
    diagnostics: answers.flatMap(({ refused }) => (refused === undefined ? [] : [refused])),
  };
}

async function tried(
  client: ClusterClient,
  object: ClusterObject,
  { live, force }: { readonly live: ClusterObject | undefined; readonly force: boolean },
): Promise<ClusterObject> {
  const options = { fieldManager: FIELD_MANAGER, force, isDryRun: true };
  try {
    return await client.apply(object, options);
  } catch (error) {
    if (!isReplicasOnly(error) || live === undefined || !statesReplicas(object) || !mayTakeReplicas(live))
      throw error;
    // The write hands them over first; see `handoverOf`.
    return client.apply(object, { ...options, force: true });
  }
}

function isReplicasOnly(error: unknown): boolean {
  return (
    error instanceof ClusterError &&
    error.failure === 'field-conflict' &&
    error.causes.every((cause) => cause.field === '.spec.replicas')
  );
}
