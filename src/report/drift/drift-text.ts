import { formatPercent } from '../../units/index.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { driftSentence, fieldPhrase, figurePhrase, objectPhrase, statePhrase } from './drift-phrases.ts';
import type { ComparedFigure, DriftReport, MeasurementsReport, ObjectsReport } from './drift-report.ts';

/** How a verdict is written. */
const VERDICTS: Readonly<Record<ComparedFigure['verdict'], string>> = {
  within: 'ok',
  beyond: 'BEYOND',
  shown: '–',
};

/** Drift for a terminal: objects that differ, assumptions that moved, all figures; one sentence last. */
export function renderDrift(report: DriftReport, palette: Palette = PLAIN): string {
  const { objects, measurements } = report;
  const sections = [
    objects === undefined ? '' : objectsText(objects, palette),
    measurements === undefined ? '' : movedText(measurements, palette),
    measurements === undefined ? '' : figuresText(measurements, report.tolerance, palette),
    measurements === undefined ? '' : missingText(measurements, palette),
    palette.bold((report.hasDrifted ? palette.bad : palette.good)(driftSentence(report))),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function objectsText(objects: ObjectsReport, palette: Palette): string {
  const head = `${palette.bold('Objects')}  ${plural(objects.compared, 'object')} compared with ${objects.cluster}, ${String(objects.same)} as planned`;
  const lines = objects.findings.flatMap((object) => [
    `${palette.caution(statePhrase(object))}  ${objectPhrase(object)}`,
    ...object.fields.map((field) => `    ${fieldPhrase(field)}`),
  ]);
  return [head, ...appliedLine(objects), ...lines].join('\n');
}

/** What is known of the last apply, where it was not this plan to its end. */
export function appliedLine({ lastApplied }: ObjectsReport): readonly string[] {
  if (lastApplied === undefined) return ['`plimsoll apply` has not been run for this stack here.'];
  const { isThisPlan, isComplete } = lastApplied;
  if (!isThisPlan) return ['Another plan of this stack was applied last.'];
  return isComplete ? [] : ['The last apply of this plan did not end; apply again to go on.'];
}

function movedText({ moved, missed }: MeasurementsReport, palette: Palette): string {
  if (moved.length + missed.length === 0) return '';
  const assumptions = moved.map(
    ({ assumption, workload, statement }) => `${palette.caution(assumption)}  ${workload}: ${statement}`,
  );
  const latencies = missed.map(
    ({ workload, missed: what, statement, follows }) =>
      `${palette.bad(what === 'slo' ? 'slo missed' : 'slower')}  ${workload}: ${statement}${followsPhrase(follows)}`,
  );
  return [palette.bold('What moved'), ...assumptions, ...latencies].join('\n');
}

/** ` Follows from traffic-rate.` */
export function followsPhrase(follows: readonly string[]): string {
  return follows.length === 0 ? '' : ` Follows from ${follows.join(', ')}.`;
}

function figuresText(
  { figures, sources, hours }: MeasurementsReport,
  tolerance: number,
  palette: Palette,
): string {
  const span = hours > 0 ? `, ${plural(hours, 'hour')}` : '';
  const head = `${palette.bold('Measured')}  ${sources.join(', ')}${span}; tolerance ${formatPercent(tolerance, 2)}`;
  const table = renderTable(
    [
      { title: 'WORKLOAD' },
      { title: 'FIGURE' },
      { title: 'PLANNED', align: 'right' },
      { title: 'MEASURED', align: 'right' },
      { title: '' },
      { title: 'NOTE', isMinor: true },
    ],
    figures.map(figureRow),
    palette,
  );
  return table === '' ? head : `${head}\n${table}`;
}

/** Cells of a figure: workload, name, planned, measured, verdict, note. */
export function figureRow(figure: ComparedFigure): readonly string[] {
  const { workload, name, unit, planned, measured, verdict, note } = figure;
  return [
    workload === '' ? '(plan)' : workload,
    name,
    planned === undefined ? '–' : figurePhrase(planned, unit),
    figurePhrase(measured, unit),
    VERDICTS[verdict],
    note ?? '',
  ];
}

function missingText({ missing }: MeasurementsReport, palette: Palette): string {
  if (missing.length === 0) return '';
  const lines = missing.map(({ workload, what }) => `${workload}: ${what.join(', ')}`);
  return [palette.bold('Not measured'), ...lines].join('\n');
}
