import { isDeepStrictEqual } from 'node:util';
import type { ClusterObject, ManagedFields } from '../cluster/cluster-client.ts';

type Plain = Readonly<Record<string, unknown>>;

/** Fields of `metadata` that name the object and that nobody owns. */
const IDENTITY = ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'managedFields'];

/** Fields that the object states and that another manager owns with another value (Kubernetes, "Server-Side Apply", conflicts). */
export function conflictsOf(
  live: ClusterObject,
  object: ClusterObject,
  manager: string,
): readonly { readonly field: string; readonly message: string }[] {
  return leaves(fieldsOf(object)).flatMap((path) => {
    if (isDeepStrictEqual(valueAt(live, path), valueAt(object, path))) return [];
    const owners = (live.metadata.managedFields ?? []).filter(
      (entry) => entry.manager !== manager && owns(entry.fieldsV1, path),
    );
    return owners.map((owner) => ({
      field: path.map((step) => `.${step.slice(2)}`).join(''),
      message: `conflict with "${owner.manager}"`,
    }));
  });
}

/** What is stored after an apply: its values over the live ones, without those that only this manager owned and no longer states. */
export function mergeApplied(
  live: ClusterObject | undefined,
  object: ClusterObject,
  manager: string,
): ClusterObject {
  const fields = fieldsOf(object);
  const entries = live?.metadata.managedFields ?? [];
  const before = entries.find((entry) => isApplyBy(entry, manager))?.fieldsV1 ?? {};
  const others = entries.filter((entry) => !isApplyBy(entry, manager));
  const left = leaves(before).filter(
    (path) => !owns(fields, path) && !others.some((entry) => owns(entry.fieldsV1, path)),
  );
  const kept = left.reduce<Plain>((value, path) => removed(value, path), live ?? {});
  const changed = leaves(fields).filter(
    (path) => live !== undefined && !isDeepStrictEqual(valueAt(live, path), valueAt(object, path)),
  );
  const merged = merge(kept, object) as ClusterObject;
  const managedFields: ManagedFields[] = [
    ...others.map((entry) => ({ ...entry, fieldsV1: without(entry.fieldsV1 ?? {}, changed) })),
    ...(Object.keys(fields).length === 0 ? [] : [{ manager, operation: 'Apply' as const, fieldsV1: fields }]),
  ];
  return { ...merged, metadata: { ...merged.metadata, managedFields } };
}

function isApplyBy(entry: ManagedFields, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply';
}

/** The fields an object states, as `fieldsV1` has them; lists are owned whole. */
function fieldsOf(object: ClusterObject): Plain {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  const named = Object.fromEntries(Object.entries(metadata).filter(([name]) => !IDENTITY.includes(name)));
  return { ...(Object.keys(named).length === 0 ? {} : { 'f:metadata': steps(named) }), ...steps(rest) };
}

function steps(value: unknown): Plain {
  if (!isPlain(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [`f:${name}`, steps(inner)]));
}

function leaves(fields: Plain): readonly (readonly string[])[] {
  return Object.entries(fields).flatMap(([step, inner]): readonly (readonly string[])[] => {
    const below = leaves(inner as Plain);
    return below.length === 0 ? [[step]] : below.map((path) => [step, ...path]);
  });
}

function owns(fields: Plain | undefined, path: readonly string[]): boolean {
  let place: unknown = fields;
  for (const step of path) {
    if (!isPlain(place) || !Object.hasOwn(place, step)) return false;
    place = place[step];
  }
  return true;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((place, step) => (isPlain(place) ? place[step.slice(2)] : undefined), value);
}

function removed(value: Plain, [step, ...rest]: readonly string[]): Plain {
  const name = (step ?? '').slice(2);
  const inner = value[name];
  if (rest.length > 0 && isPlain(inner)) return { ...value, [name]: removed(inner, rest) };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

function without(fields: Plain, paths: readonly (readonly string[])[]): Plain {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([step, inner]) => {
      const below = paths.filter((path) => path[0] === step).map((path) => path.slice(1));
      if (below.some((path) => path.length === 0)) return [];
      return [[step, without(inner as Plain, below)]];
    }),
  );
}

function merge(before: unknown, after: unknown): unknown {
  if (!isPlain(before) || !isPlain(after)) return after;
  return {
    ...before,
    ...Object.fromEntries(Object.entries(after).map(([key, value]) => [key, merge(before[key], value)])),
  };
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
