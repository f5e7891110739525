import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { Percentile } from '../../model/index.ts';
import { readTable, timeOf, wrongLayout } from './series-files.ts';

/** One second of a Locust run. */
export interface LocustMoment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly users: number;
  /** Requests per second, failed ones included, and failed ones. */
  readonly requestRate: number;
  readonly failureRate: number;
  /** Seconds; those that Locust gave. */
  readonly latency: Readonly<Partial<Record<Percentile, number>>>;
}

/** Columns of Locust's history (Locust documentation, Retrieve test statistics in CSV format, 2025); times in milliseconds. */
const PERCENTILE_COLUMNS: Readonly<Record<Percentile, string>> = {
  p50: '50%',
  p90: '90%',
  p95: '95%',
  p99: '99%',
};

/**
 * Reads the history of a Locust run (`…_stats_history.csv`): the rows of the request `name`, by default those of all
 * requests together. Errors: `import-series-layout`.
 */
export function readLocustHistory(
  text: string,
  shown: string,
  name = 'Aggregated',
): Outcome<readonly LocustMoment[]> {
  const table = readTable(text, shown);
  if (!table.ok) return table;
  const { header, rows } = table.value;
  const column = (title: string): number => header.indexOf(title);
  const missing = ['Timestamp', 'Name', 'Requests/s', 'Failures/s', '50%'].filter(
    (title) => column(title) < 0,
  );
  if (missing.length > 0) {
    const list = missing.map((title) => `"${title}"`).join(', ');
    return failure(wrongLayout(shown, `it lacks the columns ${list} of a Locust history`));
  }
  const number = (row: readonly string[], title: string): number | undefined => {
    const cell = row[column(title)] ?? '';
    return cell === '' || cell === 'N/A' || !Number.isFinite(Number(cell)) ? undefined : Number(cell);
  };
  const names = new Set(rows.map((row) => row[column('Name')]));
  if (!names.has(name)) {
    const known = [...names].slice(0, 10).join(', ');
    return failure(wrongLayout(shown, `it has no row named "${name}", only ${known}`));
  }
  const moments = rows
    .filter((row) => row[column('Name')] === name)
    .map((row): LocustMoment => ({
      time: timeOf(row[column('Timestamp')] ?? ''),
      users: number(row, 'User Count') ?? 0,
      requestRate: number(row, 'Requests/s') ?? 0,
      failureRate: number(row, 'Failures/s') ?? 0,
      latency: latencyOf((title) => number(row, title)),
    }))
    .filter((moment) => Number.isFinite(moment.time))
    .sort((a, b) => a.time - b.time);
  return moments.length > 0 ? success(moments) : failure(wrongLayout(shown, 'no row has a time'));
}

function latencyOf(number: (title: string) => number | undefined): LocustMoment['latency'] {
  const latency: Partial<Record<Percentile, number>> = {};
  for (const [percentile, title] of Object.entries(PERCENTILE_COLUMNS)) {
    const time = number(title);
    if (time !== undefined) latency[percentile as Percentile] = time / 1000;
  }
  return latency;
}
