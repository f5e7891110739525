import type { ClusterObject, ObjectRef } from '../../cluster/cluster-client.ts';
import { formatPath } from '../../../plan/index.ts';
import type { PathSegment } from '../../../plan/index.ts';
import { compareFields } from './compare-fields.ts';
import { managersOf, ownedBeyondPlan } from './owned-fields.ts';
import { valueAt } from './plain.ts';
import type { PlainObject } from './plain.ts';
import { readyReplicas, replicaDifference } from './replica-range.ts';
import { shownValue } from './shown-value.ts';

/** How a field of a live object differs from the plan. */
export interface FieldDrift {
  /** As people write it: `spec.template.spec.containers[name=engine].image`. */
  readonly path: string;
  /** `changed`: another value; `removed`: planned, not there; `left-over`: ours, no longer planned. */
  readonly change: 'changed' | 'removed' | 'left-over';
  readonly planned?: unknown;
  /** Without what looks like a secret. */
  readonly live?: unknown;
  /** Who else owns the field now, as the server says; empty where it does not. */
  readonly managers: readonly string[];
}

/** What became of one object of a plan in the cluster. */
export type ObjectState =
  | 'same'
  | 'changed'
  /** Planned, and not there. */
  | 'missing'
  /** There and of this plan's set, but no longer planned. */
  | 'extra'
  /** The server knows no such kind. */
  | 'unknown-kind'
  /** Being deleted. */
  | 'terminating';

/** One object held against the plan. */
export interface ObjectDrift extends ObjectRef {
  readonly state: ObjectState;
  readonly fields: readonly FieldDrift[];
  /** Replicas that are ready and those asked for, of kinds that have them. */
  readonly replicas?: { readonly ready: number; readonly wanted: number };
}

/** Which object a manifest is. */
export function refOf(object: PlainObject): ObjectRef {
  const namespace = valueAt(object, 'metadata', 'namespace');
  return {
    apiVersion: String(object['apiVersion']),
    kind: String(object['kind']),
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    name: String(valueAt(object, 'metadata', 'name')),
  };
}

/** Holds one live object against its manifest. Status, and fields that neither plan nor our manager has, are left out. */
export function compareObject(planned: PlainObject, live: ClusterObject | undefined): ObjectDrift {
  const ref = refOf(planned);
  if (live === undefined) return { ...ref, state: 'missing', fields: [] };
  const managed = live.metadata.managedFields;
  const { status: _, apiVersion: __, ...spoken } = planned;
  const shown = (value: unknown, path: readonly PathSegment[]): unknown => shownValue(value, path, ref.kind);
  const differences = [...compareFields(spoken, live), ...replicaDifference(planned, live)].map(
    ({ path, planned: wanted, live: found }): FieldDrift => ({
      path: formatPath(path),
      change: found === undefined ? 'removed' : 'changed',
      planned: shown(wanted, path),
      ...(found === undefined ? {} : { live: shown(found, path) }),
      managers: managersOf(path, managed),
    }),
  );
  const leftOver = ownedBeyondPlan(spoken, managed).map((path): FieldDrift => ({
    path: formatPath(path),
    change: 'left-over',
    managers: managersOf(path, managed),
  }));
  const fields = [...differences, ...leftOver];
  const replicas = readyReplicas(live);
  const isGoing = live.metadata.deletionTimestamp !== undefined;
  return {
    ...ref,
    state: isGoing ? 'terminating' : fields.length > 0 ? 'changed' : 'same',
    fields,
    ...(replicas === undefined ? {} : { replicas }),
  };
}
