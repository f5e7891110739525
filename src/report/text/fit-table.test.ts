import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTable } from './fit-table.ts';
import type { Column, FittedTable } from './fit-table.ts';
import { COLOURED } from './palette.ts';
import { renderTable } from './table.ts';
import { anyText } from './testing/any-text.ts';
import { ELLIPSIS, textWidth } from './text-width.ts';

const COLUMNS: readonly Column[] = [
  { title: 'NAME' },
  { title: 'FACTS' },
  { title: 'USD', align: 'right' },
  { title: 'SOURCE', isMinor: true },
];
const ROWS = [
  ['h100-sxm', 'memory 80 GiB, bandwidth 3350 GB/s', '55.04', 'vendor sheet of 2023-03-21, page 2'],
  ['l40s', 'memory 48 GiB', '1.80', 'vendor sheet'],
];

/** Any columns with any rows for them. */
const anyTable = fc
  .array(fc.record({ isFigure: fc.boolean(), isMinor: fc.boolean(), title: fc.string({ maxLength: 8 }) }), {
    minLength: 1,
    maxLength: 7,
  })
  .chain((specs) =>
    fc.record({
      columns: fc.constant(
        specs.map(({ isFigure, isMinor, title }): Column => ({
          title,
          isMinor,
          align: isFigure ? 'right' : 'left',
        })),
      ),
      rows: fc.array(fc.array(anyText, { minLength: specs.length, maxLength: specs.length }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  );

/** Whether a cell shows a text: all of it, or its beginning and an ellipsis. */
function shows(cell: string, text: string): boolean {
  // eslint-disable-next-line no-control-regex
  const [shown, whole] = [cell, text].map((styled) => styled.replaceAll(/\u001b\[[\d;:]*m/g, ''));
  return (
    shown === whole || (shown?.endsWith(ELLIPSIS) === true && whole?.startsWith(shown.slice(0, -1)) === true)
  );
}

describe('a table in a line', () => {
  it('is left as it is where it fits', () => {
    expect(fitTable(COLUMNS, ROWS, Infinity)).toEqual([{ columns: COLUMNS, rows: ROWS }]);
  });

  it('shortens what matters least first, and no figure', () => {
    expect(renderTable(COLUMNS, ROWS, { width: 70 })).toMatchInlineSnapshot(`
      "NAME      FACTS                                 USD  SOURCE
      h100-sxm  memory 80 GiB, bandwidth 3350 GB/s  55.04  vendor sheet of …
      l40s      memory 48 GiB                        1.80  vendor sheet"
    `);
    expect(renderTable(COLUMNS, ROWS, { width: 50 })).toMatchInlineSnapshot(`
      "NAME      FACTS                    USD  SOURCE
      h100-sxm  memory 80 GiB, bandw…  55.04  vendor sh…
      l40s      memory 48 GiB           1.80  vendor sh…"
    `);
  });

  it('goes on below where even shortened words find no room', () => {
    expect(renderTable(COLUMNS, ROWS, { width: 36 })).toMatchInlineSnapshot(`
      "NAME      FACTS                  USD
      h100-sxm  memory 80 GiB, ban…  55.04
      l40s      memory 48 GiB         1.80

      NAME      SOURCE
      h100-sxm  vendor sheet of 2023-03-2…
      l40s      vendor sheet"
    `);
  });

  it('counts what the caller puts before every line', () => {
    const lines = renderTable(COLUMNS, ROWS, { width: 60, indent: 4 }).split('\n');
    expect(Math.max(...lines.map(textWidth))).toBe(56);
  });

  it('keeps breaks and cursor movements of its cells out', () => {
    expect(renderTable([{ title: 'A' }], [['x\r\ny\u001b[2J\tz']])).toBe('A\nx y[2J z');
  });

  it('is never wider than the line, whatever stands in it', () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 20, max: 120 }), ({ columns, rows }, width) => {
        for (const line of renderTable(columns, rows, { width }).split('\n'))
          expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('loses no column and no cell: each is shown whole or begun', () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 20, max: 120 }), ({ columns, rows }, width) => {
        const parts = fitTable(columns, rows, width);
        expect(parts.flatMap((part, index) => part.columns.slice(index === 0 ? 0 : 1))).toHaveLength(
          columns.length,
        );
        let next = 0;
        for (const [index, part] of parts.entries()) {
          const from = index === 0 ? 0 : next;
          const indices = part.columns.map((_, place) => (place === 0 ? 0 : Math.max(1, from) + place - 1));
          next = Math.max(...indices) + 1;
          expectCells(part, rows, { indices, isWhole: parts.length === 1 });
        }
      }),
    );
  });

  it('is not cut where it fits', () => {
    fc.assert(
      fc.property(anyTable, ({ columns, rows }) => {
        const whole = renderTable(columns, rows);
        const widths = columns.map((column, index) =>
          Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? ''))),
        );
        const width = widths.reduce((sum, own) => sum + own + 2, -2);
        expect(renderTable(columns, rows, { width })).toBe(whole);
      }),
    );
  });

  it('gives colours back at the end of a cut cell', () => {
    const table = renderTable([{ title: 'A' }], [[COLOURED.bad('a'.repeat(30))]], { width: 20 });
    expect(table).toBe(`A\n${COLOURED.bad(`${'a'.repeat(19)}…`)}`);
  });
});

/** Every row of `rows` is shown in `part`, but for those that are empty in all its columns. */
function expectCells(
  part: FittedTable,
  rows: readonly (readonly string[])[],
  { indices, isWhole }: { readonly indices: readonly number[]; readonly isWhole: boolean },
): void {
  const shown = rows
    .map((row) => indices.map((index) => row[index] ?? ''))
    .filter((cells) => isWhole || cells.some((cell) => cell !== ''));
  const cells = part.rows;
  expect(cells.length).toBe(shown.length);
  for (const [row, texts] of shown.entries())
    for (const [place, text] of texts.entries())
      expect([shows(cells[row]?.[place] ?? '', text), text]).toEqual([true, text]);
}
