import { isJsonObject } from './json.ts';
import type { JsonValue } from './json.ts';

/**
 * How numbers enter CEL. `double`: every number is a double, so that division never truncates (views and
 * parameters of the planner). `integer`: whole numbers are ints, others doubles, as the Kubernetes API server
 * does (manifests).
 */
export type NumberKind = 'double' | 'integer';

/**
 * Converts plain data to values of the CEL evaluator; fields that are undefined are left out. With `integer` so are those that
 * are null: an API server takes them for absent.
 */
export function toCel(value: unknown, numbers: NumberKind): unknown {
  if (typeof value === 'number') {
    return numbers === 'integer' && Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => toCel(item, numbers));
  if (!isJsonObject(value)) return value;
  const isLeftOut = (item: unknown): boolean =>
    item === undefined || (numbers === 'integer' && item === null);
  const entries = Object.entries(value).filter(([, item]) => !isLeftOut(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, toCel(item, numbers)]));
}

/** Converts a value of the CEL evaluator to JSON; undefined when it has no JSON form (a type, a quantity, bytes). */
export function fromCel(value: unknown): JsonValue | undefined {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return listFromCel(value);
      return value instanceof Map ? objectFromCel(value.entries()) : plainObjectFromCel(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function listFromCel(values: readonly unknown[]): JsonValue | undefined {
  const items = values.map(fromCel);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function plainObjectFromCel(value: object): JsonValue | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return objectFromCel(Object.entries(value));
}

function objectFromCel(entries: Iterable<readonly [unknown, unknown]>): JsonValue | undefined {
  const converted = [...entries].map(([key, item]) => [String(key), fromCel(item)] as const);
  return converted.every(([, item]) => item !== undefined) ? Object.fromEntries(converted) : undefined;
}
