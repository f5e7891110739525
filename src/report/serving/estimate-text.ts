import { markdownTable, escapeMarkdown } from '../markdown/markdown.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import type { EstimateReport } from './estimate-report.ts';
import { estimateHead, estimateSentence, estimateTables } from './estimate-rows.ts';
import type { ReportTable } from './estimate-rows.ts';

/** An estimate for a terminal; one sentence last. */
export function renderEstimate(report: EstimateReport, palette: Palette = PLAIN): string {
  const sections = estimateTables(report).map((table) => textSection(table, palette));
  const assumptions = listSection('Chosen and assumed', report.assumptions, palette);
  return `${[estimateHead(report).join('\n'), ...sections, assumptions].filter((text) => text !== '').join('\n\n')}\n\n${palette.bold(estimateSentence(report))}\n`;
}

/** An estimate for a pull request or a page. */
export function renderEstimateMarkdown(report: EstimateReport): string {
  const head = estimateHead(report).map((line) => `- ${escapeMarkdown(line.trim())}`);
  const tables = estimateTables(report).map(markdownSection);
  const assumptions = report.assumptions.map((line) => `- ${escapeMarkdown(line)}`);
  return `## Estimate\n\n${escapeMarkdown(estimateSentence(report))}\n\n${head.join('\n')}\n\n${tables.join('\n\n')}\n\n### Chosen and assumed\n\n${assumptions.join('\n')}\n`;
}

/** A titled table for a terminal, indented. */
export function textSection(table: ReportTable, palette: Palette): string {
  return `${palette.bold(table.title)}\n${indented(renderTable(table.columns, table.rows, { ...palette, indent: 2 }))}`;
}

/** Text with two blanks before every line that holds something. */
export function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

/** A titled Markdown table. */
export function markdownSection(table: ReportTable): string {
  return `### ${escapeMarkdown(table.title)}\n\n${markdownTable(
    table.columns.map((column) => column.title.toLowerCase()),
    table.rows.map((row) => table.columns.map((_, index) => row[index] ?? '')),
  )}`;
}

/** A titled list for a terminal; nothing without items. */
export function listSection(title: string, items: readonly string[], palette: Palette): string {
  return items.length === 0
    ? ''
    : `${palette.bold(title)}\n${items.map((line) => `  ${palette.dim(line)}`).join('\n')}`;
}
