import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { DeploymentFacts } from './deployment.ts';
import type { Measurement } from './measurement.ts';
import { parseRow } from './parse-row.ts';
import type { ParsedRow, RowProblem } from './parse-row.ts';
import type { MeasurementLayout, RawRows } from './readers/raw-row.ts';
import { readRows } from './readers/read-rows.ts';

/** A measurement file as read. */
export interface MeasurementFile {
  readonly layout: MeasurementLayout;
  /** Every row in the order of the file, readable or not. */
  readonly rows: readonly ParsedRow[];
  /** The rows that are described and measured. */
  readonly measurements: readonly Measurement[];
}

/** What the caller knows about a measurement file. */
export interface ReadMeasurementOptions {
  /** Shown in diagnostics. */
  readonly fileName: string;
  /** Facts that fill blank fields. */
  readonly deployment?: DeploymentFacts;
}

/** Columns without which nothing can be predicted or scored. */
const REQUIRED = ['model', 'system', 'backend', 'isl', 'osl', 'concurrency', 'ttft_ms', 'tpot_ms'] as const;
/** Without a tensor parallel size nothing runs; a file of disaggregated rows alone names it per pool. */
const SIZES = ['tp', 'd_tp'] as const;
/** Rows reported one by one before only their number is told; the result of the command lists all. */
const REPORTED_ROWS = 20;

/**
 * Reads measured operating points from a text in any layout of `readRows`. Columns: those of REQUIRED and `tp`
 * (disaggregated: `p_workers`, `p_tp`, `d_workers`, `d_tp`…); all others are optional.
 * Errors: `accuracy-empty`, `accuracy-unknown-layout`, `accuracy-missing-column`, `engine-file-invalid`. A row that cannot
 * be used is a warning (`accuracy-row-skipped`) with its line and column, and the others stay; rows that the file itself calls
 * incomplete or suspect are not reported.
 */
export function readMeasurements(text: string, options: ReadMeasurementOptions): Outcome<MeasurementFile> {
  const { fileName, deployment = {} } = options;
  const raw = readRows(text, fileName);
  if (!raw.ok) return raw;
  const missing = missingColumns(raw.value, deployment);
  if (missing.length > 0) return failure(missingColumnsDiagnostic(missing, raw.value, fileName));
  if (raw.value.rows.length === 0) {
    return failure(
      diagnostic('accuracy-empty', {
        summary: `${fileName} has a header but no row.`,
        source: { file: fileName },
        fix: 'Give one row per measured operating point.',
      }),
    );
  }
  const rows = raw.value.rows.map((row) => parseRow(row, deployment));
  const measurements = rows.flatMap((row) => (row.kind === 'measured' ? [row.measurement] : []));
  return success({ layout: raw.value.layout, rows, measurements }, rowDiagnostics(rows, fileName));
}

function missingColumns(raw: RawRows, deployment: DeploymentFacts): readonly string[] {
  const isKnown = (column: string): boolean =>
    raw.columns.includes(column) || Object.hasOwn(deployment, column);
  return [...REQUIRED.filter((column) => !isKnown(column)), ...(SIZES.some(isKnown) ? [] : ['tp'])];
}

/** The flag that can fill a column, by column. */
const FLAGS: Readonly<Record<string, string>> = {
  model: '--model',
  system: '--system',
  backend: '--engine',
  isl: '--isl',
  osl: '--osl',
  concurrency: '--concurrency',
  tp: '--tp',
};

function missingColumnsDiagnostic(missing: readonly string[], raw: RawRows, fileName: string): Diagnostic {
  const [first = ''] = missing;
  const flags = missing.flatMap((column) => FLAGS[column] ?? []);
  const say = flags.length === 0 ? '' : ` Or say what the file does not, with ${flags.join(', ')}.`;
  const what = missing.length === 1 ? `the column ${first}` : `the columns ${missing.join(', ')}`;
  return diagnostic('accuracy-missing-column', {
    summary:
      raw.layout === 'csv'
        ? `${fileName} lacks ${what}.`
        : `${fileName} (${raw.layout}) does not say: ${missing.join(', ')}.`,
    path: first,
    source: { file: fileName, line: 1 },
    fix:
      raw.layout === 'csv'
        ? `${suggestion(first, raw.columns, 'Name the columns as docs/accuracy-command.md does.')}${say}`
        : say.trim(),
  });
}

/** Verdicts of a file on its own rows that make a problem in them no news. */
const KNOWN_UNUSABLE = ['incomplete', 'suspect'];

function rowDiagnostics(rows: readonly ParsedRow[], fileName: string): readonly Diagnostic[] {
  const bad = rows.flatMap((row): { readonly line: number; readonly problems: readonly RowProblem[] }[] => {
    if (row.kind === 'measured') return [];
    if (row.kind === 'unmeasured') return [{ line: row.measurement.line, problems: row.problems }];
    return KNOWN_UNUSABLE.includes(row.quality.toLowerCase()) ? [] : [row];
  });
  const reported = bad.slice(0, REPORTED_ROWS).map(({ line, problems }) =>
    diagnostic('accuracy-row-skipped', {
      summary: `Line ${line} is not scored: ${problems.map(({ text }) => text).join('; ')}.`,
      path: problems[0]?.column ?? '',
      source: { file: fileName, line },
    }),
  );
  if (bad.length <= REPORTED_ROWS) return reported;
  return [
    ...reported,
    diagnostic('accuracy-row-skipped', {
      summary: `${bad.length - REPORTED_ROWS} more rows are not scored for the same kinds of reason.`,
      source: { file: fileName },
      fix: '`plimsoll accuracy --json` lists all of them.',
    }),
  ];
}

/** Why a row cannot be predicted or scored, in one line. */
export function problemSentence(problems: readonly RowProblem[]): string {
  return `unreadable: ${problems.map(({ text }) => text).join('; ')}`;
}
