import type { Outcome } from '../../diagnostics/index.ts';
import type { TraceFormat } from '../../model/index.ts';
import type { TraceColumns } from '../trace.ts';

/** A layout of trace files. One implementation per format; all pass the one conformance suite. */
export interface TraceReader {
  readonly format: Exclude<TraceFormat, 'auto'>;
  /** The layout in words, for diagnostics. */
  readonly description: string;
  /** Whether a file that begins with this line (no line end) has this layout; decides `auto`. */
  recognises(firstLine: string): boolean;
  /**
   * Prepares to read a file that begins with `firstLine`.
   * Errors: `traffic-missing-column`, one per column that the first line lacks.
   */
  open(firstLine: string, context: ReadContext): Outcome<RowParser>;
}

/** What a reader knows about the file beside its first line. */
export interface ReadContext {
  readonly fileName: string;
  readonly columns: TraceColumns;
}

/** What came of one line: a request, a request that failed (no output), or a line that cannot be read. */
export type RowVerdict = 'request' | 'failed' | 'broken';

/** Reads the lines of one file in order. Stateful: it may keep a prefix cache or the unit found in the first row. */
export interface RowParser {
  /** True when the first line names columns and holds no request. */
  readonly hasHeader: boolean;
  /** Reads `bytes[start, end)`, one line without its line end, into `row`, which is overwritten and keeps no reference to `bytes`. */
  read(bytes: Uint8Array, start: number, end: number, row: Row): RowVerdict;
  /** Seconds since 1970-01-01 UTC of arrival value 0; undefined without calendar time. Valid after the first request. */
  epoch(): number | undefined;
}

/** One request on its way into the columns; a single instance is reused for all lines. */
export interface Row {
  /** Seconds in the clock of the file. */
  arrival: number;
  isl: number;
  osl: number;
  cachedTokens: number;
  /** Prompt tokens of one prefix block; 0 for formats that do not tell blocks (the same for all rows of a file). */
  blockTokens: number;
  /** Numbers of the prompt's prefix blocks, from its beginning; dense from 0 over the file. */
  prefixBlocks: readonly number[];
  /** Of a broken line: what was found and what was expected, `"isl" is "abc", expected a whole number ≥ 1`. */
  problem: string;
}

/** An empty row to be filled. */
export function emptyRow(): Row {
  return { arrival: 0, isl: 0, osl: 0, cachedTokens: 0, blockTokens: 0, prefixBlocks: [], problem: '' };
}

/** Largest length accepted, tokens: what the 32-bit columns hold. */
export const MAX_TOKENS = 2_147_483_647;
