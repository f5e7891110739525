import { escapeMarkdown, markdownTable } from '../markdown/markdown.ts';
import { indented } from '../serving/estimate-text.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { wrapText } from '../text/text-width.ts';

/** A titled part of a page: a table, or lines. Empty parts are not shown. */
export type PagePart =
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'lines'; readonly title: string; readonly lines: readonly string[] };

/** What a command tells, independent of its form, so that text and Markdown cannot disagree. Cells may hold colours of a palette. */
export interface Page {
  readonly title: string;
  /** Facts about the whole, one per line; may be empty. */
  readonly head: readonly string[];
  readonly parts: readonly PagePart[];
  /** What happened and what comes next: last in text, first in Markdown. */
  readonly sentence: string;
}

/** A page for a terminal: head, parts, the sentence last. */
export function pageText({ head, parts, sentence }: Page, palette: Palette = PLAIN): string {
  const sections = [head.join('\n'), ...parts.map((part) => partText(part, palette)), palette.bold(sentence)];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

/** A page for a pull request or an issue: title, sentence, head as a list, parts. User values in it are escaped. */
export function pageMarkdown({ title, head, parts, sentence }: Page): string {
  const sections = [
    `## ${escapeMarkdown(title)}`,
    escapeMarkdown(sentence),
    listOf(head),
    ...parts.map(partMarkdown),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function partText(part: PagePart, palette: Palette): string {
  const isTitled = part.title !== '';
  const indent = isTitled ? 2 : 0;
  const body =
    part.kind === 'table'
      ? renderTable(part.columns, part.rows, { ...palette, indent })
      : part.lines.flatMap((line) => wrapped(line, (palette.width ?? Infinity) - indent)).join('\n');
  if (body === '') return '';
  return isTitled ? `${palette.bold(part.title)}\n${indented(body)}` : body;
}

/** A line in as many as it takes; those that follow stand in by two. A line that fits keeps its blanks. */
function wrapped(line: string, width: number): readonly string[] {
  const [first = '', ...rest] = wrapText(line, width);
  return rest.length === 0
    ? [line]
    : [first, ...wrapText(rest.join(' '), width - 2).map((text) => `  ${text}`)];
}

function partMarkdown(part: PagePart): string {
  const body =
    part.kind === 'table'
      ? markdownTable(
          part.columns.map((column) => sentenceCase(column.title)),
          part.rows.map((row) => part.columns.map((_, index) => row[index] ?? '')),
        )
      : listOf(part.lines);
  return body === '' || part.title === '' ? body : `### ${escapeMarkdown(part.title)}\n\n${body}`;
}

function listOf(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => `- ${escapeMarkdown(line.trim())}`)
    .join('\n');
}

/** `NEXT STEP` as `Next step`; a title that is not in capitals stays. */
function sentenceCase(title: string): string {
  return title === title.toUpperCase() ? `${title.charAt(0)}${title.slice(1).toLowerCase()}` : title;
}
