import type { Diagnostic } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import { clusterDiagnostic } from '../cluster/failure-diagnostic.ts';
import type { Clock } from '../cluster/patience.ts';
import { ownDigest } from './applied-fields.ts';
import type { SetRecord } from './apply-set.ts';
import { REQUESTS_AT_A_TIME } from './dry-run.ts';
import { inWords, keyOf, refOf } from './object-key.ts';
import { isOurs } from './ownership.ts';
import { ConcurrentRunError, SetParent } from './parent.ts';
import type { Preparation, RolloutRequest } from './prepare.ts';
import { handoverOf } from './replica-handover.ts';
import { scaledRange, shrinks, withReplicas, workloadOf } from './replicas.ts';
import { firstRecord, lastRecord } from './set-record.ts';
import { stepName } from './steps.ts';
import type { RolloutStep } from './steps.ts';
import { StepError, StopError, problemsOf } from './stop-errors.ts';
import { waitReady } from './wait-ready.ts';
import { resizeObject, waitUntilGone, writeObject } from './write-object.ts';

/** The surroundings of a rollout. */
export interface RolloutHost {
  readonly client: ClusterClient;
  readonly clock: Clock;
  /** Aborted when the user wants to stop: requests under way end, nothing more starts. */
  readonly signal: AbortSignal;
  /** Longest wait for one step, seconds. */
  readonly timeoutSeconds: number;
  /** Names this run. */
  readonly run: string;
  /** Version of this program. */
  readonly version: string;
  /** Hears of each step: what is done of how much. */
  onProgress(step: string, detail: string, done: readonly [number, number]): void;
}

/** How a rollout ended. */
export type RolloutOutcome = 'complete' | 'stopped' | 'interrupted';

/** What became of one object. */
export type ObjectFate = 'done' | 'failed' | 'not-done';

/** What was done, what not, and why. */
export interface RolloutResult {
  readonly outcome: RolloutOutcome;
  readonly steps: readonly { readonly name: string; readonly state: 'done' | 'stopped' | 'not-started' }[];
  /** By object key, for every object of the steps. */
  readonly fates: ReadonlyMap<string, ObjectFate>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Applies what was prepared, step by step. The parent of the set is written first, with all kinds and namespaces that members had or will have, then
 * after every step, and last with those that are left: interrupted at any moment, the next run finds every object again. Problems are part of the
 * result; a step with a problem ends the rollout.
 */
export async function rollOut(
  prepared: Preparation,
  request: RolloutRequest,
  host: RolloutHost,
): Promise<RolloutResult> {
  return new Rollout(prepared, request, host).run();
}

class Rollout {
  readonly #prepared: Preparation;
  readonly #request: RolloutRequest;
  readonly #host: RolloutHost;
  readonly #parent: SetParent;
  readonly #unchanged: ReadonlySet<string>;
  readonly #fates = new Map<string, ObjectFate>();
  readonly #digests = new Map<string, string>();
  #record: SetRecord;

  constructor(prepared: Preparation, request: RolloutRequest, host: RolloutHost) {
    this.#prepared = prepared;
    this.#request = request;
    this.#host = host;
    this.#parent = new SetParent(host.client, prepared.set, host.version);
    this.#unchanged = new Set(
      prepared.changes.filter((change) => change.action === 'unchanged').map((change) => change.key),
    );
    for (const [key, digest] of Object.entries(prepared.record?.digests ?? {}))
      this.#digests.set(key, digest);
    for (const step of prepared.steps) {
      for (const object of [...step.writes, ...step.deletes]) this.#fates.set(keyOf(object), 'not-done');
    }
    this.#record = firstRecord(prepared, { ...request, run: host.run });
  }

  async run(): Promise<RolloutResult> {
    const { steps } = this.#prepared;
    let done = 0;
    try {
      if (!this.#prepared.hasSystemNamespace) await this.#parent.makeNamespace();
      this.#record = await this.#parent.write(this.#record);
      for (const step of steps) {
        await this.#runStep(step);
        done++;
        await this.#remember(stepName(step));
      }
      await this.#finish();
      return this.#result('complete', done, []);
    } catch (error) {
      await this.#rememberIfPossible(error);
      return this.#result(
        error instanceof StopError ? 'interrupted' : 'stopped',
        done,
        problemsOf(error, this.#host.client.description),
      );
    }
  }

  async #runStep(step: RolloutStep): Promise<void> {
    const { clock, timeoutSeconds, client } = this.#host;
    const name = stepName(step);
    const deadline = clock.now() + timeoutSeconds;
    if (step.kind !== 'settle') await this.#writeAll(step, deadline);
    await this.#deleteAll(step, deadline);
    const problem = await waitReady(step.writes, {
      client,
      clock,
      deadline,
      setId: this.#prepared.set.id,
      checkStopped: () => this.#checkStopped(),
      onProgress: (ready, all) => {
        if (all > 0) this.#host.onProgress(name, 'ready', [ready, all]);
      },
    });
    if (problem !== undefined) throw new StepError([problem]);
  }

