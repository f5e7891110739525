import { stripVTControlCharacters } from 'node:util';

/** A column of a text table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Two spaces between columns. */
const GAP = '  ';

/**
 * Lays rows out in aligned columns under their titles; cells may hold colour codes. Trailing blanks are cut.
 * A row with fewer cells than columns is filled with empty ones. No rows give no lines.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => visibleLength(line[index] ?? ''))),
  );
  return lines
    .map((line) =>
      columns
        .map((column, index) => pad(line[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Number of characters a terminal shows. */
export function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - visibleLength(text)));
  return align === 'left' ? text + blanks : blanks + text;
}
