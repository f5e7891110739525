import type { DocumentSegments, Finding } from './parse-report.ts';

/** A document some of whose values may be missing because they broke the schema; what is left has the right types. */
export type Salvaged<T> = T extends readonly (infer Item)[]
  ? readonly (Salvaged<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Salvaged<T[Key]> | undefined }
    : T;

/**
 * A copy of the document without the values that broke the schema, so that further checks can look at the rest:
 * they become undefined, in lists too, so that indices stay. Unknown fields are left out.
 */
export function salvage<T>(document: unknown, findings: readonly Finding[]): Salvaged<T> {
  const copy = structuredCopy(document);
  for (const { code, at } of findings) {
    if (!KEPT.has(code)) remove(copy, at, code === 'model-unknown-field');
  }
  return (isContainer(copy) ? copy : {}) as Salvaged<T>;
}

/** Problems after which the value at their place is still of its type. */
const KEPT: ReadonlySet<string> = new Set([
  'model-missing-field',
  'model-conflicting-fields',
  'model-empty',
  'model-duplicate-id',
  'model-invalid-id',
]);

type Container = Record<string | number, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** Deeper than any document of the schema; a YAML alias may make a value that contains itself. */
const MAX_DEPTH = 32;

function structuredCopy(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => structuredCopy(item, depth + 1));
  if (!isContainer(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, structuredCopy(item, depth + 1)]),
  );
}

/** A broken field stays as undefined, so that checks can tell it from one never given; an unknown one goes. */
function remove(root: unknown, at: DocumentSegments, isUnknown: boolean): void {
  let holder: unknown = root;
  for (const segment of at.slice(0, -1)) holder = isContainer(holder) ? holder[segment] : undefined;
  const last = at.at(-1);
  if (last === undefined || !isContainer(holder) || !Object.hasOwn(holder, last)) return;
  if (isUnknown) Reflect.deleteProperty(holder, last);
  else holder[last] = undefined;
}
