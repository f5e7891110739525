import { formatPercent } from '../../units/index.ts';
import { escapeMarkdown, fold, markdownTable } from '../markdown/markdown.ts';
import { commentMarker } from '../markdown/marker.ts';
import { plural } from '../phrases.ts';
import { driftSentence, fieldPhrase, objectPhrase, statePhrase } from './drift-phrases.ts';
import type { DriftReport, MeasurementsReport, ObjectsReport } from './drift-report.ts';
import { appliedLine, figureRow, followsPhrase } from './drift-text.ts';

/** Most objects in a table of Markdown; the rest are counted. */
const MOST_OBJECTS = 50;

/** Drift for a pull request or an issue: the sentence first, then what moved, then tables. */
export function renderDriftMarkdown(report: DriftReport): string {
  const { objects, measurements } = report;
  const parts = [
    commentMarker('drift', report.stack),
    `## Drift of ${escapeMarkdown(report.stack)}`,
    `**${escapeMarkdown(driftSentence(report))}**`,
    measurements === undefined ? '' : movedList(measurements),
    objects === undefined ? '' : objectsPart(objects),
    measurements === undefined ? '' : figuresPart(measurements, report.tolerance),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function movedList({ moved, missed }: MeasurementsReport): string {
  return [
    ...moved.map(({ assumption, workload, statement }) => [assumption, `${workload}: ${statement}`]),
    ...missed.map(({ missed: what, workload, statement, follows }) => [
      what === 'slo' ? 'slo missed' : 'slower',
      `${workload}: ${statement}${followsPhrase(follows)}`,
    ]),
  ]
    .map(([title = '', text = '']) => `- **${escapeMarkdown(title)}** ${escapeMarkdown(text)}`)
    .join('\n');
}

function objectsPart(objects: ObjectsReport): string {
  const shown = objects.findings.slice(0, MOST_OBJECTS);
  const rows = shown.map((object) => [
    objectPhrase(object),
    statePhrase(object),
    object.fields.map(fieldPhrase).join('; '),
  ]);
  const left = objects.findings.length - shown.length;
  return [
    `${plural(objects.compared, 'object')} compared, ${String(objects.same)} as planned. ${appliedLine(objects).join(' ')}`.trim(),
    markdownTable(['Object', 'State', 'Fields'], rows),
    left > 0 ? `${plural(left, 'more object')} not shown.` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function figuresPart({ figures, missing, hours }: MeasurementsReport, tolerance: number): string {
  const table = markdownTable(
    ['Workload', 'Figure', 'Planned', 'Measured', 'Verdict', 'Note'],
    figures.map(figureRow),
  );
  const unknown = missing.map(
    ({ workload, what }) => `- ${escapeMarkdown(workload)}: ${escapeMarkdown(what.join(', '))}`,
  );
  const title = `Figures${hours > 0 ? ` of ${plural(hours, 'hour')}` : ''}, tolerance ${formatPercent(tolerance, 2)}`;
  const list = unknown.length === 0 ? '' : `Not measured:\n\n${unknown.join('\n')}`;
  return [fold(title, table), list].filter((part) => part !== '').join('\n\n');
}
