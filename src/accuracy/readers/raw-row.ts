/**
 * One measured operating point as text by column name, before it is understood. Readers of all file layouts give these,
 * under the column names of the CSV layout; a blank or absent field is unknown.
 */
export interface RawRow {
  /** 1-based line in the file, or the number of the run where a file does not go by lines. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
}

/** The layouts that measurements come in. */
export type MeasurementLayout = 'csv' | 'vllm-bench' | 'guidellm' | 'aiperf';

/** Rows of one file, in its order. */
export interface RawRows {
  readonly layout: MeasurementLayout;
  /** Columns of the file; those of a JSON layout are the ones any run gives. */
  readonly columns: readonly string[];
  readonly rows: readonly RawRow[];
}

/** A row of the fields that are known: undefined, blank and not-finite ones are left out. */
export function rawRow(line: number, fields: Readonly<Record<string, string | number | undefined>>): RawRow {
  const known = Object.entries(fields).flatMap(([column, value]): [string, string][] => {
    if (value === undefined || value === '') return [];
    if (typeof value === 'number' && !Number.isFinite(value)) return [];
    return [[column, String(value)]];
  });
  return { line, fields: new Map(known) };
}
