import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** One row of a source file by column name; every value is text, absent values are empty. */
export type SourceRow = Readonly<Record<string, string>>;

/** Reads a CSV file, gzipped or not, below the data folder. */
export function readRows(dataFolder: string, file: string): SourceRow[] {
  const bytes = readFileSync(path.join(dataFolder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return parse(text, { columns: true });
}

/** The field of a row; a missing column is an error of the source file. */
export function field(row: SourceRow, column: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`the source file has no column ${column}`);
  return value.trim();
}

/** The field as a number; empty gives undefined. */
export function numberField(row: SourceRow, column: string): number | undefined {
  const text = field(row, column);
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${column} is not a number: ${text}`);
  return value;
}

/** A table as the data files hold it: one comma-separated line per record, sorted. */
export interface DataTable {
  readonly columns: string;
  readonly rows: readonly string[];
}

/** Makes a table of records; values must hold no comma. */
export function dataTable(
  columns: readonly string[],
  records: readonly Readonly<Record<string, unknown>>[],
): DataTable {
  const rows = records.map((record) => columns.map((column) => cell(record[column])).join(','));
  return { columns: columns.join(','), rows: rows.sort() };
}

function cell(value: unknown): string {
  const text = value === undefined ? '' : typeof value === 'number' ? String(value) : (value as string);
  if (text.includes(',')) throw new Error(`a value holds a comma: ${text}`);
  return text;
}
