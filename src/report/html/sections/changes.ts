import type { ObjectDiff, PlanDiff } from '../../../plan/index.ts';
import { formatDuration, formatPercent, formatUsd } from '../../../units/index.ts';
import { limitAmount } from '../../aims-phrases.ts';
import { plural, signedUsd, statusPhrase } from '../../phrases.ts';
import { nodeChangeLines, serviceChangeLines } from '../../services/services-diff-text.ts';
import { shownCosts, shownSlo } from '../../services/shown-changes.ts';
import { changeLines } from '../../text/diff-lines.ts';
import { PLAIN } from '../../text/palette.ts';
import { verdict } from '../markup/badges.ts';
import type { Tone } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, folded, htmlTable } from '../markup/table.ts';
import type { ReportDocument } from '../report-document.ts';

/** Objects listed with their changes before the rest is counted. */
const SHOWN_OBJECTS = 150;

/** What differs from the plan compared with: money, decisions, nodes, promises, policies, objects. */
export function changesSection({ plan, before }: ReportDocument): Markup {
  if (before === undefined) return html``;
  const { diff } = before;
  if (diff.isEmpty) return html`<p>No differences: the plans decide, cost and write the same.</p>`;
  return html`${overview(diff)}${costChanges(diff)}${decisionChanges(diff)}${latencyChanges(diff)}${aimChanges(diff)}${policyChanges(diff)}${objectChanges(diff, plan.objects.length)}`;
}

function overview(diff: PlanDiff): Markup {
  const status = (side: 'before' | 'after'): string =>
    statusPhrase({ status: diff.status[side], gap: diff.gap[side] }) ?? diff.status[side];
  return htmlTable({
    caption: 'The plans side by side',
    columns: columnsOf(['What', 'Before', 'After', 'Change'], ['Before', 'After', 'Change']),
    rows: [
      ['USD per month', formatUsd(diff.cost.before), formatUsd(diff.cost.after), deltaOf(diff.cost)],
      [
        'Answer',
        status('before'),
        status('after'),
        diff.status.before === diff.status.after ? '' : 'changed',
      ],
      ['Inputs changed', '', diff.inputs.map((item) => item.input).join(', ') || 'none', ''],
    ],
  });
}

function deltaOf({ delta, before }: PlanDiff['cost']): Markup {
  const share = before === 0 ? '' : ` (${delta >= 0 ? '+' : ''}${formatPercent(delta / before, 2)})`;
  return html`<b class="${delta > 0 ? 'more-cost' : delta < 0 ? 'less-cost' : ''}"
    >${signedUsd(delta)}${share}</b
  >`;
}

function costChanges(diff: PlanDiff): Markup {
  const { items, more } = shownCosts(diff.workloadCosts);
  const table = htmlTable({
    caption: 'Cost by workload, before and after',
    columns: columnsOf(['Workload', 'Before', 'After', 'Change'], ['Before', 'After', 'Change']),
    rows: items.map((item) => [
      html`<bdi>${item.subject}</bdi>`,
      formatUsd(item.before),
      formatUsd(item.after),
      deltaOf(item),
    ]),
    more,
  });
  return table.markup === ''
    ? table
    : html`<h3>Cost</h3>
        ${table}`;
}

function decisionChanges(diff: PlanDiff): Markup {
  const podSets = htmlTable({
    caption: 'Pod sets that differ',
    columns: columnsOf(['Pod set', 'Change', 'Before', 'After']),
    rows: diff.allocations.map((item) => [
      html`<bdi>${item.id}</bdi>`,
      verdict(ACTION_TONES[item.action] ?? 'plain', item.action),
      podSetWords(item.before),
      podSetWords(item.after),
    ]),
  });
  const lists = [
    ['Services', serviceChangeLines(diff.services, PLAIN)],
    ['Nodes that services share', nodeChangeLines(diff.services, PLAIN)],
  ] as const;
  return html`${
    podSets.markup === ''
      ? undefined
      : html`<h3>Decisions</h3>
          ${podSets}`
  }${lists.map(([title, text]) =>
    text === ''
      ? undefined
      : html`<h3>${title}</h3>
          ${changeList(text)}`,
  )}`;
}

const ACTION_TONES: Readonly<Record<string, Tone | undefined>> = {
  added: 'good',
  removed: 'bad',
  changed: 'caution',
};

