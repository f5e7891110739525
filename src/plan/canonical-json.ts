import { compareText } from '../units/index.ts';

/** Significant digits of every number that is not an integer: enough for any figure we state, few enough to hide rounding noise. */
const SIGNIFICANT_DIGITS = 9;

/**
 * Writes a plain value as JSON with sorted keys, two spaces of indentation, a final newline and numbers by one rule,
 * so that equal values have equal bytes. Fields that are `undefined` are left out.
 * Throws a `TypeError` for what JSON cannot hold (not-a-number, infinities, functions): that is a bug of the caller.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(canonicalValue(value, '$'), undefined, 2)}\n`;
}

/** The value that `canonicalJson` writes: keys sorted, numbers rounded, absent fields dropped. */
export function canonicalValue(value: unknown, path = '$'): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return canonicalNumber(value, path);
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item, index) => canonicalValue(item, `${path}[${index}]`));
      return canonicalObject(value as Readonly<Record<string, unknown>>, path);
    case 'undefined':
    case 'function':
    case 'symbol':
    case 'bigint':
      throw new TypeError(`${path} holds a ${typeof value}, which an artefact cannot`);
  }
}

function canonicalObject(value: Readonly<Record<string, unknown>>, path: string): Record<string, unknown> {
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => compareText(a, b));
  return Object.fromEntries(entries.map(([key, item]) => [key, canonicalValue(item, `${path}.${key}`)]));
}

function canonicalNumber(value: number, path: string): number {
  if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}, which JSON cannot hold`);
  if (Number.isInteger(value)) return value === 0 ? 0 : value;
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
