/** A mapping of unknown content, as Kubernetes objects are made of. */
export type PlainObject = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export function isPlain(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a mapping; empty when it is none. */
export function plainOf(value: unknown): PlainObject {
  return isPlain(value) ? value : {};
}

/** The value at a path of keys; undefined where it breaks off. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) at = ownValue(plainOf(at), key);
  return at;
}

/** A mapping's own field; undefined where it has none of this name. */
export function ownValue(object: PlainObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The values of a list that are mappings; empty when it is no list. */
export function plainItems(value: unknown): readonly PlainObject[] {
  return Array.isArray(value) ? value.filter(isPlain) : [];
}

/** The text entries of a mapping. */
export function textFields(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(plainOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
