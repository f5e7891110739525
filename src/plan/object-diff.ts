import { isDeepStrictEqual } from 'node:util';

/** One step into a value: a field name, a list position, or the item of a list whose `by` field has the value. */
export type PathSegment =
  string | number | { readonly by: string; readonly value: string | number | boolean };

/** One difference between two plain values. `reordered` lists the keys of a keyed list in their new order. */
export type ObjectChange =
  | { readonly action: 'added'; readonly path: readonly PathSegment[]; readonly after: unknown }
  | { readonly action: 'removed'; readonly path: readonly PathSegment[]; readonly before: unknown }
  | {
      readonly action: 'changed';
      readonly path: readonly PathSegment[];
      readonly before: unknown;
      readonly after: unknown;
    }
  | {
      readonly action: 'reordered';
      readonly path: readonly PathSegment[];
      readonly by: string;
      readonly order: readonly unknown[];
    };

type PlainObject = Readonly<Record<string, unknown>>;

/**
 * Fields that identify the items of a list, in order of preference: the merge keys of Kubernetes lists
 * (containers and ports by name, tolerations by key, mounts by path, …; Kubernetes API reference 1.33, 2026).
 */
const LIST_KEYS = [
  'name',
  'mountPath',
  'topologyKey',
  'containerPort',
  'port',
  'key',
  'id',
  'type',
  'kind',
] as const;

/**
 * The differences that turn `before` into `after`, in document order. List items are matched by an identifying field
 * where every item of both lists has a distinct one; lists of scalars and other lists are replaced whole.
 */
export function diffValues(
  before: unknown,
  after: unknown,
  path: readonly PathSegment[] = [],
): ObjectChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isPlainObject(before) && isPlainObject(after)) return diffObjects(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) {
    const by = identifyingField(before, after);
    if (by !== undefined) return diffKeyedLists({ before, after, by, path });
  }
  return [{ action: 'changed', path, before, after }];
}

/** Applies changes made by `diffValues(before, after)` to `before`; the result equals `after`. Does not mutate. */
export function applyChanges(before: unknown, changes: readonly ObjectChange[]): unknown {
  return changes.reduce((value, change) => applyAt(value, change.path, change), structuredClone(before));
}

/** Prints a path the way people write it: `spec.template.spec.containers[name=engine].args`. */
export function formatPath(path: readonly PathSegment[]): string {
  return path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      if (typeof segment === 'object') return `[${segment.by}=${segment.value}]`;
      const text = /^[\w-]+$/.test(segment) ? segment : JSON.stringify(segment);
      return index === 0 ? text : `.${text}`;
    })
    .join('');
}

function diffObjects(before: PlainObject, after: PlainObject, path: readonly PathSegment[]): ObjectChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): ObjectChange[] => {
    const inner = [...path, name];
    if (!Object.hasOwn(after, name)) return [{ action: 'removed', path: inner, before: before[name] }];
    if (!Object.hasOwn(before, name)) return [{ action: 'added', path: inner, after: after[name] }];
    return diffValues(before[name], after[name], inner);
  });
}

interface KeyedLists {
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
  readonly by: string;
  readonly path: readonly PathSegment[];
}

function diffKeyedLists({ before, after, by, path }: KeyedLists): ObjectChange[] {
  const old = new Map(before.map((item) => [keyOf(item, by), item]));
  const fresh = new Map(after.map((item) => [keyOf(item, by), item]));
  const segment = (value: string | number | boolean): PathSegment[] => [...path, { by, value }];
  const removed = [...old].filter(([key]) => !fresh.has(key));
  const changes: ObjectChange[] = [
    ...removed.map(([key, item]): ObjectChange => ({ action: 'removed', path: segment(key), before: item })),
    ...[...fresh].flatMap(([key, item]): ObjectChange[] =>
      old.has(key)
        ? diffValues(old.get(key), item, segment(key))
        : [{ action: 'added', path: segment(key), after: item }],
    ),
  ];
  const kept = [...old.keys()].filter((key) => fresh.has(key));
  const appended = [...fresh.keys()].filter((key) => !old.has(key));
  const order = [...fresh.keys()];
  return isDeepStrictEqual([...kept, ...appended], order)
    ? changes
    : [...changes, { action: 'reordered', path, by, order }];
}

function identifyingField(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  if (before.length + after.length === 0) return undefined;
  return LIST_KEYS.find((field) => hasDistinct(before, field) && hasDistinct(after, field));
}

function hasDistinct(items: readonly unknown[], field: string): boolean {
  const keys = items.map((item) => keyOf(item, field));
  return (
    keys.every((key) => ['string', 'number', 'boolean'].includes(typeof key)) &&
    new Set(keys).size === keys.length
  );
}

function keyOf(item: unknown, field: string): string | number | boolean {
  return (isPlainObject(item) && Object.hasOwn(item, field) ? item[field] : undefined) as
    string | number | boolean;
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function applyAt(value: unknown, path: readonly PathSegment[], change: ObjectChange): unknown {
  const [segment, ...rest] = path;
  if (segment === undefined)
    return change.action === 'reordered' ? reorder(value, change) : replacement(change);
  if (typeof segment === 'object') return applyToItem(value, segment, { rest, change });
  if (typeof segment === 'number') {
    return (value as readonly unknown[]).map((item, index) =>
      index === segment ? applyAt(item, rest, change) : item,
    );
  }
  const object = value as PlainObject;
  if (rest.length === 0 && change.action === 'removed') {
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== segment));
  }
  const inner = applyAt(Object.hasOwn(object, segment) ? object[segment] : undefined, rest, change);
  return Object.fromEntries([
    ...Object.entries(object).filter(([name]) => name !== segment),
    [segment, inner],
  ]);
}

function applyToItem(
  value: unknown,
  segment: { readonly by: string; readonly value: unknown },
  { rest, change }: { readonly rest: readonly PathSegment[]; readonly change: ObjectChange },
): unknown {
  const list = value as readonly unknown[];
  const isItem = (item: unknown): boolean => keyOf(item, segment.by) === segment.value;
  if (rest.length === 0 && change.action === 'removed') return list.filter((item) => !isItem(item));
  if (rest.length === 0 && change.action === 'added') return [...list, change.after];
  return list.map((item) => (isItem(item) ? applyAt(item, rest, change) : item));
}

function replacement(change: ObjectChange): unknown {
  return change.action === 'added' || change.action === 'changed' ? structuredClone(change.after) : undefined;
}

function reorder(value: unknown, change: Extract<ObjectChange, { action: 'reordered' }>): unknown {
  const items = new Map((value as readonly unknown[]).map((item) => [keyOf(item, change.by), item]));
  return change.order.map((key) => items.get(key as string));
}
