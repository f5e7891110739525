import type { PolicyReport, PolicyVerdict } from '../../model/index.ts';
import { markdownTable } from '../markdown/markdown.ts';
import { plural } from '../phrases.ts';
import { printableValue } from '../printable.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';

/** Policy verdicts for a terminal: violations with their remedy, then waivers, then counts; the verdict last. */
export function renderPolicyReport(given: PolicyReport, palette: Palette = PLAIN): string {
  const report = printableValue(given);
  const colour = report.passes ? palette.good : palette.bad;
  return `${[
    ...shownVerdicts(report).map((verdict) => renderVerdict(verdict, palette)),
    countSentence(report),
    palette.bold(colour(verdictSentence(report))),
  ].join('\n')}\n`;
}

/** Policy verdicts for a pull request or an issue: the verdict first, then all that do not pass as a table. */
export function renderPolicyMarkdown(report: PolicyReport): string {
  const rows = shownVerdicts(report).map((verdict) => [
    verdictMark(verdict, PLAIN),
    `${verdict.pack}/${verdict.rule}`,
    verdict.subject,
    verdict.message,
    verdict.waiver === undefined ? verdict.remediation : waiverPhrase(verdict.waiver),
  ]);
  const table = markdownTable(['Verdict', 'Rule', 'Subject', 'Finding', 'What to do'], rows);
  const parts = ['## Policies', `**${verdictSentence(report)}** ${countSentence(report)}`, table];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function shownVerdicts({ verdicts }: PolicyReport): readonly PolicyVerdict[] {
  return verdicts.filter((verdict) => verdict.outcome !== 'pass');
}

function countSentence(report: PolicyReport): string {
  const shown = shownVerdicts(report).length;
  const passed = report.verdicts.length - shown;
  return `${plural(report.rulesEvaluated, 'rule')} judged ${plural(report.verdicts.length, 'subject')}: ${passed} pass, ${shown} ${shown === 1 ? 'does' : 'do'} not.`;
}

function verdictSentence(report: PolicyReport): string {
  const mandatory = report.verdicts.filter(
    (verdict) => verdict.outcome === 'violation' && verdict.level === 'mandatory',
  ).length;
  return report.passes ? 'Policies pass.' : `Policies fail: ${plural(mandatory, 'mandatory violation')}.`;
}

function waiverPhrase(waiver: NonNullable<PolicyVerdict['waiver']>): string {
  return `waived by ${waiver.owner} until ${waiver.expires}: ${waiver.reason}`;
}

function renderVerdict(verdict: PolicyVerdict, palette: Palette): string {
  const head = `${verdictMark(verdict, palette)} ${verdict.pack}/${verdict.rule} on ${verdict.subject}: ${verdict.message}`;
  const lines = [
    ...(verdict.remediation === '' ? [] : [`  → ${verdict.remediation}`]),
    ...(verdict.waiver === undefined ? [] : [`  ${waiverPhrase(verdict.waiver)}`]),
    ...(verdict.reference === '' ? [] : [palette.dim(`  ${verdict.reference}`)]),
  ];
  return [head, ...lines].join('\n');
}

function verdictMark(verdict: PolicyVerdict, palette: Palette): string {
  if (verdict.outcome !== 'violation') return palette.dim(verdict.outcome);
  return verdict.level === 'mandatory' ? palette.bad('mandatory') : palette.caution(verdict.level);
}
