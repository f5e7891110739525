import type { ReportTable } from '../serving/estimate-rows.ts';
import { visibleLength } from '../text/table.ts';

/** Blanks between columns and before a row, as tables of text reports have them. */
const GAP = 2;
const INDENT = 2;

/**
 * A table cut into as many as it takes for each to fit a width: all begin with the first column, the others follow in their
 * order; titles of the later ones name their columns. A column that is wider than the width stands alone.
 * @param width characters of a line; Infinity keeps the table whole
 */
export function fitWidth(table: ReportTable, width: number): readonly ReportTable[] {
  const widths = table.columns.map((column, index) =>
    Math.max(visibleLength(column.title), ...table.rows.map((row) => visibleLength(row[index] ?? ''))),
  );
  const first = INDENT + (widths[0] ?? 0);
  const groups: number[][] = [[]];
  let used = first;
  for (let index = 1; index < widths.length; index++) {
    const own = GAP + (widths[index] ?? 0);
    if (used + own > width && used > first) {
      groups.push([]);
      used = first;
    }
    groups.at(-1)?.push(index);
    used += own;
  }
  return groups.map((group, part) => ({
    title: part === 0 ? table.title : `${table.title}, continued`,
    columns: [0, ...group].map((index) => table.columns[index] ?? { title: '' }),
    rows: rowsOf(table, group),
  }));
}

/** Rows that are empty in all columns of a group but stood for something in others are left out. */
function rowsOf(table: ReportTable, group: readonly number[]): readonly (readonly string[])[] {
  return table.rows
    .map((row) => [0, ...group].map((index) => row[index] ?? ''))
    .filter((cells) => cells.some((cell) => cell !== ''));
}
