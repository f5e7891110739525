import { parse } from 'csv-parse/sync';
import type { RawRow, RawRows } from './raw-row.ts';

/** One record with the line it ends on. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * The rows of a CSV text with a header line; column names are matched without case and blanks around them. Short rows
 * lack their last columns, long ones lose what has no column. Throws what the CSV parser throws on broken quotes.
 */
export function readCsvRows(text: string): RawRows {
  const records = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as readonly Parsed[];
  const [header, ...body] = records;
  const columns = (header?.record ?? []).map((name) => name.toLowerCase());
  const rows = body.map(({ record, info }): RawRow => ({
    line: info.lines,
    fields: new Map(
      columns.flatMap((column, index): [string, string][] => {
        const value = record[index] ?? '';
        return value === '' ? [] : [[column, value]];
      }),
    ),
  }));
  return { layout: 'csv', columns, rows };
}
