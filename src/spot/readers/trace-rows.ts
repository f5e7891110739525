import { parse } from 'csv-parse/sync';
import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic, DiagnosticCode } from '../../diagnostics/index.ts';

/** Ticks, nodes and lengths up to here are taken: what the 32-bit columns hold. */
const MAX_COUNT = 2_147_483_647;
/** Problems of rows that are shown one by one. */
const PROBLEMS_SHOWN = 5;
const LONGEST_QUOTATION = 60;

/** The rows of a CSV text. */
export interface TraceTable {
  /** Plain names of the columns: lower case, without blanks, `_` and `-`. */
  readonly columns: readonly string[];
  /** The names as the file has them. */
  readonly header: readonly string[];
  readonly rows: readonly TraceRow[];
}

/** One row: its cells in the order of the columns, and its line. */
export interface TraceRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** A column name without the differences that do not count. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** Parses CSV text with a header line. Throws what the CSV parser throws on broken quotes. */
export function traceTable(text: string): TraceTable {
  const records = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as readonly {
    readonly record: readonly string[];
    readonly info: { readonly lines: number };
  }[];
  const [first, ...body] = records;
  const header = first?.record ?? [];
  const rows = body.map(({ record, info }) => ({ cells: record, line: info.lines }));
  return { columns: header.map(plainName), header, rows };
}

/** Reads cells of the rows of one file and collects what is wrong with them. Stateful. */
export class RowReader {
  readonly fileName: string;
  readonly #columns: readonly string[];
  readonly #code: DiagnosticCode;
  readonly #problems: Diagnostic[] = [];
  #broken = 0;

  constructor(fileName: string, columns: readonly string[], code: DiagnosticCode = 'spot-trace-row') {
    this.fileName = fileName;
    this.#columns = columns;
    this.#code = code;
  }

  /** Position of the first of the plain names that the file has; -1 without. */
  position(...names: readonly string[]): number {
    return names.map((name) => this.#columns.indexOf(name)).find((index) => index >= 0) ?? -1;
  }

  /** The text of a cell; reports a broken row and gives undefined when it is empty. */
  text(row: TraceRow, column: number, name: string): string | undefined {
    const value = row.cells[column] ?? '';
    if (value !== '') return value;
    this.report(row, `"${name}" is empty`);
    return undefined;
  }

  /** A whole number ≥ `least`; reports a broken row and gives undefined for anything else. */
  count(row: TraceRow, column: number, name: string, least: number): number | undefined {
    const text = row.cells[column] ?? '';
    const value = /^[+-]?\d+(\.0*)?$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= MAX_COUNT) return value;
    this.report(
      row,
      `"${name}" is "${text.slice(0, LONGEST_QUOTATION)}", expected a whole number ≥ ${least}`,
    );
    return undefined;
  }

  /** Adds a broken row. */
  report(row: TraceRow, problem: string): void {
    this.#broken++;
    if (this.#broken > PROBLEMS_SHOWN) return;
    this.#problems.push(
      diagnostic(this.#code, {
        summary: `Line ${row.line} of ${this.fileName} cannot be read: ${problem}.`,
        path: this.fileName,
        source: { file: this.fileName, line: row.line },
        fix: 'Correct or remove the line.',
      }),
    );
  }

  /** All problems so far; beyond five of them only how many. */
  problems(): readonly Diagnostic[] {
    const [first] = this.#problems;
    if (first === undefined || this.#broken <= PROBLEMS_SHOWN) return this.#problems;
    const more = this.#broken - PROBLEMS_SHOWN;
    return [
      ...this.#problems,
      diagnostic(this.#code, {
        summary: `${more} more ${more === 1 ? 'problem' : 'problems'} in lines of ${this.fileName}.`,
        path: this.fileName,
        source: { file: this.fileName },
      }),
    ];
  }
}
