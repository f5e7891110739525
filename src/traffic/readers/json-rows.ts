import type { ArrivalClock } from './arrival-clock.ts';
import type { FoundColumns, Slot } from './columns.ts';
import { textOf } from './fields.ts';
import { MAX_TOKENS } from './reader.ts';
import type { Row, RowParser, RowVerdict } from './reader.ts';

/** One line of a JSONL file. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** The object that a line holds; undefined when the line is not JSON or holds anything else. */
export function parseObject(line: string): JsonRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonRow)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Reads cached tokens (and prefix blocks) of a request from its object into `row`, whose `isl` is known; a problem as text. */
export type ReadPrefix = (object: JsonRow, row: Row) => string | undefined;

/** Reads one object per line. */
export class JsonRowParser implements RowParser {
  readonly hasHeader = false;
  readonly #columns: FoundColumns;
  readonly #clock: ArrivalClock;
  readonly #readPrefix: ReadPrefix;
  readonly #encoder = new TextEncoder();

  constructor(columns: FoundColumns, clock: ArrivalClock, readPrefix: ReadPrefix) {
    this.#columns = columns;
    this.#clock = clock;
    this.#readPrefix = readPrefix;
  }

  epoch(): number | undefined {
    return this.#clock.epoch();
  }

  read(bytes: Uint8Array, start: number, end: number, row: Row): RowVerdict {
    const text = textOf(bytes, start, end);
    const object = parseObject(text);
    if (object === undefined) {
      row.problem = `it holds ${JSON.stringify(text.slice(0, 60))}, expected one JSON object`;
      return 'broken';
    }
    row.arrival = this.#arrival(object);
    if (Number.isNaN(row.arrival)) return this.#broken(object, 'arrival', this.#clock.expected(), row);
    row.osl = tokensOf(object[this.#columns.osl ?? '']);
    if (!(row.osl >= 0)) return this.#broken(object, 'osl', 'a whole number ≥ 0', row);
    row.isl = tokensOf(object[this.#columns.isl ?? '']);
    if (row.osl === 0 && row.isl >= 0) return 'failed';
    if (!(row.isl >= 1)) return this.#broken(object, 'isl', 'a whole number ≥ 1', row);
    const problem = this.#readPrefix(object, row);
    if (problem === undefined) return 'request';
    row.problem = problem;
    return 'broken';
  }

  #arrival(object: JsonRow): number {
    if (this.#columns.arrival === undefined) return 0;
    const value = object[this.#columns.arrival];
    if (typeof value !== 'number' && typeof value !== 'string') return NaN;
    const bytes = this.#encoder.encode(String(value));
    return this.#clock.read(bytes, 0, bytes.length);
  }

  #broken(object: JsonRow, slot: Slot, expected: string, row: Row): RowVerdict {
    const name = this.#columns[slot] ?? slot;
    const value = JSON.stringify(object[name]) as string | undefined;
    const found = value === undefined ? 'is absent' : `is ${value.slice(0, 60)}`;
    row.problem = `"${name}" ${found}, expected ${expected}`;
    return 'broken';
  }
}

/** A whole number of tokens; not-a-number for anything else. */
export function tokensOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value <= MAX_TOKENS ? value : NaN;
}
