import type { Diagnostic } from '../../diagnostics/index.ts';
import { SHOWN_ROWS } from '../cut-rows.ts';
import { plural } from '../phrases.ts';
import { locationText } from '../text/diagnostics-text.ts';
import { fitComment } from './comment.ts';
import { commentMarker } from './marker.ts';
import { escapeMarkdown, inlineCode } from './markdown.ts';

/** Longest text of one diagnostic in a comment, in characters. */
const LONGEST = 400;

/**
 * The comment that stands where a difference would be when there is no plan to compare: one sentence, the errors with their
 * next steps, warnings folded. It carries the marker, so that the next run writes it over.
 * @param name name in the hidden marker: the stack's, or what else stays the same from run to run
 */
export function renderFailureMarkdown(diagnostics: readonly Diagnostic[], name: string): string {
  const errors = diagnostics.filter((item) => item.severity === 'error');
  const others = diagnostics.filter((item) => item.severity !== 'error');
  const isInfeasible = errors.length > 0 && errors.every((item) => item.code === 'optimize-infeasible');
  const head = isInfeasible
    ? 'no plan meets all constraints; this would make one possible'
    : `there is no plan to compare: ${plural(errors.length, 'problem')}`;
  return fitComment({
    head: [commentMarker('diff', name), `**${escapeMarkdown(name.slice(0, LONGEST))}**: ${head}.`],
    overview: list(errors),
    overviewName: 'the problems',
    sections: [{ title: 'Warnings and notes', versions: [list(others)], names: ['warnings and notes'] }],
    dropped: ['Warnings and notes'],
    elsewhere: 'the output of the run',
  });
}

function list(items: readonly Diagnostic[]): string {
  const lines = items.slice(0, SHOWN_ROWS).map((item) => {
    const place = locationText(item.source) || item.path;
    const at = place === '' ? '' : ` (at ${escapeMarkdown(place.slice(0, LONGEST))})`;
    const fix = item.fix === undefined ? '' : ` → ${escapeMarkdown(item.fix.slice(0, LONGEST))}`;
    return `- ${inlineCode(item.code)} ${escapeMarkdown(item.summary.slice(0, LONGEST))}${at}${fix}`;
  });
  const left = items.length - SHOWN_ROWS;
  return [...lines, ...(left > 0 ? [`- … and ${left} more`] : [])].join('\n');
}
