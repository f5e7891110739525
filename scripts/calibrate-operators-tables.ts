import { existsSync } from 'node:fs';
import path from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** One row of an operator table; numbers and texts by column name. */
export type Row = Readonly<Record<string, number | string | null>>;

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

/** Reads a table whole, or an empty list where the system has none. The largest holds 310,000 rows. */
export async function readTable(directory: string, system: string, table: string): Promise<readonly Row[]> {
  const file = path.join(directory, system, `${table}.parquet`);
  if (!existsSync(file)) return [];
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
  return rows as Row[];
}

/** A number of a row; NaN where it is absent. */
export function num(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : NaN;
}

/** Rows of the first backend, in order of preference, that has any after `accept`. */
export function firstBackend(
  rows: readonly Row[],
  preference: readonly string[],
  accept: (row: Row) => boolean,
): readonly Row[] {
  for (const backend of preference) {
    const chosen = rows.filter((row) => row['backend'] === backend && accept(row));
    if (chosen.length >= 24) return chosen;
  }
  return [];
}
