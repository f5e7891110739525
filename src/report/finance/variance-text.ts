import type { CostVariance } from '../../cost/index.ts';
import { escapeMarkdown, markdownTable } from '../markdown/markdown.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { csvNumber, renderCsv } from './csv.ts';
import { ratePhrase } from './statement-phrases.ts';
import type { StatementTable } from './statement-tables.ts';
import { comparedPhrase, unmatchedTable, varianceSentence, varianceTable } from './variance-tables.ts';

/** A comparison of costs for a terminal; the difference in one sentence last. */
export function renderVariance(variance: CostVariance, palette: Palette = PLAIN, isFull = false): string {
  const view = palette.width === undefined ? {} : { width: palette.width };
  const draw = ({ columns, rows, more }: StatementTable): string => {
    const titled = columns.map((column) => ({ ...column, title: column.title.toUpperCase() }));
    return [renderTable(titled, rows, view), more].filter((part) => part !== '').join('\n');
  };
  return joined([
    palette.bold(comparedPhrase(variance)),
    draw(varianceTable(variance, isFull)),
    draw(unmatchedTable(variance, isFull)),
    [...variance.notes, ratePhrase(variance)].filter((note) => note !== '').join('\n'),
    palette.bold(varianceSentence(variance)),
  ]);
}

/** A comparison of costs as Markdown; the difference first. User values are escaped. */
export function renderVarianceMarkdown(variance: CostVariance, isFull = false): string {
  const draw = ({ columns, rows, more }: StatementTable): string =>
    joined([
      markdownTable(
        columns.map(({ title }) => title),
        rows,
      ),
      escapeMarkdown(more),
    ]).trimEnd();
  return joined([
    '## Costs compared',
    `**${escapeMarkdown(varianceSentence(variance))}**`,
    escapeMarkdown(comparedPhrase(variance)),
    draw(varianceTable(variance, isFull)),
    draw(unmatchedTable(variance, isFull)),
    ...[...variance.notes, ratePhrase(variance)].map(escapeMarkdown),
  ]);
}

/** A comparison of costs as CSV: one row per group, then what was not matched. Text cannot start a formula. */
export function renderVarianceCsv({ rows, unmatched, groupedBy, currency }: CostVariance): string {
  const money = (amount: number) => csvNumber(amount / 1e6, 6);
  return renderCsv(
    ['kind', groupedBy, 'currency', 'before', 'after', 'difference', 'volume', 'efficiency', 'mix', 'price'],
    [
      ...rows.map((row) => [
        'compared',
        row.key,
        currency.code,
        ...[row.before, row.after, row.after - row.before].map(money),
        ...[row.volume, row.efficiency, row.mix, row.price].map(money),
      ]),
      ...unmatched.map(({ why, what, cost }) => [
        'not compared',
        `${what} (${why})`,
        currency.code,
        null,
        money(cost),
        ...[null, null, null, null, null],
      ]),
    ],
  );
}

function joined(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}
