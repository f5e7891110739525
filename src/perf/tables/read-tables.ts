import { parse } from 'csv-parse/sync';
import type { AsyncBuffer } from 'hyparquet';
import { diagnostic } from '../../diagnostics/index.ts';
import { APEX_TABLES, readApexRow } from './apex-rows.ts';
import { GPU_OPS_TABLES, readGpuOpsRow } from './gpu-ops-rows.ts';
import { ReadingCollector, withoutColumns } from './table-reading.ts';
import type { TableReading } from './table-reading.ts';

/** Rows decoded at a time, which bounds memory: a table of 300,000 rows is read in eight pieces. */
const ROWS_AT_ONCE = 40_000;

/** One file of tables: its name in diagnostics and the operator it holds, by the layout's own name. */
export interface TableFile {
  readonly shown: string;
  /** Key of `GPU_OPS_TABLES` or `APEX_TABLES`. */
  readonly table: string;
}

/**
 * Reads a table of the parquet layout `<system>/<op>.parquet`. The parquet reader is loaded on the first call.
 * @param content the whole file, or a reader of its byte ranges
 * @param hasFp4 whether the accelerator multiplies 4-bit formats
 * Diagnostics (all warnings; other rows are still read): `perf-table-column-missing`, `perf-table-row-invalid`,
 * `perf-table-unreadable`. Throws on a table name that is not of the layout.
 */
export async function readGpuOpsTable(
  { shown, table }: TableFile,
  content: ArrayBuffer | AsyncBuffer,
  hasFp4: boolean,
): Promise<TableReading> {
  const layout = GPU_OPS_TABLES[table];
  if (layout === undefined) throw new Error(`no table ${table} in this layout`);
  const collector = new ReadingCollector(shown);
  try {
    const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
    const { compressors } = await import('hyparquet-compressors');
    const metadata = await parquetMetadataAsync(content);
    const present = metadata.schema.map(({ name }) => name);
    const missing = layout.columns.filter((column) => !present.includes(column));
    if (missing.length > 0) return withoutColumns(shown, missing);
    const columns = [...layout.columns, 'window_size'].filter((column) => present.includes(column));
    const rows = Number(metadata.num_rows);
    for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
      const rowEnd = Math.min(rows, start + ROWS_AT_ONCE);
      const piece = await parquetReadObjects({
        ...{ file: content, compressors, metadata },
        ...{ columns, rowStart: start, rowEnd },
      });
      piece.forEach((row, index) => {
        collector.take(readGpuOpsRow(layout, row, hasFp4), start + index + 1);
      });
    }
  } catch (error) {
    return withProblem(collector.finish(), shown, error);
  }
  return collector.finish();
}

/**
 * Reads a file of the CSV layout of apex_plus. Where a file holds several clocks, only the default one (0) or else the
 * highest is read. Diagnostics as `readGpuOpsTable`. Throws on a table name that is not of the layout.
 */
export function readApexTable({ shown, table }: TableFile, text: string): TableReading {
  const layout = APEX_TABLES[table];
  if (layout === undefined) throw new Error(`no table ${table} in this layout`);
  const collector = new ReadingCollector(shown);
  try {
    const parsed: unknown = parse(text, {
      ...{ bom: true, trim: true, relax_column_count: true, skip_empty_lines: true },
      info: true,
    });
    const records = parsed as readonly CsvRecord[];
    const header = records[0]?.record ?? [];
    const missing = layout.columns.filter((column) => !header.includes(column));
    if (missing.length > 0) return withoutColumns(shown, missing);
    const rows = records.slice(1).map(({ record, info }) => ({
      row: Object.fromEntries(header.map((name, index) => [name, record[index]])),
      line: info.lines,
    }));
    const clock = chosenClock(rows.map(({ row }) => row[layout.clock]));
    for (const { row, line } of rows) {
      const isChosen = clock === undefined || Number(row[layout.clock]) === clock;
      collector.take(isChosen ? readApexRow(layout, row) : { unused: 'a lowered clock' }, line);
    }
  } catch (error) {
    return withProblem(collector.finish(), shown, error);
  }
  return collector.finish();
}

/** A record with the line it ends on, as csv-parse gives it with `info`. */
interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The default clock (0) where a row has it, else the highest; undefined where no row says its clock. */
function chosenClock(cells: readonly unknown[]): number | undefined {
  const clocks = new Set(cells.filter((value) => value !== undefined && value !== '').map(Number));
  return clocks.size === 0 ? undefined : clocks.has(0) ? 0 : Math.max(...clocks);
}

function withProblem(reading: TableReading, shown: string, error: unknown): TableReading {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    ...reading,
    diagnostics: [
      ...reading.diagnostics,
      diagnostic('perf-table-unreadable', {
        summary: `${shown} could not be read to its end: ${reason}.`,
        source: { file: shown },
        fix: 'Check that the file is complete and has the layout its name says.',
      }),
    ],
  };
}
