import { escapeMarkdown, fenced, markdownTable } from '../markdown/markdown.ts';
import { printable } from '../printable.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';
import type { Column, TableView } from './table.ts';
import { wrapText } from './text-width.ts';

/** A part of a section: sentences, a table, or text that was laid out before. */
export type ExplainedBlock =
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'laid-out'; readonly render: (view: TableView) => string };

/** A title and what is told under it. */
export interface ExplainedSection {
  readonly title: string;
  readonly blocks: readonly ExplainedBlock[];
}

const INDENT = '  ';

/** Sentences as a block. */
export function linesOf(...lines: readonly string[]): ExplainedBlock {
  return { kind: 'lines', lines: lines.flatMap((line) => (line === '' ? [] : line.split('\n'))) };
}

/** Sections for a terminal, wrapped to its width; empty ones are left out. */
export function renderSections(sections: readonly ExplainedSection[], palette: Palette): string {
  const width = palette.width ?? Infinity;
  const parts = sections.flatMap(({ title, blocks }) => {
    const body = blocks.map((block) => textOf(block, width)).filter((text) => text !== '');
    return body.length === 0 ? [] : [`${palette.bold(printable(title))}\n${body.join('\n')}`];
  });
  return `${parts.join('\n\n')}\n`;
}

function textOf(block: ExplainedBlock, width: number): string {
  switch (block.kind) {
    case 'lines':
      return block.lines.flatMap((line) => wrappedLine(line, width)).join('\n');
    case 'table':
      return indented(renderTable(block.columns, block.rows, { width, indent: INDENT.length }));
    case 'laid-out':
      return indented(block.render({ width, indent: INDENT.length }));
  }
}

/** A line that keeps its own indent; what does not fit goes on further in. */
function wrappedLine(line: string, width: number): readonly string[] {
  const own = INDENT + (/^ */.exec(line)?.[0] ?? '');
  const lines = wrapText(printable(line), width - own.length - INDENT.length);
  return lines.map((text, index) => `${own}${index === 0 ? '' : INDENT}${text}`);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, INDENT);
}

/** The same as Markdown: sentences as bullets, tables as tables. */
export function renderSectionsMarkdown(sections: readonly ExplainedSection[]): string {
  const parts = sections.flatMap(({ title, blocks }, index) => {
    const body = blocks.map(markdownOf).filter((text) => text !== '');
    const heading = `${index === 0 ? '##' : '###'} ${escapeMarkdown(printable(title))}`;
    return body.length === 0 ? [] : [`${heading}\n\n${body.join('\n\n')}`];
  });
  return `${parts.join('\n\n')}\n`;
}

function markdownOf(block: ExplainedBlock): string {
  switch (block.kind) {
    case 'lines':
      return block.lines
        .map((line) => `${line.startsWith(' ') ? '  ' : ''}- ${escapeMarkdown(printable(line.trim()))}`)
        .join('\n');
    case 'table':
      return markdownTable(
        block.columns.map((column) => column.title.toLowerCase()),
        block.rows.map((row) => row.map(printable)),
      );
    case 'laid-out':
      return fencedUnlessEmpty(block.render({}));
  }
}

function fencedUnlessEmpty(text: string): string {
  return text === '' ? '' : fenced(text);
}
