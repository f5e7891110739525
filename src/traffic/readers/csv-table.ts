import { success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { ArrivalUnit } from '../trace.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { SLOTS, findColumns } from './columns.ts';
import type { ColumnNames, FoundColumns } from './columns.ts';
import { parseNumber, textOf } from './fields.ts';
import { MAX_TOKENS } from './reader.ts';
import type { ReadContext, Row, RowParser, RowVerdict } from './reader.ts';

const QUOTE = 34;
const SEPARATORS = [',', '\t', ';', '|'] as const;
const ARRIVAL = 0;
const ISL = 1;
const OSL = 2;
const CACHED = 3;
const LONGEST_QUOTATION = 60;

/** What a CSV format knows of its columns. */
export interface CsvLayout {
  readonly names: ColumnNames;
  /** Unit of the arrival column when the format fixes it. */
  readonly arrivalUnit?: ArrivalUnit;
}

/** The separator of a header line: the one of comma, tab, semicolon and bar that occurs most; comma on a tie. */
export function separatorOf(header: string): string {
  const counts = SEPARATORS.map((separator) => header.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** The column names of a header line, without quotes and surrounding spaces. */
export function headerNames(header: string): string[] {
  return header.split(separatorOf(header)).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

/** Opens a CSV file by its header. Fields may be quoted; a quoted field holds no line end. */
export function openCsv(layout: CsvLayout, header: string, context: ReadContext): Outcome<RowParser> {
  const present = headerNames(header);
  const columns = findColumns(layout.names, present, context);
  if (!columns.ok) return columns;
  const unit = context.columns.arrivalUnit ?? layout.arrivalUnit;
  const clock = new ArrivalClock(unit, columns.value.arrival ?? '');
  return success(new CsvRowParser(columns.value, present, separatorOf(header).charCodeAt(0), clock));
}

/** Reads rows from bytes without making a string or an object per row. */
class CsvRowParser implements RowParser {
  readonly hasHeader = true;
  readonly #columns: FoundColumns;
  readonly #separator: number;
  readonly #clock: ArrivalClock;
  /** Slot of each column up to the last wanted one; -1 for columns that are passed over. */
  readonly #slotOf: Int8Array;
  /** Where the fields of the line lie, by slot; a slot without column stays empty. */
  readonly #starts = new Int32Array(SLOTS.length);
  readonly #ends = new Int32Array(SLOTS.length);

  constructor(columns: FoundColumns, present: readonly string[], separator: number, clock: ArrivalClock) {
    this.#columns = columns;
    this.#separator = separator;
    this.#clock = clock;
    const positions = SLOTS.map((slot) => {
      const name = columns[slot];
      return name === undefined ? -1 : present.indexOf(name);
    });
    this.#slotOf = new Int8Array(Math.max(...positions) + 1).fill(-1);
    positions.forEach((position, slot) => {
      if (position >= 0) this.#slotOf[position] = slot;
    });
  }

  epoch(): number | undefined {
    return this.#clock.epoch();
  }

  read(bytes: Uint8Array, start: number, end: number, row: Row): RowVerdict {
    const found = this.#locate(bytes, start, end);
    if (found < this.#slotOf.length) {
      row.problem = `it has ${found} columns, expected at least ${this.#slotOf.length}`;
      return 'broken';
    }
    if (this.#columns.arrival === undefined) row.arrival = 0;
    else row.arrival = this.#clock.read(bytes, this.#starts[ARRIVAL] ?? 0, this.#ends[ARRIVAL] ?? 0);
    if (Number.isNaN(row.arrival)) return this.#broken(bytes, ARRIVAL, row);
    row.osl = this.#tokens(bytes, OSL);
    if (!(row.osl >= 0)) return this.#broken(bytes, OSL, row);
    row.isl = this.#tokens(bytes, ISL);
    if (row.osl === 0 && row.isl >= 0) return 'failed';
    if (!(row.isl >= 1)) return this.#broken(bytes, ISL, row);
    row.cachedTokens = 0;
    if (this.#columns.cachedTokens !== undefined) {
      row.cachedTokens = this.#tokens(bytes, CACHED);
      if (!(row.cachedTokens >= 0)) return this.#broken(bytes, CACHED, row);
    }
    return 'request';
  }

  /** Notes where the wanted fields of a line lie; returns how many columns it met, at most one past the last wanted. */
  #locate(bytes: Uint8Array, start: number, end: number): number {
    const separator = this.#separator;
    const slotOf = this.#slotOf;
    const last = slotOf.length;
    let column = 0;
    let p = start;
    while (p <= end && column < last) {
      let from = p;
      let to: number;
      if (bytes[p] === QUOTE && p < end) {
        from = p + 1;
        to = from;
        while (to < end && bytes[to] !== QUOTE) to++;
        p = to;
        while (p < end && bytes[p] !== separator) p++;
      } else {
        while (p < end && bytes[p] !== separator) p++;
        to = p;
      }
      const slot = slotOf[column] ?? -1;
      if (slot >= 0) {
        this.#starts[slot] = from;
        this.#ends[slot] = to;
      }
      column++;
      p++;
    }
    return column;
  }

  /** A whole number of tokens; not-a-number for anything else. */
  #tokens(bytes: Uint8Array, slot: number): number {
    const value = parseNumber(bytes, this.#starts[slot] ?? 0, this.#ends[slot] ?? 0);
    return Number.isInteger(value) && value <= MAX_TOKENS ? value : NaN;
  }

  #broken(bytes: Uint8Array, slot: number, row: Row): RowVerdict {
    const text = textOf(bytes, this.#starts[slot] ?? 0, this.#ends[slot] ?? 0).slice(0, LONGEST_QUOTATION);
    const name = this.#columns[SLOTS[slot] ?? 'isl'] ?? '';
    const least = slot === ISL ? 1 : 0;
    const expected = slot === ARRIVAL ? this.#clock.expected() : `a whole number ≥ ${least}`;
    row.problem = `"${name}" is "${text}", expected ${expected}`;
    return 'broken';
  }
}
