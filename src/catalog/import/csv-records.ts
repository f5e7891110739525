import { Readable } from 'node:stream';
import { parse } from 'csv-parse';

/** One record of a CSV file. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line on which it ends, counted from 1. */
  readonly line: number;
}

/** The records of a CSV file, header included, read as the lines arrive; rows may be short or long. */
export async function* csvRecords(lines: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    skip_empty_lines: true,
  });
  const stream = Readable.from(withLineEnds(lines)).compose(parser) as AsyncIterable<unknown>;
  for await (const item of stream) {
    const { record, info } = item as { record: string[]; info: { lines: number } };
    yield { cells: record, line: info.lines };
  }
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield line.endsWith('\n') ? line : `${line}\n`;
}
