/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object that JSON can hold, such as a Kubernetes manifest. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is a plain JSON object (not null, not a list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object below `key`, or an empty one when there is none. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return isJsonObject(found) ? found : {};
}

/** The text below `key`, or an empty one when there is none. */
export function textAt(value: JsonObject, key: string): string {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}

/** The keys of a JSON pointer (RFC 6901); undefined when the text is none: it must be empty or start with `/`. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * A copy of `root` with `value` at the place that `keys` name. Objects on the way are made when absent;
 * `-` appends to a list. Undefined when the way leads through a text, a number or past the end of a list,
 * or names a key of the JavaScript prototype.
 */
export function withValueAt(
  root: JsonValue | undefined,
  keys: readonly string[],
  value: JsonValue,
): JsonValue | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (isList(root)) return withListItem(root, key, (old) => withValueAt(old, rest, value));
  if (root !== undefined && !isJsonObject(root)) return undefined;
  if (key === '__proto__') return undefined;
  const old = root !== undefined && Object.hasOwn(root, key) ? root[key] : undefined;
  const changed = withValueAt(old, rest, value);
  return changed === undefined ? undefined : { ...root, [key]: changed };
}

function withListItem(
  list: readonly JsonValue[],
  key: string,
  change: (old: JsonValue | undefined) => JsonValue | undefined,
): JsonValue | undefined {
  const index = key === '-' ? list.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : NaN;
  if (!(index < list.length || key === '-')) return undefined;
  const changed = change(list[index]);
  return changed === undefined ? undefined : [...list.slice(0, index), changed, ...list.slice(index + 1)];
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
