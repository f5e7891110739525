import { parse } from 'yaml';
import { errorMessage } from '../files.ts';
import type { Field } from './find-fields.ts';

/** The value of a field after a change, or why it cannot be changed so. */
export type ChangedValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly summary: string; readonly fix: string };

/** Significant digits that a scaled quantity keeps: those of the normal form of problems. */
const DIGITS = 12;

/**
 * A value times a factor: numbers, whole ones rounded to the nearest, and quantities in the unit they have. What is not declared counts with its
 * default. Whether the result may be is for the check of the whole document to say.
 */
export function scaledValue({ schema, value = schema.default }: Field, factor: number): ChangedValue {
  if (typeof value === 'number') {
    const scaled = value * factor;
    return { ok: true, value: schema.type === 'integer' ? Math.round(scaled) : rounded(scaled) };
  }
  const [, digits, unit] =
    typeof value === 'string' ? (/^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(\s*\D*)$/i.exec(value) ?? []) : [];
  if (digits !== undefined) return { ok: true, value: `${rounded(Number(digits) * factor)}${unit ?? ''}` };
  return value === undefined
    ? {
        ok: false,
        summary: 'It is not declared, so there is nothing to change.',
        fix: 'State a value: PATH=VALUE.',
      }
    : {
        ok: false,
        summary: `${shown(value)} is no number, so it cannot be changed by a share.`,
        fix: 'State another value: PATH=VALUE.',
      };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** The value that a text states for a field: a number, a truth value or a text as its schema asks; lists and objects in YAML. */
export function statedValue({ schema }: Field, text: string): ChangedValue {
  const types = [schema.type ?? 'string'].flat();
  const isNumeric = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  if (isNumeric && (types.includes('number') || types.includes('integer')))
    return { ok: true, value: Number(text) };
  if (types.includes('boolean') && (text === 'true' || text === 'false'))
    return { ok: true, value: text === 'true' };
  if (!types.includes('array') && !types.includes('object')) return { ok: true, value: text };
  try {
    return { ok: true, value: parse(text, { maxAliasCount: 0 }) as unknown };
  } catch (error) {
    return {
      ok: false,
      summary: `${shown(text)} is not valid YAML: ${errorMessage(error).split('\n')[0]}.`,
      fix: `Write ${types.includes('array') ? 'a list as [a, b]' : 'fields as {a: b}'}.`,
    };
  }
}

/** Longest text shown of a value. */
const SHOWN = 60;

/** A value in a few words for a message. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