function podSetWords(summary: PlanDiff['allocations'][number]['before']): string {
  if (summary === undefined) return '–';
  const { minReplicas: least, maxReplicas: most } = summary;
  return `${least === most ? most : `${least}–${most}`} × ${summary.candidate} on ${summary.capacityType}`;
}

/** Lines of a textual difference: each begins with its sign. */
function changeList(text: string): Markup {
  const lines = text.split('\n').map((line) => html`<span class="${lineClass(line)}">${line}</span>`);
  return html`<code class="diff">${lines}</code>`;
}

function lineClass(line: string): string {
  const sign = line.trimStart()[0];
  if (sign === '+') return 'added';
  return sign === '-' ? 'removed' : sign === '~' ? 'changed' : '';
}

const RISK_TONES: Readonly<Record<string, Tone | undefined>> = {
  lower: 'good',
  same: 'plain',
  higher: 'caution',
  broken: 'bad',
};

function latencyChanges(diff: PlanDiff): Markup {
  const { items, more } = shownSlo(diff.slo);
  const rows = [
    ...items.map((item) => ({ item, words: formatDuration })),
    ...diff.limits.map((item) => ({ item, words: (value: number) => limitAmount(item.limit, value) })),
  ];
  const side = (
    at: { readonly value: number; readonly headroom: number } | undefined,
    words: (value: number) => string,
  ): string => (at === undefined ? '–' : `${words(at.value)} (${formatPercent(at.headroom, 2)} headroom)`);
  const table = htmlTable({
    caption: 'Promises, before and after',
    columns: columnsOf(['Workload', 'Limit', 'Before', 'After', 'Risk'], ['Before', 'After']),
    rows: rows.map(({ item, words }) => [
      html`<bdi>${item.workload}</bdi>`,
      item.limit,
      side(item.before, words),
      side(item.after, words),
      verdict(RISK_TONES[item.risk] ?? 'plain', item.risk),
    ]),
    more,
  });
  return table.markup === ''
    ? table
    : html`<h3>Latencies and limits</h3>
        ${table}`;
}

function aimChanges({ aims }: PlanDiff): Markup {
  const words = (value: string | number | undefined): string =>
    value === undefined ? 'none' : String(value);
  const table = htmlTable({
    caption: 'What workloads are planned for',
    columns: columnsOf(['Workload', 'Aim', 'Before', 'After']),
    rows: aims.map((item) => [item.workload, item.aim, words(item.before), words(item.after)]),
  });
  return table.markup === ''
    ? table
    : html`<h3>Aims</h3>
        ${table}`;
}

function policyChanges({ policy }: PlanDiff): Markup {
  const rows = [
    ...policy.appeared.map(
      (item) => ({ item, tone: item.level === 'mandatory' ? 'bad' : 'caution', word: 'appeared' }) as const,
    ),
    ...policy.resolved.map((item) => ({ item, tone: 'good', word: 'resolved' }) as const),
  ];
  const table = htmlTable({
    caption: 'Policy violations that appeared or were resolved',
    columns: columnsOf(['Rule', 'Change', 'Level', 'Subject', 'What is wrong']),
    rows: rows.map(({ item, tone, word }) => [
      html`<code>${item.pack}/${item.rule}</code>`,
      verdict(tone, word),
      item.level,
      item.subject,
      item.message,
    ]),
  });
  return table.markup === ''
    ? table
    : html`<h3>Policies</h3>
        ${table}`;
}

function objectChanges({ objects }: PlanDiff, planned: number): Markup {
  if (objects.length === 0)
    return html`<h3>Objects</h3>
      <p>All ${plural(planned, 'object')} stay as they are.</p>`;
  const count = (action: ObjectDiff['action']): number =>
    objects.filter((item) => item.action === action).length;
  const shown = objects.slice(0, SHOWN_OBJECTS);
  const more =
    objects.length > shown.length
      ? html`<p class="more">… and ${objects.length - shown.length} more</p>`
      : undefined;
  return html`<h3>Objects</h3>
    <p>${count('create')} to create, ${count('update')} to change, ${count('delete')} to delete.</p>
    ${folded('Every change', html`${shown.map(objectChange)}${more}`)}`;
}

function objectChange(object: ObjectDiff): Markup {
  const sign = { create: '+', update: '~', delete: '-' }[object.action] ?? '';
  const lines = object.changes.flatMap((change) => changeLines(change, PLAIN)).map((line) => `    ${line}`);
  return changeList([`${sign} ${object.subject}`, ...lines].join('\n'));
}
