import { cutText, textWidth } from './text-width.ts';

/** A column of a text table. */
export interface Column {
  readonly title: string;
  /** Figures stand right and are not shortened; words stand left (default). */
  readonly align?: 'left' | 'right';
  /** Words that a reader misses least (remarks, sources): shortened before those of other columns. */
  readonly isMinor?: boolean;
}

/** Columns and rows whose cells fit a line. */
export interface FittedTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** Blanks between columns. */
const GAP = 2;
/** Narrower lines are not fitted into: nothing could be read there. */
const LEAST_WIDTH = 20;
/** Cells below which words are not shortened while a further table could hold them: minor columns, others. */
const LEAST_MINOR = 10;
const LEAST_WORDS = 16;

/**
 * A table cut to a width (cells of a line, at least 20 count; Infinity leaves it whole): one that fits, or several that all begin with the first
 * column and hold the others in their order. Words are shortened with an ellipsis, minor columns first, then the widest; the first column last.
 */
export function fitTable(
  columns: readonly Column[],
  rows: FittedTable['rows'],
  width: number,
): readonly FittedTable[] {
  const most = Math.max(LEAST_WIDTH, width);
  const natural = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? ''))),
  );
  if (total(natural) <= most) return [{ columns, rows }];
  const least = natural.map((own, index) => Math.min(own, leastWidth(columns[index])));
  const groups = groupsOf(least, most);
  return groups.map((group) => {
    const widths = fittedWidths(
      group.map((index) => ({
        natural: natural[index] ?? 0,
        least: least[index] ?? 0,
        isFirst: index === 0,
        isMinor: columns[index]?.isMinor === true,
      })),
      most,
    );
    return {
      columns: group.map((index, place) => cutColumn(columns[index], widths[place] ?? 0)),
      rows: cutCells(rows, group, widths).filter(
        (cells) => groups.length === 1 || cells.some((cell) => cell !== ''),
      ),
    };
  });
}

function leastWidth(column: Column | undefined): number {
  if (column?.align === 'right') return Infinity;
  return column?.isMinor === true ? LEAST_MINOR : LEAST_WORDS;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, own) => sum + own, 0) + GAP * Math.max(0, widths.length - 1);
}

/** Which columns stand in one table: as many as fit at their least widths, but one beside the first at least. */
function groupsOf(least: readonly number[], most: number): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (let index = 1; index < least.length; index++) {
    const group = groups.at(-1);
    const longer = [...(group ?? [0]), index];
    if (group !== undefined && total(longer.map((item) => least[item] ?? 0)) <= most) group.push(index);
    else groups.push([0, index]);
  }
  return groups.length === 0 ? [[0]] : groups;
}

interface ColumnWidth {
  readonly natural: number;
  readonly least: number;
  readonly isFirst: boolean;
  readonly isMinor: boolean;
}

/** Widths that fit together: columns give way in their order of importance, down to their least widths, then below. */
function fittedWidths(columns: readonly ColumnWidth[], most: number): readonly number[] {
  const turns: readonly ((column: ColumnWidth) => boolean)[] = [
    ({ isMinor }) => isMinor,
    ({ isMinor, isFirst }) => !isMinor && !isFirst,
    ({ isFirst }) => isFirst,
  ];
  let widths = columns.map((column) => column.natural);
  for (const givesWay of turns) {
    const floors = columns.map((column, index) => (givesWay(column) ? column.least : (widths[index] ?? 0)));
    widths = narrowed(widths, floors, most);
  }
  // Not even the least widths fit: a line that is narrower than a figure, say. The first column keeps a third.
  const third = Math.max(1, Math.floor(most / 3));
  const floors = columns.map((column) => (column.isFirst ? Math.min(column.natural, third) : 1));
  return narrowed(widths, floors, most);
}

/** Widths reduced until they fit or all are at their floors; the widest goes down first, to the width of the next. */
function narrowed(widths: readonly number[], floors: readonly number[], most: number): number[] {
  const result = [...widths];
  for (let over = total(result) - most; over > 0; over = total(result) - most) {
    const open = result.flatMap((own, index) => (own > (floors[index] ?? 0) ? [index] : []));
    if (open.length === 0) break;
    const widest = open.reduce((a, b) => ((result[b] ?? 0) > (result[a] ?? 0) ? b : a));
    const others = open.filter((index) => index !== widest).map((index) => result[index] ?? 0);
    const own = result[widest] ?? 0;
    // One cell below the next widest at least, so that equals go down in turn.
    const next = Math.min(own - 1, Math.max(0, ...others));
    result[widest] = Math.max(own - over, next, floors[widest] ?? 0);
  }
  return result;
}

function cutColumn(column: Column | undefined, width: number): Column {
  return column === undefined ? { title: '' } : { ...column, title: cutText(column.title, width) };
}

/** The cells of a group of columns. Rows that are empty in all of them stood for something elsewhere; callers leave them out. */
function cutCells(
  rows: FittedTable['rows'],
  group: readonly number[],
  widths: readonly number[],
): FittedTable['rows'] {
  return rows.map((row) => group.map((index, place) => cutText(row[index] ?? '', widths[place] ?? 0)));
}
