import type { CostVariance, VarianceRow } from '../../cost/index.ts';
import { formatPercent, formatUsd } from '../../units/index.ts';
import type { Money } from '../../units/index.ts';
import { plural } from '../phrases.ts';
import type { Column } from '../text/table.ts';
import { GROUP_TITLES } from './statement-phrases.ts';
import type { StatementTable } from './statement-tables.ts';

/** Rows before a table is cut. */
const SHOWN = 50;

const signed = (amount: Money): string => `${amount >= 0 ? '+' : ''}${formatUsd(amount)}`;
const right = (title: string): Column => ({ title, align: 'right' });

/** Costs before and after and the four reasons of their difference, the total last. */
export function varianceTable(variance: CostVariance, isFull: boolean): StatementTable {
  const { rows, total, groupedBy } = variance;
  const shown = isFull ? rows : rows.slice(0, SHOWN);
  const left = rows.length - shown.length;
  return {
    columns: [
      { title: GROUP_TITLES[groupedBy] },
      ...['Before', 'After', 'Difference', 'Volume', 'Efficiency', 'Mix', 'Price'].map(right),
    ],
    rows: [...shown, total].map(varianceCells),
    more: left <= 0 ? '' : `… and ${plural(left, 'more row')} (--full shows all; the total counts them)`,
  };
}

function varianceCells({ key, before, after, volume, efficiency, mix, price }: VarianceRow): string[] {
  const difference = (after - before) as typeof before;
  return [
    key,
    formatUsd(before),
    formatUsd(after),
    ...[difference, volume, efficiency, mix, price].map(signed),
  ];
}

/** Charges that belong to nothing of the plan; no rows where there are none. */
export function unmatchedTable({ unmatched }: CostVariance, isFull: boolean): StatementTable {
  const shown = isFull ? unmatched : unmatched.slice(0, SHOWN);
  const left = unmatched.length - shown.length;
  return {
    columns: [
      { title: 'Not in the comparison' },
      { title: 'What' },
      ...['Rows', 'First row', 'Cost'].map(right),
    ],
    rows: shown.map(({ why, what, rows, firstRow, cost }) => [
      why,
      what,
      rows === 0 ? '–' : String(rows),
      firstRow === undefined ? '–' : String(firstRow),
      formatUsd(cost),
    ]),
    more: left <= 0 ? '' : `… and ${plural(left, 'more kind')} (--full shows all)`,
  };
}

/** What is compared, in one line. */
export function comparedPhrase({ before, after, hours, period, currency }: CostVariance): string {
  const when =
    period === undefined
      ? `${formatHours(hours)} h`
      : `${period.start} to ${period.end} (${formatHours(hours)} h)`;
  return `Costs of ${before.name} against ${after.name}, ${when}, ${currency.code}`;
}

/** The sentence a comparison ends with: the difference and its largest reason. */
export function varianceSentence({ total, currency }: CostVariance): string {
  const difference = (total.after - total.before) as typeof total.before;
  if (difference === 0) return `No difference: both cost ${formatUsd(total.after)} ${currency.code}.`;
  const reasons = (['volume', 'efficiency', 'mix', 'price'] as const).map((name) => ({
    name,
    amount: total[name],
  }));
  const [largest] = reasons.toSorted((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const share =
    total.before > 0 ? ` (${difference > 0 ? '+' : ''}${formatPercent(difference / total.before)})` : '';
  return `${signed(difference)} ${currency.code}${share}, from ${formatUsd(total.before)} to ${formatUsd(total.after)}; most of it ${largest?.name ?? ''} (${signed(largest?.amount ?? difference)}).`;
}

function formatHours(hours: number): string {
  return String(Math.round(hours * 100) / 100);
}
