import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient } from '../cluster/cluster-client.ts';
import { FIELD_MANAGER, SYSTEM_NAMESPACE, parentObject, readParent } from './apply-set.ts';
import type { ApplySet, SetRecord } from './apply-set.ts';

/** Thrown when another run has written the parent since this one did. */
export class ConcurrentRunError extends Error {
  override readonly name = 'ConcurrentRunError';
}

/** The ConfigMap that stands for the set: written first, after every step, and last. */
export class SetParent {
  readonly #client: ClusterClient;
  readonly #set: ApplySet;
  readonly #version: string;

  /** `version` of this program, for the annotation that names the tool. */
  constructor(client: ClusterClient, set: ApplySet, version: string) {
    this.#client = client;
    this.#set = set;
    this.#version = version;
  }

  /** Makes the namespace of the parents. */
  async makeNamespace(): Promise<void> {
    await this.#client.apply(
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: SYSTEM_NAMESPACE, labels: { 'app.kubernetes.io/managed-by': 'plimsoll' } },
      },
      { fieldManager: FIELD_MANAGER, force: false, isDryRun: false },
    );
  }

  /**
   * Writes the record and gives it with its new version. Nobody but this program writes there, so fields are taken by force, but never over another
   * run: the version read last must still hold. Rejects with `ConcurrentRunError` where it does not.
   */
  async write(record: SetRecord): Promise<SetRecord> {
    const parent = (value: SetRecord) => parentObject(this.#set, value, this.#version);
    const options = { fieldManager: FIELD_MANAGER, force: true, isDryRun: false };
    try {
      return readParent(await this.#client.apply(parent(record), options));
    } catch (error) {
      if (!(error instanceof ClusterError) || error.failure !== 'conflict') throw error;
      // An answer may have been lost after the write: then the newer version is our own.
      const { resourceVersion: _old, ...content } = record;
      const found = await this.#client.get({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: SYSTEM_NAMESPACE,
        name: this.#set.name,
      });
      if (found !== undefined && readParent(found).run !== record.run) throw new ConcurrentRunError();
      const { resourceVersion } = found?.metadata ?? {};
      return readParent(
        await this.#client.apply(
          parent(resourceVersion === undefined ? content : { ...content, resourceVersion }),
          options,
        ),
      );
    }
  }
}

/** What a run says that another one has overtaken. */
export function concurrentRun(): Diagnostic {
  return diagnostic('apply-concurrent', {
    summary: 'Another run of apply writes to the same set; this one stopped.',
    fix: 'Let the other one end, then apply again.',
  });
}
