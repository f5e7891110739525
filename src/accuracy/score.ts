import { sortedBy } from '../units/index.ts';
import { errorFigures, percent } from './error-figures.ts';
import type { ErrorFigures } from './error-figures.ts';
import type { LatencyInterval, Measurement, MeasurementPrediction } from './measurement.ts';
import { requestLatencyMs } from './readers/json-values.ts';

/** A measurement and what the model says of it. */
export interface PredictedMeasurement {
  readonly measurement: Measurement;
  readonly prediction: MeasurementPrediction;
}

/** Scores of the rows that share something, or of all. */
export interface GroupScore {
  /** What they share: `h100_sxm`; `all` for all. */
  readonly group: string;
  readonly rows: number;
  readonly predicted: number;
  readonly ttft: ErrorFigures;
  readonly tpot: ErrorFigures;
  /** TTFT + TPOT × (OSL − 1). */
  readonly requestLatency: ErrorFigures;
  /** Share of the predicted rows whose measured value lies inside the 80 % interval. */
  readonly insideIntervalPercent: { readonly ttft: number | null; readonly tpot: number | null };
}

/** Rows that could not be predicted, by reason. */
export interface RefusedRows {
  /** The reason's first word: `out-of-memory`. */
  readonly reason: string;
  readonly rows: number;
}

/** How well the model predicts measured rows. */
export interface AccuracyScore {
  readonly overall: GroupScore;
  /** Share of the rows that were predicted. */
  readonly coveragePercent: number | null;
  readonly bySystem: readonly GroupScore[];
  readonly byBackend: readonly GroupScore[];
  readonly byMode: readonly GroupScore[];
  readonly byPrecision: readonly GroupScore[];
  readonly byModel: readonly GroupScore[];
  /** Commonest first. */
  readonly refused: readonly RefusedRows[];
}

/** Scores predictions of measured rows; every row counts once, whatever it measured. */
export function scoreAccuracy(rows: readonly PredictedMeasurement[]): AccuracyScore {
  const by = (key: (m: Measurement) => string): readonly GroupScore[] =>
    sortedBy([...Map.groupBy(rows, ({ measurement }) => key(measurement))], ([group]) => group).map(
      ([group, members]) => groupScore(group, members),
    );
  const overall = groupScore('all', rows);
  return {
    overall,
    coveragePercent: percent(overall.predicted / overall.rows),
    bySystem: by((m) => m.system),
    byBackend: by((m) => m.engine),
    byMode: by((m) => m.mode),
    byPrecision: by((m) => m.precision),
    byModel: by((m) => m.model),
    refused: refusedRows(rows),
  };
}

/** Verdicts of a file on its own row with which the row counts in a score; a file without verdicts gives none. */
const SCORED_QUALITIES = ['', 'ok', 'repaired'];

/** Whether a row belongs in the headline score: the file does not itself doubt it. */
export function isScored(measurement: Pick<Measurement, 'quality'>): boolean {
  return SCORED_QUALITIES.includes(measurement.quality);
}

function groupScore(group: string, rows: readonly PredictedMeasurement[]): GroupScore {
  const pairs = rows.flatMap(({ measurement, prediction }) =>
    prediction.ok ? [{ measured: measurement, predicted: prediction }] : [],
  );
  const errors = (value: (m: { readonly ttftMs: number; readonly tpotMs: number }, osl: number) => number) =>
    errorFigures(
      pairs.map(
        ({ measured, predicted }) => value(predicted, measured.osl) / value(measured, measured.osl) - 1,
      ),
    );
  const inside = (
    interval: (p: (typeof pairs)[number]) => LatencyInterval,
    value: (m: Measurement) => number,
  ) => percent(pairs.filter((pair) => contains(interval(pair), value(pair.measured))).length / pairs.length);
  return {
    group,
    rows: rows.length,
    predicted: pairs.length,
    ttft: errors((m) => m.ttftMs),
    tpot: errors((m) => m.tpotMs),
    requestLatency: errors((m, osl) => requestLatencyMs(m.ttftMs, m.tpotMs, osl)),
    insideIntervalPercent: {
      ttft: inside(
        ({ predicted }) => predicted.ttftInterval,
        (m) => m.ttftMs,
      ),
      tpot: inside(
        ({ predicted }) => predicted.tpotInterval,
        (m) => m.tpotMs,
      ),
    },
  };
}

function contains({ low, high }: LatencyInterval, value: number): boolean {
  return low <= value && value <= high;
}

/** The first word of a reason, which names its kind: `out-of-memory` of `out-of-memory: 12 GiB missing`. */
export function reasonKind(reason: string): string {
  return reason.split(':', 1)[0] ?? reason;
}

function refusedRows(rows: readonly PredictedMeasurement[]): readonly RefusedRows[] {
  const reasons = rows.flatMap(({ prediction }) => (prediction.ok ? [] : [reasonKind(prediction.reason)]));
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, members]) => ({ reason, rows: members.length }))
    .sort((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
}
