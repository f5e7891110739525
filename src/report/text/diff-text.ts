import type {
  AimChange,
  AllocationChange,
  AllocationSummary,
  LimitChange,
  ObjectChange,
  ObjectDiff,
  PlanDiff,
  SloChange,
} from '../../plan/index.ts';
import { formatPath } from '../../plan/index.ts';
import { formatDuration, formatPercent, formatUsd } from '../../units/index.ts';
import { limitAmount } from '../aims-phrases.ts';
import { plural, signedUsd } from '../phrases.ts';
import { shownCosts, shownSlo } from '../services/shown-changes.ts';
import { nodeChangeLines, serviceChangeLines } from '../services/services-diff-text.ts';
import { PLAIN } from './palette.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

/** Longest value printed inline; longer ones are cut with an ellipsis (the manifests hold them whole). */
const INLINE_LENGTH = 120;

/** The difference of two plans for a terminal; the sentence with cost, risk and objects last. */
export function renderDiff(diff: PlanDiff, palette: Palette = PLAIN): string {
  if (diff.isEmpty) return `No differences: the plans decide, cost and write the same.\n`;
  const sections: readonly (readonly [string, string])[] = [
    ['Inputs changed', diff.inputs.map((item) => item.input).join(', ')],
    ['Pod sets', diff.allocations.map((change) => allocationLine(change, palette)).join('\n')],
    ['Services', serviceChangeLines(diff.services, palette)],
    ['Nodes that services share (busiest window)', nodeChangeLines(diff.services, palette)],
    ['Aims', diff.aims.map(aimLine).join('\n')],
    ['SLO', sloTable(diff.slo, palette)],
    ['Limits beside the SLO', limitTable(diff.limits, palette)],
    ['Cost', costTable(diff, palette)],
    ['Objects', diff.objects.map((object) => objectLines(object, palette)).join('\n')],
    ['Policies', policyLines(diff, palette)],
  ];
  const body = sections
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `${palette.bold(title)}\n${text.replaceAll(/^(?=.)/gm, '  ')}`);
  return `${body.join('\n\n')}\n\n${palette.bold(diffSentence(diff))}\n`;
}

/** One sentence: cost delta, SLO risk, objects created, changed, deleted. */
export function diffSentence(diff: PlanDiff): string {
  if (diff.isEmpty) return 'No differences.';
  const { delta, before } = diff.cost;
  const share = before === 0 ? '' : ` (${delta >= 0 ? '+' : ''}${formatPercent(delta / before, 2)})`;
  const counts = (['create', 'update', 'delete'] as const).map(
    (action) => diff.objects.filter((object) => object.action === action).length,
  );
  return `${signedUsd(delta)} USD/month${share}, ${riskPhrase([...diff.slo, ...diff.limits])}, ${counts[0]} to create, ${counts[1]} to change, ${counts[2]} to delete.`;
}

function riskPhrase(changes: readonly SloChange[]): string {
  const broken = changes.filter((change) => change.risk === 'broken');
  if (broken.length > 0)
    return `SLO broken (${broken.map((change) => `${change.workload} ${change.limit}`).join(', ')})`;
  if (changes.some((change) => change.risk === 'higher')) return 'SLO risk higher';
  if (changes.some((change) => change.risk === 'lower')) return 'SLO risk lower';
  return 'SLO risk unchanged';
}

function allocationLine(change: AllocationChange, palette: Palette): string {
  switch (change.action) {
    case 'added':
      return palette.good(`+ ${change.id}: ${summaryPhrase(change.after)}`);
    case 'removed':
      return palette.bad(`- ${change.id}: ${summaryPhrase(change.before)}`);
    case 'changed':
      return palette.caution(
        `~ ${change.id}: ${summaryPhrase(change.before)} → ${summaryPhrase(change.after)}`,
      );
  }
}

function summaryPhrase(summary: AllocationSummary | undefined): string {
  if (summary === undefined) return '';
  const replicas =
    summary.minReplicas === summary.maxReplicas
      ? summary.maxReplicas
      : `${summary.minReplicas}–${summary.maxReplicas}`;
  return `${replicas} × ${summary.candidate} on ${summary.capacityType}`;
}

function aimLine({ workload, aim, before, after }: AimChange): string {
  return `${workload} ${aim}: ${aimWords(aim, before)} → ${aimWords(aim, after)}`;
}

function aimWords(aim: AimChange['aim'], value: string | number | undefined): string {
  if (value === undefined) return 'none';
  if (typeof value === 'string') return value;
  return aim === 'confidence' || aim === 'objective' || aim === 'serving'
    ? formatPercent(value)
    : limitAmount(aim, value);
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
    changes.map((change) => ({ ...change, words: (value: number) => limitAmount(change.limit, value) })),
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
  );
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
  );
  return more === '' ? table : `${table}\n${more}`;
}

function objectLines(object: ObjectDiff, palette: Palette): string {
  switch (object.action) {
    case 'create':
      return palette.good(`+ ${object.subject}`);
    case 'delete':
      return palette.bad(`- ${object.subject}`);
    case 'update':
      return [
        palette.caution(`~ ${object.subject}`),
        ...object.changes.flatMap((change) => changeLines(change, palette)).map((line) => `    ${line}`),
      ].join('\n');
  }
}

/** One change of a field for a terminal, a line each: `~ spec.replicas: 3 → 5`. */
export function changeLines(change: ObjectChange, palette: Palette): string[] {
  const path = formatPath(change.path);
  switch (change.action) {
    case 'added':
      return [palette.good(`+ ${path}: ${inline(change.after)}`)];
    case 'removed':
      return [palette.bad(`- ${path}: ${inline(change.before)}`)];
    case 'reordered':
      return [
        palette.caution(`~ ${path}: order by ${change.by} is now ${change.order.map(String).join(', ')}`),
      ];
    case 'changed':
      return Array.isArray(change.before) && Array.isArray(change.after)
        ? listChangeLines({ path, before: change.before, after: change.after }, palette)
        : [palette.caution(`~ ${path}: ${inline(change.before)} → ${inline(change.after)}`)];
  }
}

/** A replaced list of scalars: only the items that left and came. */
function listChangeLines(
  change: { readonly path: string; readonly before: readonly unknown[]; readonly after: readonly unknown[] },
  palette: Palette,
): string[] {
  const texts = { before: change.before.map(inline), after: change.after.map(inline) };
  const gone = texts.before.filter((item) => !texts.after.includes(item));
  const fresh = texts.after.filter((item) => !texts.before.includes(item));
  if (gone.length + fresh.length === 0)
    return [palette.caution(`~ ${change.path}: order or repetition changed`)];
  return [
    palette.caution(`~ ${change.path}: ${plural(gone.length + fresh.length, 'item')} changed`),
    ...gone.map((item) => palette.bad(`  - ${item}`)),
    ...fresh.map((item) => palette.good(`  + ${item}`)),
  ];
}

function inline(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > INLINE_LENGTH ? `${text.slice(0, INLINE_LENGTH)}…` : text;
}

function policyLines(diff: PlanDiff, palette: Palette): string {
  return [
    ...diff.policy.appeared.map((item) =>
      palette.bad(`+ ${item.level} ${item.pack}/${item.rule} on ${item.subject}: ${item.message}`),
    ),
    ...diff.policy.resolved.map((item) =>
      palette.good(`- ${item.level} ${item.pack}/${item.rule} on ${item.subject}`),
    ),
  ].join('\n');
}
