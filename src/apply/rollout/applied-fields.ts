import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../plan/index.ts';
import type { ClusterObject, ManagedFields } from '../cluster/cluster-client.ts';
import { FIELD_MANAGER, PART_OF_LABEL } from './apply-set.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields that our applies own in a live object, in the notation of server-side apply; undefined where they own none. */
export function ownFields(object: ClusterObject): Fields | undefined {
  return entryOf(object)?.fieldsV1;
}

function entryOf(object: ClusterObject): ManagedFields | undefined {
  return object.metadata.managedFields?.find(
    (entry) => entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && !entry.subresource,
  );
}

/** Whether one of our applies put the label of a set on the object: then we made it, or were told to take it over. */
export function isWrittenByUs(object: ClusterObject): boolean {
  const metadata = below(below(ownFields(object), 'f:metadata'), 'f:labels');
  return Object.hasOwn(metadata ?? {}, `f:${PART_OF_LABEL}`);
}

/** Names of those who own a field by its path in the notation of server-side apply, except ourselves. */
export function otherOwners(object: ClusterObject, path: readonly string[]): readonly ManagedFields[] {
  return (object.metadata.managedFields ?? []).filter(
    (entry) =>
      entry.manager !== FIELD_MANAGER &&
      path.reduce<Fields | undefined>((fields, step) => below(fields, step), entry.fieldsV1) !== undefined,
  );
}

/** Whether our applies own the field at this path (`['f:spec', 'f:replicas']`). */
export function isOwn(object: ClusterObject, path: readonly string[]): boolean {
  return (
    path.reduce<Fields | undefined>((fields, step) => below(fields, step), ownFields(object)) !== undefined
  );
}

function below(fields: Fields | undefined, step: string): Fields | undefined {
  const found = fields !== undefined && Object.hasOwn(fields, step) ? fields[step] : undefined;
  return typeof found === 'object' && found !== null ? (found as Fields) : undefined;
}

/**
 * A short hash of the fields we own and their values. It changes when somebody changes one of them, since a change by another
 * manager takes the field from us; what controllers write beside (status, replicas of an autoscaler) does not change it.
 */
export function ownDigest(object: ClusterObject): string {
  const fields = ownFields(object) ?? {};
  const text = canonicalJson({ fields, values: project(fields, object) ?? null });
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** The part of a value that fields name; a field without steps below it is taken whole. */
function project(fields: Fields, value: unknown): unknown {
  const steps = Object.keys(fields).filter((step) => step !== '.');
  if (steps.length === 0) return value;
  return steps.sort().map((step) => {
    const inner = (fields[step] ?? {}) as Fields;
    return [step, project(inner, follow(step, value)) ?? null];
  });
}

/** One step: `f:name` a field, `k:{…}` the item with these keys, `v:…` the member of a set, `i:…` a position. */
function follow(step: string, value: unknown): unknown {
  const rest = step.slice(2);
  switch (step.slice(0, 2)) {
    case 'f:':
      return typeof value === 'object' && value !== null && Object.hasOwn(value, rest)
        ? (value as Fields)[rest]
        : undefined;
    case 'k:':
      return itemsOf(value).find((item) => hasKeys(item, JSON.parse(rest) as Fields));
    case 'v:':
      return itemsOf(value).find((item) => isDeepStrictEqual(item, JSON.parse(rest)));
    case 'i:':
      return itemsOf(value)[Number(rest)];
    default:
      return undefined;
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function hasKeys(item: unknown, keys: Fields): boolean {
  return (
    typeof item === 'object' &&
    item !== null &&
    Object.entries(keys).every(([key, value]) => (item as Fields)[key] === value)
  );
}
