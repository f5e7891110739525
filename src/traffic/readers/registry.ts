import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { TraceFormat } from '../../model/index.ts';
import { azureLlmReader } from './azure-llm.ts';
import { burstGptReader } from './burstgpt.ts';
import { csvReader } from './csv.ts';
import { jsonlReader } from './jsonl.ts';
import { mooncakeReader } from './mooncake.ts';
import type { ReadContext, TraceReader } from './reader.ts';

/** Every reader, in the order in which `auto` asks them: special layouts before plain ones. */
export const TRACE_READERS: readonly TraceReader[] = [
  azureLlmReader,
  burstGptReader,
  mooncakeReader,
  csvReader,
  jsonlReader,
];

/**
 * The reader of a format; for `auto` the first that recognises the file's first line.
 * Stated columns make `auto` take a plain reader (JSONL when the line begins with a brace).
 * Errors: `traffic-unknown-format`.
 */
export function chooseReader(
  format: TraceFormat,
  firstLine: string,
  context: ReadContext,
): Outcome<TraceReader> {
  const reader =
    format === 'auto' ? recognise(firstLine, context) : TRACE_READERS.find((item) => item.format === format);
  if (reader !== undefined) return success(reader);
  const asked =
    format === 'auto' ? 'has a layout that no reader recognises' : `has an unknown format "${format}"`;
  return failure(
    diagnostic('traffic-unknown-format', {
      summary: `${context.fileName} ${asked}.`,
      detail: [
        `Its first line is ${JSON.stringify(firstLine.slice(0, 80))}. Known layouts:`,
        ...TRACE_READERS.map((item) => `  ${item.format}: ${item.description}`),
      ].join('\n'),
      path: context.fileName,
      source: { file: context.fileName, line: 1 },
      fix: compressionHint(firstLine) ?? 'State the format; for csv and jsonl, also which columns hold what.',
    }),
  );
}

function recognise(firstLine: string, context: ReadContext): TraceReader | undefined {
  if (Object.keys(context.columns).length === 0)
    return TRACE_READERS.find((item) => item.recognises(firstLine));
  return firstLine.trimStart().startsWith('{') ? jsonlReader : csvReader;
}

/** Gzip (RFC 1952: 1f 8b, method 8) and Zstandard files begin with bytes that are not text. */
function compressionHint(firstLine: string): string | undefined {
  const isCompressed = firstLine.startsWith('\u001f\uFFFD\u0008') || firstLine.startsWith('(\uFFFD/');
  return isCompressed
    ? 'The content is compressed: decompress it, or name the file .gz so that it is.'
    : undefined;
}
