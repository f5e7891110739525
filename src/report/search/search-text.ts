import { escapeMarkdown, fenced } from '../markdown/markdown.ts';
import { listSection, markdownSection, textSection } from '../serving/estimate-text.ts';
import type { ReportTable } from '../serving/estimate-rows.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { energyMarks, paretoChart } from './pareto-text.ts';
import type { SearchReport } from './search-report.ts';
import {
  confidenceLines,
  energyLines,
  paretoTable,
  planTable,
  proofLines,
  searchHead,
  searchSentence,
} from './search-rows.ts';

/** Rows of the Pareto table at most; the JSON holds all. */
const MOST_PARETO_ROWS = 12;

/** A search for a terminal: what was asked, the best plans, the Pareto chart, energy, safety, proof; one sentence last. */
export function renderSearch(report: SearchReport, palette: Palette = PLAIN): string {
  const head = searchHead(report).map(([label, text]) => `${palette.bold(label.padEnd(9))}${text}`);
  const tables = [planTable(report, palette), ...paretoTables(report)];
  const chart = paretoChart(report, palette);
  const sections = [
    head.join('\n'),
    ...tables.map((table) => textSection(table, palette)),
    chart === '' ? '' : `${palette.bold(chartTitle(report))}\n${chart.replaceAll(/^(?=.)/gm, '  ')}`,
    linesSection('Energy beside latency', energyLines(report), palette),
    linesSection('Confidence', confidenceLines(report), palette),
    linesSection('Proof', proofLines(report), palette),
    listSection('Chosen and assumed', report.assumptions, palette),
    palette.bold(searchSentence(report)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

/** A search for a pull request or a page. */
export function renderSearchMarkdown(report: SearchReport): string {
  const head = searchHead(report).map(
    ([label, text]) => `- ${label === '' ? '' : `${label}: `}${escapeMarkdown(text)}`,
  );
  const chart = paretoChart(report);
  const list = (title: string, lines: readonly string[]): string =>
    lines.length === 0
      ? ''
      : `### ${title}\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}`;
  const parts = [
    `## Search for ${escapeMarkdown(report.model)}`,
    escapeMarkdown(searchSentence(report)),
    head.join('\n'),
    ...[planTable(report), ...paretoTables(report)].map(markdownSection),
    chart === '' ? '' : `### ${chartTitle(report)}\n\n${fenced(chart)}`,
    list('Energy beside latency', energyLines(report)),
    list('Confidence', confidenceLines(report)),
    list('Proof', proofLines(report)),
    list('Chosen and assumed', report.assumptions),
  ];
  return `${parts.filter((text) => text !== '').join('\n\n')}\n`;
}

function chartTitle({ isPriced }: SearchReport): string {
  return `p99 end-to-end latency over ${isPriced ? 'cost' : 'accelerators'}, energy as mark`;
}

/** The Pareto set as a table with the marks of the chart; nothing where one plan is best in everything. */
function paretoTables(report: SearchReport): readonly ReportTable[] {
  if (report.pareto.length < 2) return [];
  const table = paretoTable(report, energyMarks(report.pareto));
  const more = table.rows.length - MOST_PARETO_ROWS;
  if (more <= 0) return [table];
  return [
    { ...table, rows: [...table.rows.slice(0, MOST_PARETO_ROWS), ['', `… and ${more} more with --json`]] },
  ];
}

function linesSection(title: string, lines: readonly string[], palette: Palette): string {
  return lines.length === 0 ? '' : `${palette.bold(title)}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
