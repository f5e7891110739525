import type { CostChange, PlanDiff, WorkloadChange } from '../../plan/index.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';
import { diffSentence, reasonsPhrase, workloadPhrase } from '../diff-phrases.ts';
import { perMonth, plural, signedUsd } from '../phrases.ts';
import { fitComment } from './comment.ts';
import { DROP_ORDER, diffSections } from './diff-sections.ts';
import { commentMarker } from './marker.ts';
import { escapeMarkdown, inlineCode, markdownTable } from './markdown.ts';

/** Longest text of a user in the part of a comment that always stays, in characters. */
const LONGEST_CELL = 240;

/** What a comment about a difference needs beside it. */
export interface DiffMarkdownOptions {
  /** Name in the hidden marker; default the stack's. */
  readonly marker?: string;
  /** The command line that shows the whole difference; default `plimsoll diff`. */
  readonly command?: string;
}

/**
 * The difference of two plans as a comment on a pull request: hidden marker (so that a bot can write it over), one sentence,
 * a small table of workloads with what was changed about them, details folded; never longer than `COMMENT_BYTES`.
 */
export function renderDiffMarkdown(diff: PlanDiff, options: DiffMarkdownOptions = {}): string {
  const stack = shortened(diff.stack.after);
  const marker = commentMarker('diff', options.marker ?? diff.stack.after);
  if (diff.isEmpty) {
    return `${marker}\n\n**${escapeMarkdown(stack)}**: no changes; the plans decide, cost and write the same.\n`;
  }
  return fitComment({
    head: [marker, `**${escapeMarkdown(stack)}**: ${escapeMarkdown(shortened(diffSentence(diff), 1000))}`],
    overview: overview(diff),
    overviewName: 'the table of workloads',
    sections: diffSections(diff),
    dropped: DROP_ORDER,
    elsewhere: inlineCode(shortened(options.command ?? 'plimsoll diff', 1000)),
  });
}

function overview(diff: PlanDiff): string {
  const { workloads } = diff;
  if (workloads.length === 0) return 'No workload runs or costs otherwise.';
  const shown = workloads.slice(0, SHOWN_ROWS);
  const names = new Set(workloads.map((change) => change.workload));
  const unused = diff.workloadCosts
    .filter(({ subject }) => /^\(\w+\)$/.test(subject) && !names.has(subject))
    .map((change) => [change.subject, ...bothSides(change), 'nodes that no workload uses']);
  const total =
    workloads.length + unused.length > 1
      ? [['all', ...bothSides(diff.cost), `${signedUsd(diff.cost.delta)} USD/month`]]
      : [];
  const left = workloads.length - shown.length;
  return [
    markdownTable(['Workload', 'Before', 'After', 'Why'], [...shown.map(cells), ...unused, ...total]),
    left > 0 ? `… and ${plural(left, 'more workload')} that cost less of a difference.` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function bothSides({ before, after }: CostChange): readonly [string, string] {
  return [perMonth(before), perMonth(after)];
}

function cells(change: WorkloadChange): readonly string[] {
  return [
    change.workload,
    workloadPhrase(change.before),
    workloadPhrase(change.after),
    reasonsPhrase(change),
  ].map((text) => shortened(text));
}

function shortened(text: string, most = LONGEST_CELL): string {
  const characters = [...text.slice(0, 2 * most)];
  return characters.length <= most && text.length <= 2 * most
    ? text
    : `${characters.slice(0, most).join('')}…`;
}
