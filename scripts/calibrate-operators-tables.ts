import { existsSync } from 'node:fs';
import path from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Peaks of one measured system, from `systems.csv`. */
export interface MeasuredSystem {
  readonly system: string;
  readonly bf16: number;
  readonly fp8: number;
  readonly fp4: number;
  readonly int8: number;
  readonly memoryBandwidth: number;
  readonly linkBandwidth: number;
}

/** One row of a table under the cursor: numbers (NaN where absent) and texts ('' where absent) by column name. */
export interface TableRow {
  number(column: string): number;
  text(column: string): string;
}

/** A table held by columns, which takes a tenth of the memory of row objects. */
export interface OperatorTable {
  readonly name: string;
  readonly rows: number;
  /** Calls `visit` for every row in file order; the row is only valid during the call. */
  forEach(visit: (row: TableRow) => void): void;
}

type Column = ArrayLike<unknown>;

/**
 * Reads an operator table one row group at a time into columns; empty where the system lacks the file. The largest
 * table has 310,000 rows; one table is held at a time.
 */
export async function readTable(directory: string, system: string, table: string): Promise<OperatorTable> {
  const file = path.join(directory, system, `${table}.parquet`);
  const name = `${system}/${table}`;
  if (!existsSync(file)) return { name, rows: 0, forEach: () => undefined };
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const rows = Number(metadata.num_rows);
  const columns = new Map<string, unknown[]>();
  await parquetRead({
    file: buffer,
    metadata,
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const whole = columns.get(columnName) ?? new Array<unknown>(rows);
      copy(columnData as Column, whole, rowStart);
      columns.set(columnName, whole);
    },
  });
  return { name, rows, forEach: (visit) => visitRows(columns, rows, visit) };
}

function copy(from: Column, to: unknown[], start: number): void {
  for (let i = 0; i < from.length; i++) to[start + i] = from[i];
}

function visitRows(
  columns: ReadonlyMap<string, readonly unknown[]>,
  rows: number,
  visit: (row: TableRow) => void,
): void {
  let index = 0;
  const cursor: TableRow = {
    number: (column) => {
      const value = columns.get(column)?.[index];
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : NaN;
    },
    text: (column) => {
      const value = columns.get(column)?.[index];
      return typeof value === 'string' ? value : '';
    },
  };
  for (index = 0; index < rows; index++) visit(cursor);
}
