import type { AccuracyScore, DecisionScore, GroupScore } from '../../accuracy/index.ts';
import { markdownTable } from '../markdown/markdown.ts';
import { plural } from '../phrases.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { errorCells, figureColumn, percentCell } from './accuracy-tables.ts';
import type { ReportTable } from './accuracy-tables.ts';

/** What a scored measurement file shows; the engine's report has this form. */
export interface ScoredMeasurements {
  readonly file: string;
  readonly rows: {
    readonly total: number;
    readonly unreadable: number;
    readonly unmeasured: number;
    readonly doubted: number;
    readonly scored: number;
  };
  readonly score: AccuracyScore;
  readonly decisions: DecisionScore;
  readonly notPredicted: readonly {
    readonly id: string;
    readonly line: number;
    readonly reason: string;
    readonly isScored: boolean;
  }[];
  readonly predictionsFile?: string;
}

/** Rows without a prediction that the text lists one by one. */
const LISTED_ROWS = 10;

/** The scores of a measurement file as text. */
export function renderAccuracy(report: ScoredMeasurements, palette: Palette = PLAIN): string {
  const sections = tablesOf(report).map(
    ({ title, columns, rows }) => `${palette.bold(title)}\n${renderTable(columns, rows, palette)}`,
  );
  return `${[...sections, closing(report)].join('\n\n')}\n`;
}

/** The scores of a measurement file as Markdown. */
export function renderAccuracyMarkdown(report: ScoredMeasurements): string {
  const sections = tablesOf(report).map(
    ({ title, columns, rows }) =>
      `## ${title}\n\n${markdownTable(
        columns.map((column) => column.title),
        rows,
      )}`,
  );
  return `${[`# Accuracy on ${report.file}`, ...sections, closing(report)].join('\n\n')}\n`;
}

function tablesOf(report: ScoredMeasurements): readonly ReportTable[] {
  return [errorTable(report.score), decisionTable(report.decisions), refusalTable(report)].filter(
    ({ rows }) => rows.length > 0,
  );
}

const ERROR_COLUMNS = [
  { title: 'GROUP' },
  ...['ROWS', 'PREDICTED'].map(figureColumn),
  ...['TPOT MAPE', 'MEDIAN', 'BIAS', 'IN 80%'].map(figureColumn),
  ...['TTFT MAPE', 'MEDIAN', 'BIAS', 'IN 80%'].map(figureColumn),
  ...['REQUEST MAPE', 'MEDIAN', 'BIAS'].map(figureColumn),
];

function errorTable(score: AccuracyScore): ReportTable {
  const groups: readonly (readonly [string, readonly GroupScore[]])[] = [
    ['', [score.overall]],
    ['system ', score.bySystem],
    ['backend ', score.byBackend],
    ['mode ', score.byMode],
    ['precision ', score.byPrecision],
    ['model ', score.byModel],
  ];
  return {
    title: 'Error of the prediction, percent of the measured value',
    columns: ERROR_COLUMNS,
    rows: groups.flatMap(([kind, members]) => members.map((group) => groupCells(kind, group))),
  };
}

function groupCells(kind: string, group: GroupScore): readonly string[] {
  return [
    `${kind}${group.group}`,
    String(group.rows),
    String(group.predicted),
    ...errorCells(group.tpot),
    percentCell(group.insideIntervalPercent.tpot),
    ...errorCells(group.ttft),
    percentCell(group.insideIntervalPercent.ttft),
    ...errorCells(group.requestLatency),
  ];
}

function decisionTable(decisions: DecisionScore): ReportTable {
  const cells = (name: string, item: DecisionScore['byLimit'][number] | DecisionScore): readonly string[] => [
    name,
    String(item.choices),
    percentCell(item.brokenPercent),
    percentCell(item.keptPercent),
    percentCell(item.keptCountingBrokenPercent),
    String(item.missed),
  ];
  const limits = decisions.byLimit.map((item) => cells(`TPOT ≤ ${item.tpotLimitMs} ms`, item));
  return {
    title: 'Decisions: the best predicted throughput per GPU under a TPOT limit, judged by the measurement',
    columns: [
      { title: 'LIMIT' },
      ...['CHOICES', 'BROKEN %', 'KEPT %', 'KEPT %, BROKEN = 0', 'MISSED'].map(figureColumn),
    ],
    rows: decisions.groups === 0 ? [] : [...limits, cells('all', decisions)],
  };
}

function refusalTable({ notPredicted }: ScoredMeasurements): ReportTable {
  const shown = notPredicted.filter((row) => row.isScored).slice(0, LISTED_ROWS);
  return {
    title: 'Rows that could not be predicted',
    columns: [figureColumn('LINE'), { title: 'ID' }, { title: 'REASON' }],
    rows: shown.map(({ line, id, reason }) => [String(line), id, reason]),
  };
}

function closing(report: ScoredMeasurements): string {
  const { rows, score, notPredicted } = report;
  const { overall } = score;
  const refused = score.refused.map(({ reason, rows: count }) => `${reason} ${count}`).join(', ');
  const listed = notPredicted.filter((row) => row.isScored).length;
  const notes = [
    listed > LISTED_ROWS
      ? `${listed - LISTED_ROWS} more rows could not be predicted; --predictions and --json list all.`
      : '',
    refused === '' ? '' : `Not predicted: ${refused}.`,
    rows.unreadable + rows.unmeasured > 0
      ? `Not scored: ${plural(rows.unreadable, 'row')} that cannot be read, ${plural(rows.unmeasured, 'row')} without a usable latency.`
      : '',
    rows.doubted > 0
      ? `Not scored either: ${plural(rows.doubted, 'row')} that the file calls suspect or incomplete.`
      : '',
    report.predictionsFile === undefined ? '' : `Predictions written to ${report.predictionsFile}.`,
    `${overall.predicted} of ${plural(overall.rows, 'scored row')} predicted (${percentCell(score.coveragePercent)} %): mean error TPOT ${percentCell(overall.tpot.mapePercent)} %, TTFT ${percentCell(overall.ttft.mapePercent)} %, request latency ${percentCell(overall.requestLatency.mapePercent)} %.`,
  ];
  return notes.filter((note) => note !== '').join('\n');
}
