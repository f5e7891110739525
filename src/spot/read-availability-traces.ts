import { closestName, diagnostic, failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { AvailabilityTrace } from './availability-trace.ts';
import { assembleTrace } from './readers/assemble-trace.ts';
import type { ObservedOffering } from './readers/observed-offering.ts';
import { RUN_CODED_COLUMNS, readRunCoded } from './readers/run-coded.ts';
import { SAMPLE_COLUMNS, SAMPLE_NAMES, missingSampleColumns, readSamples } from './readers/samples.ts';
import { RowReader, plainName, traceTable } from './readers/trace-rows.ts';
import type { TraceTable } from './readers/trace-rows.ts';

/** How a file of availability traces is read. */
export interface ReadAvailabilityOptions {
  /** Name of the file in messages. */
  readonly fileName: string;
  /** Data set or feed that the file is from; default its name. */
  readonly source?: string;
  /** ISO date of the observation where the file does not tell it. */
  readonly date?: string;
  /** Seconds between samples of a plain file, > 0; default the median distance found. */
  readonly tickSeconds?: number;
  /** What to do with ticks that nobody observed: count them as time without capacity (default), or refuse the file. */
  readonly onGap?: 'unavailable' | 'refuse';
}

/**
 * Reads availability traces from CSV text: the run-length coded layout of the SkyPilot spot traces, or plain samples with the
 * columns `seconds` (or a date), `zone`, `instanceType` and `nodes`. Traces are sorted by id.
 * Errors: `spot-trace-layout`, `spot-trace-row`, `spot-trace-overlap`, `spot-trace-empty`, and `spot-trace-gap` where gaps are
 * refused. Warnings: `spot-trace-gap`, `spot-trace-column`.
 */
export function readAvailabilityTraces(
  text: string,
  options: ReadAvailabilityOptions,
): Outcome<readonly AvailabilityTrace[]> {
  const { fileName, onGap = 'unavailable', tickSeconds } = options;
  const parsed = parseTable(text, fileName);
  if (!parsed.ok) return parsed;
  const table = parsed.value;
  const isRunCoded = RUN_CODED_COLUMNS.every((name) => table.columns.includes(name));
  const missing = isRunCoded ? [] : missingSampleColumns(table.columns);
  if (missing.length > 0) return failure(unknownLayout(table, fileName));
  const reader = new RowReader(fileName, table.columns);
  const offerings = isRunCoded ? readRunCoded(table, reader) : readSamples(table, reader, tickSeconds);
  const read = offerings.map((offering) =>
    assembleTrace(offering, fileName, provenanceOf(offering, options)),
  );
  const problems = [
    ...reader.problems(),
    ...unknownColumns(table, isRunCoded ? RUN_CODED_COLUMNS : SAMPLE_COLUMNS, fileName),
    ...read.flatMap(({ diagnostics }) => diagnostics).map((item) => refused(item, onGap)),
  ];
  if (hasErrors(problems)) return failure(...problems);
  if (read.length === 0) return failure(empty(fileName), ...problems);
  const traces = read.map(({ trace }) => trace).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return success(traces, problems);
}

function parseTable(text: string, fileName: string): Outcome<TraceTable> {
  try {
    const table = traceTable(text);
    return table.rows.length === 0 ? failure(empty(fileName)) : success(table);
  } catch (error) {
    return failure(
      diagnostic('spot-trace-layout', {
        summary: `${fileName} is no CSV file: ${error instanceof Error ? error.message : String(error)}.`,
        path: fileName,
        source: { file: fileName },
      }),
    );
  }
}

function provenanceOf(
  offering: ObservedOffering,
  options: ReadAvailabilityOptions,
): AvailabilityTrace['provenance'] {
  const date = offering.date ?? options.date;
  const source = options.source ?? options.fileName;
  return { evidence: 'measured', source, ...(date === undefined ? {} : { date }) };
}

function refused(item: Diagnostic, onGap: 'unavailable' | 'refuse'): Diagnostic {
  return item.code === 'spot-trace-gap' && onGap === 'refuse' ? { ...item, severity: 'error' } : item;
}

function unknownLayout(table: TraceTable, file: string): Diagnostic {
  const runCoded = RUN_CODED_COLUMNS.filter((name) => !table.columns.includes(name));
  const looksRunCoded = runCoded.length < RUN_CODED_COLUMNS.length / 2;
  const missing = looksRunCoded ? runCoded : missingSampleColumns(table.columns);
  const close = missing
    .map((name) => closestName(plainName(name), table.columns))
    .find((name) => name !== undefined);
  const shown = table.header[table.columns.indexOf(close ?? '')];
  return diagnostic('spot-trace-layout', {
    summary: `${file} has no column for ${missing.join(', ')}.`,
    detail: `Its first line names ${table.header.map((name) => `"${name}"`).join(', ')}.`,
    path: file,
    source: { file, line: 1 },
    fix:
      shown === undefined
        ? `Name the columns ${SAMPLE_NAMES.join(', ')}, or bring the layout of the SkyPilot spot traces.`
        : `Did you mean "${shown}"?`,
  });
}

function unknownColumns(table: TraceTable, known: readonly string[], file: string): readonly Diagnostic[] {
  const unknown = table.header.filter((name) => !known.includes(plainName(name)));
  if (unknown.length === 0) return [];
  return [
    diagnostic('spot-trace-column', {
      summary: `${file} has columns that say nothing here: ${unknown.map((name) => `"${name}"`).join(', ')}.`,
      path: file,
      source: { file, line: 1 },
    }),
  ];
}

function empty(file: string): Diagnostic {
  return diagnostic('spot-trace-empty', {
    summary: `${file} holds no observation of spot capacity.`,
    path: file,
    source: { file },
    fix: 'Check that the file is complete.',
  });
}
