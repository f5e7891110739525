import { renderCsv } from '../finance/csv.ts';
import type { CsvCell } from '../finance/csv.ts';
import { escapeMarkdown, markdownTable } from '../markdown/markdown.ts';
import { printableValue } from '../printable.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { wrapText } from '../text/text-width.ts';
import { VARIANT_TITLES, spotShareOf, variantRows, variantSentence, whatIfSentence } from './what-if-rows.ts';
import type { VariantOutcome, WhatIfReport } from './what-if-report.ts';

const FIGURES: ReadonlySet<string> = new Set(['USD/month', 'change', 'replicas', 'spot', 'headroom']);
/** Blanks before every line below a title. */
const INDENT = '  ';

/** Variants as text for a terminal: a table, what each changes in words, one sentence last. */
export function renderWhatIf(raw: WhatIfReport, palette: Palette = PLAIN): string {
  const report = printableValue(raw);
  const columns = VARIANT_TITLES.map((title): Column => ({
    title: title.toUpperCase(),
    ...(FIGURES.has(title) ? { align: 'right' as const } : {}),
    ...(title === 'status' || title === 'runs as' ? { isMinor: true } : {}),
  }));
  const width = palette.width ?? Infinity;
  const table = renderTable(columns, variantRows(report), { width, indent: INDENT.length });
  const lines = report.variants.flatMap((item) => hanging(`${item.name}: ${variantSentence(item)}`, width));
  const sentence = wrapText(whatIfSentence(report), width).map((line) => palette.bold(line));
  const sections = [
    `${palette.bold(`What if, for ${report.stack}`)}\n${table.replaceAll(/^(?=.)/gm, INDENT)}`,
    ...(lines.length === 0 ? [] : [`${palette.bold('What changes')}\n${lines.join('\n')}`]),
    sentence.join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** A text in lines that fit, all but the first further in. */
export function hanging(text: string, width: number): readonly string[] {
  return wrapText(text, width - 2 * INDENT.length).map((line, index) =>
    index === 0 ? `${INDENT}${line}` : `${INDENT}${INDENT}${line}`,
  );
}

/** The same for pull requests and documents. */
export function renderWhatIfMarkdown(raw: WhatIfReport): string {
  const report = printableValue(raw);
  const titles = VARIANT_TITLES.map((title) => `${title.charAt(0).toUpperCase()}${title.slice(1)}`);
  const lines = report.variants.map(
    (item) => `- **${escapeMarkdown(item.name)}**: ${escapeMarkdown(variantSentence(item))}`,
  );
  return `${[
    escapeMarkdown(whatIfSentence(report)),
    markdownTable(titles, variantRows(report)),
    ...(lines.length === 0 ? [] : [`### What changes\n\n${lines.join('\n')}`]),
  ].join('\n\n')}\n`;
}

const CSV_HEADER = [
  'variant',
  'status',
  'gap',
  'usd_per_month',
  'delta_usd_per_month',
  'delta_share',
  'accelerators',
  'runs',
  'replicas_min',
  'replicas_max',
  'spot_share',
  'headroom_share',
  'headroom_of',
  'mandatory_violations',
  'changes',
] as const;

/** One row per variant for spreadsheets; money in dollars, shares as fractions, nothing where nothing is known. */
export function renderWhatIfCsv(report: WhatIfReport): string {
  const { base, variants } = printableValue(report);
  return renderCsv(CSV_HEADER, [base, ...variants].map(csvRow));
}

function csvRow(item: VariantOutcome): readonly CsvCell[] {
  const { plan, delta } = item;
  const runs = plan === undefined ? [] : [...plan.models, ...plan.services];
  const join = (values: readonly string[]): string => [...new Set(values)].join(' + ');
  const orNull = (value: number | undefined): number | null => value ?? null;
  return [
    item.name,
    item.status,
    plan === undefined ? null : item.gap,
    plan === undefined ? null : plan.perMonth / 1e6,
    delta === undefined ? null : delta.perMonth / 1e6,
    orNull(delta?.share),
    join(plan?.models.flatMap((model) => model.accelerators) ?? []),
    join(plan?.models.flatMap((model) => model.runs) ?? []),
    plan === undefined ? null : runs.reduce((sum, run) => sum + run.replicas.min, 0),
    plan === undefined ? null : runs.reduce((sum, run) => sum + run.replicas.max, 0),
    plan === undefined ? null : spotShareOf(plan),
    orNull(plan?.headroom?.share),
    plan?.headroom?.where ?? '',
    orNull(plan?.violations),
    plan === undefined ? variantSentence(item) : item.differences.join('; '),
  ];
}
