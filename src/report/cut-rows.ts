import { plural } from './phrases.ts';

/** Rows of a table about services before it is cut; the whole is in plan.json. */
export const SHOWN_ROWS = 25;

/** A table cut to what a person reads: its rows, and a line that says what was left out; empty when nothing was. */
export interface CutRows {
  readonly rows: readonly (readonly string[])[];
  readonly more: string;
}

/** The first rows of a table. `most` is Infinity for all of them. */
export function cutRows(
  rows: readonly (readonly string[])[],
  noun: string,
  most: number = SHOWN_ROWS,
): CutRows {
  const left = rows.length - most;
  return left <= 0
    ? { rows, more: '' }
    : { rows: rows.slice(0, most), more: `… and ${plural(left, `more ${noun}`)} (all in plan.json)` };
}
