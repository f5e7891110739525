/** A YAML mapping of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

const NONE: Fields = {};

/** The value as a mapping; empty when it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NONE;
}

/** The mapping at a path of keys; empty where it breaks off. */
export function fieldsAt(value: unknown, ...keys: readonly string[]): Fields {
  let at: unknown = value;
  for (const key of keys) at = ownField(fieldsOf(at), key);
  return fieldsOf(at);
}

/** The value as a list; empty when it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a list of mappings. */
export function recordsOf(value: unknown): readonly Fields[] {
  return listOf(value).map(fieldsOf);
}

/** The value as text; numbers and booleans as YAML would print them; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The value as a finite number; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Entries of a mapping with text values, sorted by key. */
export function textEntries(value: unknown): readonly (readonly [string, string])[] {
  return Object.entries(fieldsOf(value))
    .flatMap(([key, item]): (readonly [string, string])[] => {
      const text = textOf(item);
      return text === undefined ? [] : [[key, text]];
    })
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function ownField(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
