import { parse } from 'csv-parse/sync';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';

/** One record of a file. */
export interface FocusRecord {
  /** Row as spreadsheets count: the header is 1. */
  readonly row: number;
  /** In the order of the header; null where the cell is empty or the record is too short. */
  readonly cells: readonly (string | null)[];
  /** Cells that the record has, for records of a wrong length. */
  readonly width: number;
}

/** A FOCUS file as text cells. */
export interface FocusTable {
  readonly header: readonly string[];
  readonly records: readonly FocusRecord[];
}

/**
 * Reads CSV text (RFC 4180, a byte order mark allowed). Errors: `cost-focus-layout` for what is no CSV, `cost-focus-empty` for a file without a header or without rows.
 */
export function readFocusTable(text: string, file: string): Outcome<FocusTable> {
  let rows: readonly (readonly string[])[];
  try {
    rows = parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    return failure(
      diagnostic('cost-focus-layout', {
        summary: `${file} is no CSV: ${error instanceof Error ? error.message : String(error)}.`,
        source: { file },
        fix: 'Export it as CSV with commas, a header and quotes around cells that hold commas.',
      }),
    );
  }
  const [header, ...records] = rows;
  if (header === undefined || records.length === 0) {
    return failure(
      diagnostic('cost-focus-empty', {
        summary: `${file} holds ${header === undefined ? 'nothing' : 'a header and no row'}.`,
        source: { file },
        fix: 'Export a period that has charges.',
      }),
    );
  }
  return success({
    header,
    records: records.map((cells, index) => ({
      row: index + 2,
      width: cells.length,
      cells: header.map((_, column) => (cells[column] ?? '') || null),
    })),
  });
}
