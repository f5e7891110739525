import {
  decisionScore,
  isScored,
  predictMeasurement,
  predictionsCsv,
  problemSentence,
  scoreAccuracy,
} from '../accuracy/index.ts';
import type {
  AccuracyScore,
  DecisionScore,
  Measurement,
  MeasurementLayout,
  MeasurementPrediction,
  ParsedRow,
  PredictedMeasurement,
} from '../accuracy/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import { prepareMeasurements } from './measurement-files.ts';
import type { MeasurementOptions, PreparedMeasurements } from './measurement-files.ts';
import { breathe, progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { writeOutputFile } from './write-output-file.ts';

/** How a measurement file is scored. */
export interface AccuracyOptions extends MeasurementOptions {
  /** CSV file for one prediction per row, relative to the working directory; nothing is written without it. */
  readonly predictions?: string;
}

/** How many rows of a file count for what. */
export interface AccuracyRows {
  readonly total: number;
  /** Rows whose deployment cannot be understood. */
  readonly unreadable: number;
  /** Rows without a usable latency; they are predicted but not scored. */
  readonly unmeasured: number;
  /** Rows that the file itself calls suspect or incomplete; they are predicted where possible but not scored. */
  readonly doubted: number;
  /** Rows that are scored, whether they could be predicted or not. */
  readonly scored: number;
}

/** A row of the file and what is wrong with it. */
export interface ReportedRow {
  readonly id: string;
  readonly line: number;
  readonly reason: string;
}

/** A row without a prediction. */
export interface UnpredictedRow extends ReportedRow {
  /** Whether it counts against the coverage of the score. */
  readonly isScored: boolean;
}

/** How well the model predicts a measurement file. */
export interface AccuracyReport {
  readonly file: string;
  readonly layout: MeasurementLayout;
  readonly rows: AccuracyRows;
  readonly score: AccuracyScore;
  readonly decisions: DecisionScore;
  /** In the order of the file. */
  readonly notPredicted: readonly UnpredictedRow[];
  /** Rows that were predicted but have no usable latency to compare with, in the order of the file. */
  readonly notMeasured: readonly ReportedRow[];
  /** The file written with `predictions`. */
  readonly predictionsFile?: string;
}

/**
 * Predicts every row of a measurement file and scores the predictions of those that the file does not itself doubt.
 * Errors: those of `prepareMeasurements`, `accuracy-nothing-scored`, `plan-write-failed`.
 */
export async function scoreMeasurements(
  options: AccuracyOptions,
  host: EngineHost,
): Promise<Outcome<AccuracyReport>> {
  const prepared = await prepareMeasurements(options, host);
  if (!prepared.ok) return prepared;
  const rows = await predictRows(prepared.value, host);
  const written =
    options.predictions === undefined
      ? success(undefined)
      : await writeOutputFile(options.predictions, predictionsCsv(rows), host);
  const diagnostics = [...prepared.diagnostics, ...written.diagnostics];
  if (!written.ok) return failure(...diagnostics);
  const report = reportOf(prepared.value, rows);
  if (report.score.overall.predicted === 0) {
    const reasons = report.score.refused.map(({ reason, rows: count }) => `${reason} (${count})`).join(', ');
    return failure(
      ...diagnostics,
      diagnostic('accuracy-nothing-scored', {
        summary: `${prepared.value.shown} holds no row that can be predicted and compared.`,
        detail: reasons === '' ? 'No row is both readable and measured.' : `Reasons: ${reasons}.`,
        source: { file: prepared.value.shown },
        fix: 'Correct the rows that are reported, or add the model or accelerator to the catalogue.',
      }),
    );
  }
  return success(
    { ...report, ...(written.value === undefined ? {} : { predictionsFile: written.value }) },
    diagnostics,
  );
}

/** A row of the file and what the model says of it. */
interface PredictedRow {
  readonly row: ParsedRow;
  readonly id: string;
  readonly line: number;
  readonly prediction: MeasurementPrediction;
}

/** Rows between two messages of progress. */
const PROGRESS_ROWS = 20;

async function predictRows(
  { file, context }: PreparedMeasurements,
  host: EngineHost,
): Promise<readonly PredictedRow[]> {
  const predict = (row: ParsedRow): PredictedRow => {
    if (row.kind === 'unreadable') {
      const reason = problemSentence(row.problems);
      return { row, id: row.id, line: row.line, prediction: { ok: false, reason } };
    }
    const { measurement } = row;
    const prediction = predictMeasurement(measurement, context);
    return { row, id: measurement.id, line: measurement.line, prediction };
  };
  const predicted: PredictedRow[] = [];
  const count = file.rows.length;
  for (const [index, row] of file.rows.entries()) {
    if (index % PROGRESS_ROWS === 0) {
      progress(host, 'predict', 'rows', [index, count, index / count]);
      await breathe();
    }
    predicted.push(predict(row));
  }
  return predicted;
}

function reportOf({ shown, file }: PreparedMeasurements, rows: readonly PredictedRow[]): AccuracyReport {
  const scored = rows.flatMap(({ row, prediction }): PredictedMeasurement[] => {
    const measurement = scoredMeasurement(row);
    return measurement === undefined ? [] : [{ measurement, prediction }];
  });
  return {
    file: shown,
    layout: file.layout,
    rows: {
      total: rows.length,
      unreadable: rows.filter(({ row }) => row.kind === 'unreadable').length,
      unmeasured: rows.filter(({ row }) => row.kind === 'unmeasured').length,
      doubted: rows.filter(({ row }) => !isScored({ quality: qualityOf(row) })).length,
      scored: scored.length,
    },
    score: scoreAccuracy(scored),
    decisions: decisionScore(scored),
    notPredicted: rows.flatMap(({ row, id, line, prediction }): UnpredictedRow[] =>
      prediction.ok
        ? []
        : [{ id, line, reason: prediction.reason, isScored: scoredMeasurement(row) !== undefined }],
    ),
    notMeasured: rows.flatMap(({ row, id, line }) =>
      row.kind === 'unmeasured' ? [{ id, line, reason: problemSentence(row.problems) }] : [],
    ),
  };
}

function scoredMeasurement(row: ParsedRow): Measurement | undefined {
  return row.kind === 'measured' && isScored(row.measurement) ? row.measurement : undefined;
}

function qualityOf(row: ParsedRow): string {
  return row.kind === 'unreadable' ? row.quality : row.measurement.quality;
}
