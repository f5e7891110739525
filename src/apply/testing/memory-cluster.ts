import { ClusterError } from '../cluster/cluster-client.ts';
import type {
  AccessQuestion,
  ClusterClient,
  ClusterObject,
  ManagedFields,
  ObjectRef,
  ServedKind,
  WriteOptions,
} from '../cluster/cluster-client.ts';
import { groupKind, keyOf, keyOfRef } from '../rollout/object-key.ts';
import { conflictsOf, mergeApplied } from './server-side-apply.ts';

/** Kinds that a cluster in memory serves: the usual ones of a plan. */
const KINDS: readonly (readonly [apiVersion: string, kind: string, isNamespaced: boolean])[] = [
  ['v1', 'Namespace', false],
  ['v1', 'ConfigMap', true],
  ['v1', 'Service', true],
  ['v1', 'ServiceAccount', true],
  ['apps/v1', 'Deployment', true],
  ['scheduling.k8s.io/v1', 'PriorityClass', false],
  ['policy/v1', 'PodDisruptionBudget', true],
  ['keda.sh/v1alpha1', 'ScaledObject', true],
  ['karpenter.sh/v1', 'NodePool', false],
];

/** What a test may change of a cluster in memory. */
export interface MemoryOptions {
  /** Permissions that are denied, by verb and resource: `delete services`. */
  readonly denied?: readonly string[];
  /** Kinds that are not served, as `groupKind` names them. */
  readonly unserved?: readonly string[];
}

/**
 * A cluster in memory, for tests: objects, ownership of fields and refusals as a real API server has them, with controllers that make everything
 * ready at once. Lists of objects are owned whole unless their items have names.
 */
export class MemoryCluster implements ClusterClient {
  readonly description = 'memory';
  readonly objects = new Map<string, ClusterObject>();
  /** Every write that was stored, in order: `apply Deployment.apps/llm/chat`. */
  readonly writes: string[] = [];
  readonly #options: MemoryOptions;
  #version = 0;

  constructor(options: MemoryOptions = {}) {
    this.#options = options;
  }

  serverVersion(): Promise<string> {
    return Promise.resolve('v1.36.0');
  }

  async servedKind(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    return (await this.servedKinds()).find((item) => item.apiVersion === apiVersion && item.kind === kind);
  }

