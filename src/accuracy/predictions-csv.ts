import type { MeasurementPrediction } from './measurement.ts';

/** The columns of a predictions file; other programs rely on them. */
export const PREDICTION_COLUMNS = [
  'id',
  'ttft_ms',
  'tpot_ms',
  'ttft_ms_p10',
  'ttft_ms_p90',
  'tpot_ms_p10',
  'tpot_ms_p90',
  'reason',
] as const;

/** One row of a measurement file and what the model says of it. */
export interface IdentifiedPrediction {
  readonly id: string;
  readonly prediction: MeasurementPrediction;
}

/**
 * The predictions as CSV with a header line, one line per row in the order given: milliseconds with four decimals and the
 * 80 % interval, or empty figures and the reason.
 */
export function predictionsCsv(rows: readonly IdentifiedPrediction[]): string {
  const lines = rows.map(({ id, prediction }) => [id, ...cellsOf(prediction)].map(quoted).join(','));
  return `${[PREDICTION_COLUMNS.join(','), ...lines].join('\n')}\n`;
}

function cellsOf(p: MeasurementPrediction): readonly string[] {
  if (!p.ok) return ['', '', '', '', '', '', p.reason];
  const figures = [
    p.ttftMs,
    p.tpotMs,
    p.ttftInterval.low,
    p.ttftInterval.high,
    p.tpotInterval.low,
    p.tpotInterval.high,
  ];
  return [...figures.map((value) => value.toFixed(4)), ''];
}

/** A cell in quotes where CSV asks for them (RFC 4180). */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
