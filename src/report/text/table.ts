import { fitTable } from './fit-table.ts';
import type { Column } from './fit-table.ts';
import { oneLine, textWidth } from './text-width.ts';

export type { Column } from './fit-table.ts';

/** Two spaces between columns. */
export const GAP = '  ';

/** Where a table is drawn. */
export interface TableView {
  /** Cells of a line; absent: as wide as the table is, nothing is cut. */
  readonly width?: number;
  /** Cells that the caller puts before every line; 0 by default. */
  readonly indent?: number;
}

/**
 * Lays rows out in aligned columns under their titles; cells may hold colour codes, line breaks in them become blanks. Trailing
 * blanks are cut. A row with fewer cells than columns is filled with empty ones. No rows give no lines.
 * In a line that is too narrow words end in an ellipsis, least important columns first; what then still finds no room follows
 * below as a further table with the same first column. Figures are cut only where one alone is wider than the line.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width = Infinity, indent = 0 }: TableView = {},
): string {
  if (rows.length === 0) return '';
  const clean = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? '')));
  return fitTable(columns, clean, width - indent)
    .map((part) => renderPart(part.columns, part.rows))
    .join('\n\n');
}

function renderPart(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => textWidth(line[index] ?? ''))));
  return lines
    .map((line) =>
      columns
        .map((column, index) => pad(line[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}