  servedKinds(): Promise<readonly ServedKind[]> {
    const kinds = KINDS.map(([apiVersion, kind, isNamespaced]) => ({
      apiVersion,
      kind,
      plural: `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`,
      isNamespaced,
      verbs: ['get', 'list', 'create', 'patch', 'delete'],
    }));
    return Promise.resolve(kinds.filter((kind) => !this.#options.unserved?.includes(groupKind(kind))));
  }

  get(ref: ObjectRef): Promise<ClusterObject | undefined> {
    return Promise.resolve(structuredClone(this.objects.get(keyOfRef(ref))));
  }

  list(
    kind: Pick<ServedKind, 'apiVersion' | 'kind'>,
    { namespace, labelSelector }: { readonly namespace?: string; readonly labelSelector?: string } = {},
  ): Promise<readonly ClusterObject[]> {
    const [label, value] = (labelSelector ?? '').split('=');
    const found = [...this.objects.values()].filter(
      (object) =>
        groupKind(object) === groupKind(kind) &&
        (namespace === undefined || object.metadata.namespace === namespace) &&
        (labelSelector === undefined || object.metadata.labels?.[label ?? ''] === value),
    );
    return Promise.resolve(structuredClone(found));
  }

  async apply(object: ClusterObject, options: WriteOptions): Promise<ClusterObject> {
    await this.#checkPlace(object);
    const key = keyOf(object);
    const live = this.objects.get(key);
    const expected = object.metadata.resourceVersion;
    if (expected !== undefined && expected !== live?.metadata.resourceVersion) {
      throw new ClusterError('conflict', 'the object has been modified', { status: 409 });
    }
    const conflicts =
      live === undefined || options.force ? [] : conflictsOf(live, object, options.fieldManager);
    if (conflicts.length > 0) {
      throw new ClusterError('field-conflict', 'Apply failed with conflicts', {
        status: 409,
        causes: conflicts,
      });
    }
    const merged = this.#stored(mergeApplied(live, object, options.fieldManager), live);
    if (!options.isDryRun) {
      this.objects.set(key, merged);
      this.writes.push(`apply ${key}`);
    }
    return structuredClone(merged);
  }

  delete(
    ref: ObjectRef,
    { uid, isDryRun }: { readonly uid: string; readonly isDryRun: boolean },
  ): Promise<void> {
    const key = keyOfRef(ref);
    if (this.objects.get(key)?.metadata.uid === uid && !isDryRun) {
      this.objects.delete(key);
      this.writes.push(`delete ${key}`);
    }
    return Promise.resolve();
  }

  mayDo(questions: readonly AccessQuestion[]): Promise<readonly boolean[]> {
    return Promise.resolve(
      questions.map(({ verb, resource }) => !this.#options.denied?.includes(`${verb} ${resource}`)),
    );
  }

  /** Changes an object as another manager does: `change` gets a copy; the paths in `fields` become that manager's alone. */
  edit(
    key: string,
    manager: string,
    change: (object: ClusterObject) => ClusterObject,
    fields: ManagedFields['fieldsV1'] = {},
  ): void {
    const live = this.objects.get(key);
    if (live === undefined) throw new Error(`there is no ${key}`);
    const changed = change(structuredClone(live));
    const managedFields = [
      ...(live.metadata.managedFields ?? []).map((entry) => ({
        ...entry,
        fieldsV1: minus(entry.fieldsV1 ?? {}, fields),
      })),
      { manager, operation: 'Update' as const, fieldsV1: fields },
    ];
    this.objects.set(
      key,
      this.#stored({ ...changed, metadata: { ...changed.metadata, managedFields } }, live),
    );
  }

  async #checkPlace(object: ClusterObject): Promise<void> {
    const { namespace } = object.metadata;
    if ((await this.servedKind(object.apiVersion, object.kind)) === undefined) {
      throw new ClusterError('unknown-kind', `no ${object.kind}`, { status: 404 });
    }
    if (namespace === undefined) return;
    const holder = this.objects.get(`Namespace//${namespace}`);
    if (holder === undefined)
      throw new ClusterError('not-found', `namespaces "${namespace}" not found`, { status: 404 });
    if (holder.metadata.deletionTimestamp !== undefined) {
      throw new ClusterError('namespace-terminating', 'is being terminated', { status: 403 });
    }
  }

  /** The object as the server would store it, with the status its controller would give it. */
  #stored(object: ClusterObject, live: ClusterObject | undefined): ClusterObject {
    const generation = (live?.metadata.generation ?? 0) + 1;
    const withDefaults =
      object.kind === 'Deployment'
        ? { ...object, spec: { replicas: 1, ...(object['spec'] as object) } }
        : object;
    const ready: ClusterObject = {
      ...withDefaults,
      metadata: {
        ...object.metadata,
        uid: live?.metadata.uid ?? `uid-${++this.#version}`,
        resourceVersion: String(++this.#version),
        generation,
      },
    };
    return { ...ready, ...statusOf(ready) };
  }
}

function statusOf(object: ClusterObject): { readonly status?: unknown } {
  const observedGeneration = object.metadata.generation;
  switch (object.kind) {
    case 'Namespace':
      return {
        status: { phase: object.metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating' },
      };
    case 'Deployment': {
      const { replicas } = object['spec'] as { readonly replicas: number };
      return {
        status: { observedGeneration, replicas, updatedReplicas: replicas, availableReplicas: replicas },
      };
    }
    case 'PodDisruptionBudget':
      return { status: { observedGeneration } };
    case 'NodePool':
    case 'ScaledObject':
      return { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    default:
      return {};
  }
}

/** Fields of a manager without those that another took. */
function minus(
  fields: Readonly<Record<string, unknown>>,
  taken: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([step, inner]) => {
      if (!Object.hasOwn(taken, step)) return [[step, inner]];
      const left = minus(inner as Record<string, unknown>, taken[step] as Record<string, unknown>);
      return Object.keys(left).length === 0 ? [] : [[step, left]];
    }),
  );
}
