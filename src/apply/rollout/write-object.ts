import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import type { Clock } from '../cluster/patience.ts';
import { FIELD_MANAGER } from './apply-set.ts';
import { handOver, handoverOf } from './replica-handover.ts';
import { refOf } from './object-key.ts';
import { statesReplicas, withReplicas } from './replicas.ts';

/** How objects are written. */
export interface WriteSettings {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly force: boolean;
  /** Seconds of the clock after which waiting ends. */
  readonly deadline: number;
}

/** Refusals that pass: a definition that is not served yet, an object that was changed between read and write. */
const PASSING = ['unknown-kind', 'conflict'];
/** Attempts and the pause between them: a definition is served within seconds of being established (assumed). */
const ATTEMPTS = 10;
const PAUSE_SECONDS = 1;

/**
 * Applies one object and gives what the server holds afterwards. An object of that name that is being deleted is waited for first; replicas change
 * hands where an autoscaler is concerned, starting with `start` in a new set. Rejects with `ClusterError`.
 */
export async function writeObject(
  object: ClusterObject,
  { live, start }: { readonly live: ClusterObject | undefined; readonly start: number },
  settings: WriteSettings,
): Promise<ClusterObject> {
  const { client, force } = settings;
  const isEnding = live?.metadata.deletionTimestamp !== undefined;
  if (isEnding) await waitUntilGone(live, settings);
  const present = isEnding ? undefined : live;
  const { before, after, isForced, isReleased } = handoverOf(object, present, start);
  if (before !== undefined) await handOver(client, object, before, isForced === true);
  const written = await patiently(settings.clock, () =>
    client.apply(object, { fieldManager: FIELD_MANAGER, force, isDryRun: false }),
  );
  if (after !== undefined) return handOver(client, object, after, false);
  return isReleased === true ? handOver(client, object, undefined, false) : written;
}

/**
 * Brings a pod set to a number of replicas on the way of an exchange. What gives way, and what an autoscaler scales in the end, is sized by the handover
 * manager; a new pod set that states its replicas is written with this number as its own. Rejects with `ClusterError`.
 */
export async function resizeObject(
  object: ClusterObject,
  replicas: number,
  { client, step, force }: Pick<WriteSettings, 'client' | 'force'> & { readonly step: string },
): Promise<ClusterObject> {
  if (step === 'drain' || !statesReplicas(object)) return handOver(client, object, replicas, true);
  return client.apply(withReplicas(object, replicas), {
    fieldManager: FIELD_MANAGER,
    force,
    isDryRun: false,
  });
}

/** Waits until an object is gone, or another has its name. Rejects with `ClusterError` `conflict` when the time is over. */
export async function waitUntilGone(
  object: ClusterObject,
  { client, clock, deadline }: Pick<WriteSettings, 'client' | 'clock' | 'deadline'>,
): Promise<void> {
  for (let pause = 0.1; ; pause = Math.min(pause * 2, 2)) {
    const found = await client.get(refOf(object));
    if (found === undefined || found.metadata.uid !== object.metadata.uid) return;
    if (clock.now() > deadline) {
      const finalizers = found.metadata['finalizers'];
      const held = Array.isArray(finalizers) ? `; held by ${finalizers.join(', ')}` : '';
      throw new ClusterError('conflict', `It is still being deleted${held}.`);
    }
    await clock.sleep(pause);
  }
}

async function patiently<T>(clock: Clock, write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const mayPass = error instanceof ClusterError && PASSING.includes(error.failure);
      if (!mayPass || attempt === ATTEMPTS) throw error;
      await clock.sleep(PAUSE_SECONDS);
    }
  }
}
