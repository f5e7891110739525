/** A data file's table: comma-separated column names, and one comma-separated line per record. */
export interface DataTable {
  readonly columns: string;
  readonly rows: readonly string[];
}

/** Reads the cells of one record by column name. */
export interface TableRow {
  /** The text of a cell, empty when the record has none. */
  text(column: string): string;
  /** The number in a cell, undefined when the record has none. */
  number(column: string): number | undefined;
  /** The number in a cell that every record has. Throws on a broken data file (a bug). */
  required(column: string): number;
}

/** The records of a table in file order. Cells hold no comma and no quote. */
export function tableRows(table: DataTable): TableRow[] {
  const index = new Map(table.columns.split(',').map((column, position) => [column, position]));
  return table.rows.map((line) => rowOf(line.split(','), index));
}

function rowOf(cells: readonly string[], index: ReadonlyMap<string, number>): TableRow {
  const text = (column: string): string => cells[index.get(column) ?? -1] ?? '';
  const number = (column: string): number | undefined => {
    const cell = text(column);
    return cell === '' ? undefined : Number(cell);
  };
  return {
    text,
    number,
    required: (column) => {
      const value = number(column);
      if (value === undefined || !Number.isFinite(value)) {
        throw new Error(`the record "${cells.join(',')}" has no number in column ${column}`);
      }
      return value;
    },
  };
}
