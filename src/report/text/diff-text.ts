import type { LimitChange, ObjectDiff, PlanDiff, SloChange, WorkloadChange } from '../../plan/index.ts';
import { formatDuration, formatPercent, formatUsd } from '../../units/index.ts';
import { limitAmount, limitTitle } from '../aims-phrases.ts';
import { cutRows } from '../cut-rows.ts';
import { diffSentence, reasonsPhrase, workloadPhrase } from '../diff-phrases.ts';
import { signedUsd } from '../phrases.ts';
import { printableValue } from '../printable.ts';
import { shownCosts, shownSlo } from '../services/shown-changes.ts';
import { nodeChangeLines, serviceChangeLines } from '../services/services-diff-text.ts';
import {
  aimLines,
  allocationLines,
  changeLines,
  inputLines,
  nodeLines,
  objectLine,
  verdictLines,
} from './diff-lines.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

export { diffSentence } from '../diff-phrases.ts';
export { changeLines } from './diff-lines.ts';

/** Cells that sections are indented by. */
const INDENT = 2;

/** The difference of two plans for a terminal: what was changed, what follows from it, the sentence with cost, risk and objects last. */
export function renderDiff(given: PlanDiff, palette: Palette = PLAIN): string {
  if (given.isEmpty) return `No differences: the plans decide, cost and write the same.\n`;
  const diff = printableValue(given);
  const sections: readonly (readonly [string, string])[] = [
    ['What was changed', inputLines(diff).join('\n')],
    ['Workloads', workloadLines(diff.workloads, palette)],
    ['Pod sets', allocationLines(diff, palette).join('\n')],
    ['Services', serviceChangeLines(diff.services, palette)],
    ['Nodes (most of any window)', nodeLines(diff, palette).join('\n')],
    ['Nodes that services share (busiest window)', nodeChangeLines(diff.services, palette)],
    ['Aims', aimLines(diff).join('\n')],
    ['SLO', sloTable(diff.slo, palette)],
    ['Limits beside the SLO', limitTable(diff.limits, palette)],
    ['Cost', costTable(diff, palette)],
    ['Objects', diff.objects.map((object) => objectLines(object, palette)).join('\n')],
    ['Policies', verdictLines(diff, palette).join('\n')],
  ];
  const body = sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `${palette.bold(title)}\n${text.replaceAll(/^(?=.)/gm, ' '.repeat(INDENT))}`);
  return `${body.join('\n\n')}\n\n${palette.bold(diffSentence(diff))}\n`;
}

/** Workloads that run or cost otherwise, with what was changed about them. */
function workloadLines(changes: readonly WorkloadChange[], palette: Palette): string {
  const { rows, more } = cutRows(
    changes.map((change) => [
      palette.bold(change.workload),
      `  before: ${workloadPhrase(change.before)}`,
      `  after:  ${workloadPhrase(change.after)}`,
      `  why:    ${reasonsPhrase(change)}`,
    ]),
    'workload',
  );
  return [...rows.map((lines) => lines.join('\n')), ...(more === '' ? [] : [more])].join('\n');
}

function sloTable(changes: readonly SloChange[], palette: Palette): string {
  const { items, more } = shownSlo(changes);
  const table = riskTable(
    items.map((change) => ({ ...change, words: formatDuration })),
    palette,
  );
  return [table, more].filter((text) => text !== '').join('\n');
}

function limitTable(changes: readonly LimitChange[], palette: Palette): string {
  return riskTable(
    changes.map((change) => ({
      ...change,
      limit: limitTitle(change.limit),
      words: (value: number) => limitAmount(change.limit, value),
    })),
    palette,
  );
}

function riskTable(
  changes: readonly (SloChange & { readonly words: (value: number) => string })[],
  palette: Palette,
): string {
  const side = (at: SloChange['before'], words: (value: number) => string): string =>
    at === undefined ? '–' : `${words(at.value)} (${formatPercent(at.headroom, 2)} headroom)`;
  const colour = { lower: palette.good, same: palette.dim, higher: palette.caution, broken: palette.bad };
  return renderTable(
    [{ title: 'WORKLOAD' }, { title: 'LIMIT' }, { title: 'BEFORE' }, { title: 'AFTER' }, { title: 'RISK' }],
    changes.map((change) => [
      change.workload,
      change.limit,
      side(change.before, change.words),
      side(change.after, change.words),
      colour[change.risk](change.risk),
    ]),
    tableView(palette),
  );
}

function tableView({ width }: Palette): { readonly width?: number; readonly indent: number } {
  return { indent: INDENT, ...(width === undefined ? {} : { width }) };
}

function costTable(diff: PlanDiff, palette: Palette): string {
  const { items, more } = shownCosts(diff.workloadCosts);
  const rows = [...items, diff.cost].map((change) => [
    change.subject,
    formatUsd(change.before),
    formatUsd(change.after),
    change.delta > 0 ? palette.bad(signedUsd(change.delta)) : palette.good(signedUsd(change.delta)),
  ]);
  if (diff.cost.delta === 0 && diff.workloadCosts.length === 0) return '';
  const table = renderTable(
    [
      { title: 'USD/MONTH' },
      { title: 'BEFORE', align: 'right' },
      { title: 'AFTER', align: 'right' },
      { title: 'DELTA', align: 'right' },
    ],
    rows,
    tableView(palette),
  );
  return more === '' ? table : `${table}\n${more}`;
}

function objectLines(object: ObjectDiff, palette: Palette): string {
  return [
    objectLine(object, palette),
    ...object.changes.flatMap((change) => changeLines(change, palette)).map((line) => `    ${line}`),
  ].join('\n');
}
