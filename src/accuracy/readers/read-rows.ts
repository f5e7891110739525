import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { isAiperfSummary, readAiperfSummary } from './aiperf.ts';
import { readCsvRows } from './csv-rows.ts';
import { isGuidellmReport, readGuidellmReport } from './guidellm.ts';
import type { MeasurementLayout, RawRow, RawRows } from './raw-row.ts';
import { isVllmRun, readVllmRun } from './vllm-bench.ts';

/** A JSON value of a file and the line it stands on. */
interface Located {
  readonly value: unknown;
  readonly line: number;
}

/** One JSON layout: how a run is recognised and read. A report may hold several runs. */
interface JsonLayout {
  readonly layout: MeasurementLayout;
  readonly recognises: (value: unknown) => boolean;
  readonly read: (value: unknown, line: number) => readonly RawRow[];
}

const JSON_LAYOUTS: readonly JsonLayout[] = [
  { layout: 'vllm-bench', recognises: isVllmRun, read: (value, line) => [readVllmRun(value, line)] },
  { layout: 'guidellm', recognises: isGuidellmReport, read: readGuidellmReport },
  { layout: 'aiperf', recognises: isAiperfSummary, read: (value, line) => [readAiperfSummary(value, line)] },
];

/**
 * Reads the rows of a measurement file in any known layout: CSV, or JSON (one value, a list, or one value per line) of
 * vLLM's serving benchmark, GuideLLM, aiperf and genai-perf.
 * Errors: `accuracy-empty`, `accuracy-unknown-layout`, `engine-file-invalid`.
 */
export function readRows(text: string, fileName: string): Outcome<RawRows> {
  if (text.trim() === '') {
    return failure(
      diagnostic('accuracy-empty', {
        summary: `${fileName} is empty.`,
        source: { file: fileName },
        fix: 'Give a CSV file with a header line, or the JSON result of a serving benchmark.',
      }),
    );
  }
  return /^\uFEFF?\s*[[{]/.test(text) ? readJsonRows(text, fileName) : readCsv(text, fileName);
}

function readCsv(text: string, fileName: string): Outcome<RawRows> {
  try {
    return success(readCsvRows(text));
  } catch (error) {
    const { message, lines } = error as { readonly message: string; readonly lines?: number };
    return failure(
      diagnostic('engine-file-invalid', {
        summary: `${fileName} is no readable CSV: ${message}.`,
        source: { file: fileName, ...(lines === undefined ? {} : { line: lines }) },
        fix: 'Close the quotes of every field.',
      }),
    );
  }
}

function readJsonRows(text: string, fileName: string): Outcome<RawRows> {
  const values = jsonValues(text.replace(/^\uFEFF/, ''));
  if ('message' in values) {
    return failure(
      diagnostic('engine-file-invalid', {
        summary: `${fileName} is no readable JSON: ${values.message}.`,
        source: { file: fileName, line: values.line },
      }),
    );
  }
  const layout = JSON_LAYOUTS.find(({ recognises }) => values.some(({ value }) => recognises(value)));
  if (layout === undefined) return failure(unknownLayout(fileName));
  const rows = values.flatMap(({ value, line }) => layout.read(value, line));
  const columns = [...new Set(rows.flatMap(({ fields }) => [...fields.keys()]))];
  return success({ layout: layout.layout, columns, rows });
}

/** The values of a JSON text, or of JSON lines; or where it breaks. */
function jsonValues(text: string): readonly Located[] | { readonly message: string; readonly line: number } {
  try {
    const value = JSON.parse(text) as unknown;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((item, index) => ({ value: item, line: index + 1 }));
  } catch (whole) {
    const lines = text.split('\n').map((content, index) => ({ content: content.trim(), line: index + 1 }));
    const filled = lines.filter(({ content }) => content !== '');
    const located: Located[] = [];
    for (const { content, line } of filled) {
      try {
        located.push({ value: JSON.parse(content) as unknown, line });
      } catch (error) {
        // Text broken over lines is one value: its own error tells more than that of its first line.
        return { message: ((located.length > 0 ? error : whole) as Error).message, line };
      }
    }
    return located;
  }
}

function unknownLayout(fileName: string): ReturnType<typeof diagnostic> {
  return diagnostic('accuracy-unknown-layout', {
    summary: `${fileName} has the layout of no known serving benchmark.`,
    detail:
      'Known are CSV with a header line, `vllm bench serve --save-result`, GuideLLM reports, and the summaries of aiperf and genai-perf.',
    source: { file: fileName },
    fix: 'Give one of these, or write the figures as CSV with the columns of docs/accuracy-command.md.',
  });
}
