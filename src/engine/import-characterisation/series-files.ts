import { parse } from 'csv-parse/sync';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { errorMessage } from '../files.ts';

/** One column of numbers over time, ascending by time. */
export interface TimeSeries {
  readonly shown: string;
  /** Seconds since 1970. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** A CSV file as a header and rows. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Times above this are milliseconds: as seconds they would lie after the year 5000. */
const LATEST_SECONDS = 1e11;
/** Largest text that is read (assumed: a day of seconds has a tenth of it). */
const MOST_CHARACTERS = 64 * 2 ** 20;

/** Reads a CSV file with a header. Errors: `import-series-layout`, `import-too-large`. */
export function readTable(text: string, shown: string): Outcome<CsvTable> {
  if (text.length > MOST_CHARACTERS) {
    return failure(
      diagnostic('import-too-large', { summary: `${shown} is larger than 64 MiB.`, source: { file: shown } }),
    );
  }
  try {
    const [header, ...rows] = parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    if (header !== undefined && rows.length > 0) return success({ header, rows });
    return failure(wrongLayout(shown, 'it holds no row below a header'));
  } catch (error) {
    return failure(wrongLayout(shown, errorMessage(error)));
  }
}

/** The problem of a file that is not what it was given for. */
export function wrongLayout(shown: string, why: string): Diagnostic {
  return diagnostic('import-series-layout', {
    summary: `${shown} cannot be read: ${why.replace(/\.$/, '')}.`,
    source: { file: shown },
    fix: 'Give the file ending in _stats_history.csv that Locust writes with --csv, and CSV exports of Prometheus or Grafana with a time and a value.',
  });
}

/** A time in seconds since 1970: seconds, milliseconds or an ISO date and time; NaN for anything else. */
export function timeOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number > LATEST_SECONDS ? number / 1000 : number;
  const date = /^\d{4}-\d\d-\d\d[T ]/.test(text) ? Date.parse(withZone(text)) : NaN;
  return date / 1000;
}

/** A date without a zone is UTC here, whatever the zone of this machine. */
function withZone(text: string): string {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
}

/**
 * Reads a series of Prometheus or Grafana as CSV: a time in the first column, numbers in the others, which are summed
 * (pods of one service). Rows without a number are left out. Errors: `import-series-layout`.
 */
export function readSeries(text: string, shown: string): Outcome<TimeSeries> {
  const table = readTable(text, shown);
  if (!table.ok) return table;
  const points: [number, number][] = [];
  for (const row of table.value.rows) {
    const time = timeOf(row[0] ?? '');
    const numbers = row.slice(1).filter((cell) => cell !== '' && Number.isFinite(Number(cell)));
    if (!Number.isFinite(time) || numbers.length === 0) continue;
    points.push([time, numbers.reduce((sum, cell) => sum + Number(cell), 0)]);
  }
  if (points.length === 0) return failure(wrongLayout(shown, 'no row holds a time and a number'));
  points.sort(([a], [b]) => a - b);
  return success({
    shown,
    times: Float64Array.from(points, ([time]) => time),
    values: Float64Array.from(points, ([, value]) => value),
  });
}

/** The value of a series at a time on straight lines between its points; undefined outside them. */
export function valueAt({ times, values }: TimeSeries, time: number): number | undefined {
  const last = times.length - 1;
  if (time < times[0]! || time > times[last]!) return undefined;
  let high = times.findIndex((at) => at >= time);
  if (high === 0) high = Math.min(1, last);
  const low = Math.max(0, high - 1);
  const span = times[high]! - times[low]!;
  const share = span > 0 ? (time - times[low]!) / span : 0;
  return values[low]! + share * (values[high]! - values[low]!);
}
