import type { PlanDiff } from '../../plan/index.ts';
import { formatDuration, formatPercent, formatUsd } from '../../units/index.ts';
import { limitAmount } from '../aims-phrases.ts';
import { signedUsd } from '../phrases.ts';
import { shownSlo } from '../services/shown-changes.ts';
import { diffSentence, renderDiff } from '../text/diff-text.ts';
import { escapeMarkdown, fenced, fold, markdownTable } from './markdown.ts';

/** GitHub refuses comments of 65,536 characters and more (REST API documentation, 2026); we stay below with room for the notice. */
const COMMENT_LIMIT = 65_000;

/**
 * The difference of two plans as a pull request comment: hidden marker (so that a bot can update it in place),
 * one sentence, a table, details folded; shorter than GitHub's limit, with a notice where it was cut.
 */
export function renderDiffMarkdown(diff: PlanDiff): string {
  const head = [
    `<!-- plimsoll:diff:${diff.stack.after.replaceAll(/[^a-z0-9-]/g, '')} -->`,
    `**Plan \`${diff.stack.after}\`**: ${escapeMarkdown(diffSentence(diff))}`,
    diff.isEmpty ? '' : overview(diff),
  ].filter((part) => part !== '');
  const details = diff.isEmpty ? '' : renderDiff(diff);
  const whole = [...head, fold('All changes', details === '' ? '' : fenced(details, 'diff'))]
    .filter((part) => part !== '')
    .join('\n\n');
  return whole.length < COMMENT_LIMIT ? `${whole}\n` : `${truncated(head.join('\n\n'), details)}\n`;
}

function overview(diff: PlanDiff): string {
  const rows = [
    ['Cost per month', formatUsd(diff.cost.before), formatUsd(diff.cost.after), signedUsd(diff.cost.delta)],
    ['Status', diff.status.before, diff.status.after, ''],
    ...shownSlo(diff.slo).items.map((change) => [
      `${change.workload} ${change.limit}`,
      change.before === undefined ? '–' : formatDuration(change.before.value),
      change.after === undefined ? '–' : formatDuration(change.after.value),
      change.after === undefined
        ? change.risk
        : `${change.risk}, ${formatPercent(change.after.headroom, 2)} headroom`,
    ]),
    ...diff.limits.map((change) => [
      `${change.workload} ${change.limit}`,
      change.before === undefined ? '–' : limitAmount(change.limit, change.before.value),
      change.after === undefined ? '–' : limitAmount(change.limit, change.after.value),
      change.after === undefined
        ? change.risk
        : `${change.risk}, ${formatPercent(change.after.headroom, 2)} headroom`,
    ]),
    [
      'Mandatory violations',
      String(violations(diff.policy.resolved)),
      String(violations(diff.policy.appeared)),
      '',
    ],
  ];
  return markdownTable(['', 'Before', 'After', 'Change'], rows);
}

function violations(verdicts: PlanDiff['policy']['appeared']): number {
  return verdicts.filter((verdict) => verdict.level === 'mandatory').length;
}

function truncated(head: string, details: string): string {
  const notice =
    'The details are longer than a comment may be and were cut; run `plimsoll diff` for all of them.';
  const room = Math.max(0, COMMENT_LIMIT - head.length - notice.length - 200);
  const cut = details.slice(0, room);
  const lines = cut.slice(0, cut.lastIndexOf('\n'));
  return [head.slice(0, COMMENT_LIMIT / 2), fold('All changes (cut)', fenced(lines, 'diff')), notice].join(
    '\n\n',
  );
}
