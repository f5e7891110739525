import type { PolicyReport, PolicyVerdict } from '../../model/index.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';

/** Policy verdicts for a terminal: violations with their remedy, then waivers, then counts; the verdict last. */
export function renderPolicyReport(report: PolicyReport, palette: Palette = PLAIN): string {
  const shown = report.verdicts.filter((verdict) => verdict.outcome !== 'pass');
  const passed = report.verdicts.length - shown.length;
  const mandatory = shown.filter(
    (verdict) => verdict.outcome === 'violation' && verdict.level === 'mandatory',
  ).length;
  const head = `${plural(report.rulesEvaluated, 'rule')} judged ${plural(report.verdicts.length, 'subject')}: ${passed} pass, ${shown.length} do not.`;
  const sentence = report.passes
    ? palette.good('Policies pass.')
    : palette.bad(`Policies fail: ${plural(mandatory, 'mandatory violation')}.`);
  return `${[...shown.map((verdict) => renderVerdict(verdict, palette)), head, palette.bold(sentence)].join('\n')}\n`;
}

function renderVerdict(verdict: PolicyVerdict, palette: Palette): string {
  const head = `${verdictMark(verdict, palette)} ${verdict.pack}/${verdict.rule} on ${verdict.subject}: ${verdict.message}`;
  const lines = [
    ...(verdict.remediation === '' ? [] : [`  → ${verdict.remediation}`]),
    ...(verdict.waiver === undefined
      ? []
      : [`  waived by ${verdict.waiver.owner} until ${verdict.waiver.expires}: ${verdict.waiver.reason}`]),
    ...(verdict.reference === '' ? [] : [palette.dim(`  ${verdict.reference}`)]),
  ];
  return [head, ...lines].join('\n');
}

function verdictMark(verdict: PolicyVerdict, palette: Palette): string {
  if (verdict.outcome !== 'violation') return palette.dim(verdict.outcome);
  return verdict.level === 'mandatory' ? palette.bad('mandatory') : palette.caution(verdict.level);
}
