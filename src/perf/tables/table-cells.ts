import type { RowReading, TableRow } from './operator-sample.ts';

/** Thrown by the cell readers below and turned into a `broken` reading by `readingOf`; never leaves this folder. */
class BrokenCell extends Error {
  readonly column: string;

  constructor(column: string, reason: string) {
    super(reason);
    this.column = column;
  }
}

/** The number in a column, at least `least`. */
export function cell(row: TableRow, column: string, least = 1): number {
  const value = row[column];
  if (value === undefined || value === null || value === '') throw new BrokenCell(column, 'is empty');
  const number = typeof value === 'number' ? value : Number(value);
  if (!Number.isFinite(number)) throw new BrokenCell(column, `is no number: ${shown(value)}`);
  if (number < least) throw new BrokenCell(column, `is ${number}, below ${least}`);
  return number;
}

/** A time in a column as seconds: above zero. `perSecond`: units of the column per second. */
export function timeCell(row: TableRow, column: string, perSecond: number): number {
  const value = cell(row, column, 0);
  if (value === 0) throw new BrokenCell(column, 'is zero: nothing takes no time');
  return value / perSecond;
}

/** The text in a column; empty where absent. */
export function textCell(row: TableRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value;
}

/** Runs a row reader; a broken cell becomes a reading. */
export function readingOf(read: () => RowReading): RowReading {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenCell) return { broken: { column: error.column, reason: error.message } };
    throw error;
  }
}
