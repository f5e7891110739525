import type { RequestColumns, TraceFormat } from '../model/index.ts';

/** Requests read from a file, in arrival order, first arrival at 0. */
export interface Trace extends RequestColumns {
  /**
   * Hour of the week (UTC, 0 = Monday 00:00, fractional) of the first arrival, 0 ≤ h < 168;
   * absent when the file states no calendar time.
   */
  readonly startHourOfWeek?: number;
}

/** Unit of the arrival column: numbers in seconds or milliseconds (since anything), or ISO 8601 date and time (UTC unless it says otherwise). */
export type ArrivalUnit = 'seconds' | 'milliseconds' | 'datetime';

/**
 * Which columns (CSV header names or JSON keys) of a plain file mean what. Upper and lower case, spaces, `_` and `-` are not told apart.
 * An absent name is looked for under the usual names (docs/traffic.md).
 */
export interface TraceColumns {
  /** Arrival time; `null` states that the file holds lengths only, all arrivals are then 0. */
  readonly arrival?: string | null;
  readonly isl?: string;
  readonly osl?: string;
  /** Prefix tokens found in a warm cache; without such a column all zeros. */
  readonly cachedTokens?: string;
  /** Default: recognised in the first row (docs/traffic.md). */
  readonly arrivalUnit?: ArrivalUnit;
}

/** How to read a trace. */
export interface ReadTraceOptions {
  /** Name for diagnostics; never opened. */
  readonly fileName: string;
  readonly format: TraceFormat;
  /** For the formats `csv` and `jsonl`; the others know their columns. */
  readonly columns?: TraceColumns;
  /**
   * `fail` (default): a broken line fails the reading; the first few are reported.
   * `skip`: broken lines are left out; the first few are reported as warnings, with their number.
   */
  readonly onBrokenLine?: 'fail' | 'skip';
}
