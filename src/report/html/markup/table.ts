import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** One column of a table; figures stand to the right in digits of one width. */
export interface HtmlColumn {
  readonly title: string;
  readonly isFigure?: boolean;
}

/** A table with its caption for those who cannot see it. */
export interface HtmlTable {
  readonly caption: string;
  readonly columns: readonly HtmlColumn[];
  /** Cells in the order of the columns; the first names its row. */
  readonly rows: readonly (readonly Content[])[];
  /** A line below the table: what was cut. */
  readonly more?: string;
}

/** Tables of more columns may be wider than a narrow page and scroll. */
const NARROW_COLUMNS = 2;

/** A table that scrolls by itself where it is too wide; nothing without rows. End tags that HTML allows to leave out are left out. */
export function htmlTable({ caption, columns, rows, more }: HtmlTable): Markup {
  if (rows.length === 0) return html``;
  const head = columns.map(({ title, isFigure }) =>
    isFigure === true ? html`<th scope="col" class="n">${title}</th>` : html`<th scope="col">${title}</th>`,
  );
  const body = rows.map(
    (cells) =>
      html`<tr>
        ${cells.map((cell, index) => tableCell(cell, columns[index], index))}
      </tr>`,
  );
  const table = html`<table><caption class="vh">${caption}</caption><thead><tr>${head}<tbody>${body}</table>`;
  const line = more === undefined || more === '' ? undefined : html`<p class="more">${more}</p>`;
  return columns.length > NARROW_COLUMNS
    ? html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">${table}</div>
        ${line}`
    : html`${table}${line}`;
}

function tableCell(cell: Content, column: HtmlColumn | undefined, index: number): Markup {
  if (index === 0) return html`<th scope="row">${cell}</th>`;
  return column?.isFigure === true ? html`<td class="n">${cell}</td>` : html`<td>${cell}</td>`;
}

/** Columns by their titles; those in `figures` hold figures. */
export function columnsOf(titles: readonly string[], figures: readonly string[] = []): readonly HtmlColumn[] {
  return titles.map((title) => ({ title, isFigure: figures.includes(title) }));
}

/** Something folded away that opens on click, by keyboard, without a script, and in print. Nothing where there is nothing to show. */
export function folded(summary: Content, body: Markup): Markup {
  return body.markup === ''
    ? body
    : html`<details class="fold">
        <summary>${summary}</summary>
        ${body}
      </details>`;
}

/** Terms with what they say; entries without an answer are left out. */
export function factList(facts: readonly (readonly [term: string, answer: Content])[]): Markup {
  const told = facts.filter(([, answer]) => answer !== undefined && answer !== '');
  return told.length === 0
    ? html``
    : html`<dl class="facts">
        ${told.map(
          ([term, answer]) =>
            html`<div>
              <dt>${term}</dt>
              <dd>${answer}</dd>
            </div>`,
        )}
      </dl>`;
}