  async #writeAll(step: RolloutStep, deadline: number): Promise<void> {
    let count = 0;
    const problems = await mapBounded(step.writes, REQUESTS_AT_A_TIME, async (object) => {
      const problem = await this.#write(object, { step, deadline });
      this.#host.onProgress(stepName(step), 'written', [++count, step.writes.length]);
      return problem;
    });
    const found = problems.flatMap((problem) => problem ?? []);
    if (found.length > 0) throw new StepError(found);
  }

  async #write(
    object: ClusterObject,
    { step, deadline }: { readonly step: RolloutStep; readonly deadline: number },
  ): Promise<Diagnostic | undefined> {
    this.#checkStopped();
    const { client } = this.#host;
    const key = keyOf(object);
    try {
      const count = step.counts?.get(key);
      const isSized = count !== undefined && step.kind !== 'write';
      const written = isSized
        ? await resizeObject(object, count, { client, step: step.kind, force: this.#request.force })
        : await this.#written(object, count, deadline);
      this.#digests.set(key, ownDigest(written));
      this.#fates.set(key, 'done');
      return undefined;
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      this.#fates.set(key, 'failed');
      // Nothing else can succeed either.
      if (['unreachable', 'unauthorized'].includes(error.failure)) throw error;
      return clusterDiagnostic(error, { cluster: client.description, object: inWords(refOf(object)) });
    }
  }

  /** The object as the server has it after it was written, where it had to be; a new one may start with fewer replicas than its own. */
  async #written(object: ClusterObject, count: number | undefined, deadline: number): Promise<ClusterObject> {
    const { client, clock } = this.#host;
    const live = this.#prepared.live.get(keyOf(object));
    const start = count ?? this.#startReplicas(object);
    const isSame = this.#unchanged.has(keyOf(object)) && count === undefined;
    if (live !== undefined && isSame && Object.keys(handoverOf(object, live, start)).length === 0)
      return live;
    const settings = { client, clock, deadline, force: this.#request.force };
    return writeObject(withReplicas(object, count), { live, start }, settings);
  }

  /** A pod set that takes the place of others starts with all its planned replicas; its autoscaler takes away what is not needed. */
  #startReplicas(object: ClusterObject): number {
    const range = scaledRange(object);
    if (range === undefined) return 1;
    const { leftovers, intended, live } = this.#prepared;
    const leaving = [
      ...leftovers.prunable,
      ...intended.filter((other) => shrinks(other, live.get(keyOf(other)))),
    ];
    return leaving.some((other) => workloadOf(other) === workloadOf(object)) ? range.max : range.min;
  }

  async #deleteAll(step: RolloutStep, deadline: number): Promise<void> {
    const { client, clock } = this.#host;
    await mapBounded(step.deletes, REQUESTS_AT_A_TIME, async (object) => {
      this.#checkStopped();
      // Looked at once more: only what is still ours, and still the same object, is deleted.
      const found = await client.get(refOf(object));
      const isSame = found !== undefined && found.metadata.uid === object.metadata.uid;
      if (isSame && isOurs(found, this.#prepared.set)) {
        await client.delete(refOf(object), { uid: found.metadata.uid ?? '', isDryRun: false });
      }
    });
    let count = 0;
    await mapBounded(step.deletes, REQUESTS_AT_A_TIME, async (object) => {
      await waitUntilGone(object, { client, clock, deadline });
      this.#digests.delete(keyOf(object));
      this.#fates.set(keyOf(object), 'done');
      this.#host.onProgress(stepName(step), 'deleted', [++count, step.deletes.length]);
    });
  }

  async #remember(step: string): Promise<void> {
    this.#record = await this.#parent.write({ ...this.#record, step, digests: this.#sortedDigests() });
  }

  async #finish(): Promise<void> {
    await this.#parent.write(lastRecord(this.#prepared, { ...this.#record, digests: this.#sortedDigests() }));
  }

  /** Notes what was done before a problem; the problem itself is what the user must hear of. */
  async #rememberIfPossible(error: unknown): Promise<void> {
    if (error instanceof ConcurrentRunError || this.#record.resourceVersion === undefined) return;
    if (error instanceof ClusterError && ['unreachable', 'unauthorized'].includes(error.failure)) return;
    try {
      await this.#remember(this.#record.step);
    } catch (secondary) {
      if (!(secondary instanceof ClusterError) && !(secondary instanceof ConcurrentRunError)) throw secondary;
    }
  }

  #sortedDigests(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#digests].sort(([a], [b]) => compareText(a, b)));
  }

  #checkStopped(): void {
    if (this.#host.signal.aborted) throw new StopError();
  }

  #result(outcome: RolloutOutcome, done: number, diagnostics: readonly Diagnostic[]): RolloutResult {
    return {
      outcome,
      steps: this.#prepared.steps.map((step, index) => ({
        name: stepName(step),
        state: index < done ? 'done' : index === done ? 'stopped' : 'not-started',
      })),
      fates: this.#fates,
      diagnostics,
    };
  }
}
