import { isJsonObject } from '../json.ts';
import type { JsonValue } from '../json.ts';

/** A text as a literal of CEL: data can never leave it. Any text is allowed. */
export function celText(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Plain data as a literal of CEL, with the types it has offline: whole numbers are ints, others doubles. Items of lists and maps
 * are wrapped in `dyn`, which hides their types from the compiler, as offline, where they are checked when they are used.
 */
export function celValue(value: JsonValue): string {
  if (typeof value === 'string') return celText(value);
  if (typeof value === 'number') return celNumber(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (!isJsonObject(value)) return `[${value.map((item) => `dyn(${celValue(item)})`).join(', ')}]`;
  const entries = Object.entries(value)
    .flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${celText(key)}: dyn(${celValue(item)})`).join(', ')}}`;
}

function celNumber(value: number): string {
  const text = String(value);
  return Number.isSafeInteger(value) || /[.e]/.test(text) ? text : `${text}.0`;
}
