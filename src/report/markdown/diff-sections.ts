import type { LimitChange, PlanDiff, SloChange } from '../../plan/index.ts';
import { formatDuration, formatPercent, formatUsd } from '../../units/index.ts';
import { limitAmount, limitTitle } from '../aims-phrases.ts';
import { plural, signedUsd } from '../phrases.ts';
import { nodeChangeLines, serviceChangeLines } from '../services/services-diff-text.ts';
import {
  aimLines,
  allocationLines,
  inputLines,
  nodeLines,
  objectLine,
  verdictLines,
} from '../text/diff-lines.ts';
import { PLAIN } from '../text/palette.ts';
import type { CommentSection } from './comment.ts';
import { escapeMarkdown, fenced, markdownTable } from './markdown.ts';
import { manifestLines } from './manifest-lines.ts';

/** Titles of the folds from the one that is missed least to the one that is missed most: the order in which they are left out. */
export const DROP_ORDER = [
  'Manifests',
  'Assumptions',
  'Inputs',
  'Nodes',
  'Cost by workload',
  'Decisions',
  'Latency and limits',
  'Policies',
] as const;

/** A title that sections go by. */
export type SectionTitle = (typeof DROP_ORDER)[number];

/** The folded details of a difference, in the order in which they are read; those without content have empty texts. */
export function diffSections(diff: PlanDiff): readonly CommentSection[] {
  const section = (title: SectionTitle, body: string): CommentSection => ({
    title,
    versions: [body],
    names: [title.toLowerCase()],
  });
  return [
    section('Decisions', decisions(diff)),
    section('Nodes', list([...nodeLines(diff, PLAIN), ...lines(nodeChangeLines(diff.services, PLAIN))])),
    section('Latency and limits', headroom(diff)),
    section('Cost by workload', costs(diff)),
    section('Policies', list(verdictLines(diff, PLAIN))),
    section('Inputs', list(inputLines(diff))),
    section('Assumptions', assumptions(diff)),
    {
      title: 'Manifests',
      versions: [manifests(diff), list(diff.objects.map((object) => objectLine(object, PLAIN)))],
      names: ['manifests field by field', 'the list of manifests'],
    },
  ];
}

function decisions(diff: PlanDiff): string {
  const status =
    diff.status.before === diff.status.after ? [] : [`status: ${diff.status.before} → ${diff.status.after}`];
  return list([
    ...status,
    ...aimLines(diff),
    ...allocationLines(diff, PLAIN),
    ...lines(serviceChangeLines(diff.services, PLAIN)),
  ]);
}

function headroom({ slo, limits }: PlanDiff): string {
  const cells = (
    change: SloChange | LimitChange,
    title: string,
    words: (value: number) => string,
  ): readonly string[] => [
    change.workload,
    title,
    side(change.before, words),
    side(change.after, words),
    change.risk,
  ];
  return markdownTable(
    ['Workload', 'Limit', 'Before', 'After', 'Risk'],
    [
      ...slo.map((change) => cells(change, change.limit, (value) => formatDuration(value))),
      ...limits.map((change) =>
        cells(change, limitTitle(change.limit), (value) => limitAmount(change.limit, value)),
      ),
    ],
  );
}

function side(at: SloChange['before'], words: (value: number) => string): string {
  return at === undefined ? '–' : `${words(at.value)} (${formatPercent(at.headroom, 2)} headroom)`;
}

function costs({ workloadCosts, cost }: PlanDiff): string {
  if (workloadCosts.length === 0 && cost.delta === 0) return '';
  return markdownTable(
    ['USD per month', 'Before', 'After', 'Difference'],
    [...workloadCosts, cost].map((change) => [
      change.subject,
      formatUsd(change.before),
      formatUsd(change.after),
      signedUsd(change.delta),
    ]),
  );
}

function assumptions({ assumptions: { appeared, gone } }: PlanDiff): string {
  return list([
    ...appeared.map((item) => `+ ${item.subject} (${item.evidence}): ${item.statement}`),
    ...gone.map((item) => `- ${item.subject} (${item.evidence}): ${item.statement}`),
  ]);
}

function manifests({ objects }: PlanDiff): string {
  if (objects.length === 0) return '';
  const changed = objects.filter((object) => object.action === 'update').length;
  return `${plural(objects.length, 'object')}, ${changed} of them changed:\n\n${fenced(objects.flatMap(manifestLines).join('\n'), 'diff')}`;
}

/** Lines of a terminal as a list; a line that goes on below stays one item. */
function list(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(marked(item))}`).join('\n');
}

/** The signs of a terminal in words: a list in Markdown has dashes of its own. */
function marked(item: string): string {
  const words: Readonly<Record<string, string>> = { '+ ': 'new: ', '- ': 'gone: ', '~ ': '' };
  return `${words[item.slice(0, 2)] ?? item.slice(0, 2)}${item.slice(2)}`;
}

/** Lines of a text whose deeper lines belong to the one above. */
function lines(text: string): readonly string[] {
  return text === '' ? [] : text.split(/\n(?! )/).map((line) => line.replaceAll(/\n\s*/g, '; '));
}
