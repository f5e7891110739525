import type { ClusterObject, ObjectRef } from '../../cluster/cluster-client.ts';
import { FIELD_MANAGER } from '../../rollout/apply-set.ts';
import { formatPath } from '../../../plan/index.ts';
import type { PathSegment } from '../../../plan/index.ts';
import { compareFields } from './compare-fields.ts';
import { managersOf, ownedBeyondPlan } from './owned-fields.ts';
import { valueAt } from './plain.ts';
import type { PlainObject } from './plain.ts';
import { liveReplicas, replicaDifference } from './replica-range.ts';
import type { LiveReplicas } from './replica-range.ts';
import { shownValue } from './shown-value.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';

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
  /** As planned, but with fewer replicas ready than the plan's fewest. */
  | 'short'
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
  /** Of kinds that have replicas. */
  readonly replicas?: LiveReplicas;
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
  if (isKept(live)) return { ...ref, state: 'same', fields: [] };
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
  const replicas = liveReplicas(planned, live);
  const isShort = replicas?.planned !== undefined && replicas.ready < replicas.planned.min;
  return {
    ...ref,
    state: stateOf(live, { hasFields: fields.length > 0, isShort }),
    fields,
    ...(replicas === undefined ? {} : { replicas }),
  };
}

function stateOf(
  { metadata }: ClusterObject,
  { hasFields, isShort }: { readonly hasFields: boolean; readonly isShort: boolean },
): ObjectState {
  if (metadata.deletionTimestamp !== undefined) return 'terminating';
  if (hasFields) return 'changed';
  return isShort ? 'short' : 'same';
}

/** Whether a namespace was there before the plan and is left as it is, as `apply` does. */
function isKept({ kind, metadata }: ClusterObject): boolean {
  return (
    kind === 'Namespace' &&
    metadata.labels?.[MANAGED_BY] !== FIELD_MANAGER &&
    !(metadata.managedFields ?? []).some((entry) => entry.manager === FIELD_MANAGER)
  );
}
