import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { OperatorSample, RowReading } from './operator-sample.ts';

/** What one file of measured tables gives. */
export interface TableReading {
  readonly rows: number;
  /** Rows of no use here: other formats, other kernels, lowered clocks. */
  readonly unused: number;
  /** Rows with an empty, unreadable or impossible cell; the first ones have a diagnostic each. */
  readonly broken: number;
  readonly samples: readonly OperatorSample[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Broken rows that get a diagnostic of their own; one more counts the others. */
const MOST_REPORTED = 10;

/** Collects the readings of one file row by row. */
export class ReadingCollector {
  readonly #file: string;
  readonly #samples: OperatorSample[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #rows = 0;
  #unused = 0;
  #broken = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes one reading. `line` counts from 1: the line of a CSV file, the row of a parquet file. */
  take(reading: RowReading, line: number): void {
    this.#rows += 1;
    if ('sample' in reading) this.#samples.push(reading.sample);
    else if ('unused' in reading) this.#unused += 1;
    else {
      this.#broken += 1;
      if (this.#broken <= MOST_REPORTED) this.#diagnostics.push(this.#brokenRow(reading.broken, line));
    }
  }

  /** The reading of the rows taken so far. */
  finish(): TableReading {
    const more = this.#broken - MOST_REPORTED;
    const rest =
      more > 0
        ? [
            diagnostic('perf-table-row-invalid', {
              summary: `${this.#file} has ${more} more broken rows; they were left out too.`,
              source: { file: this.#file },
            }),
          ]
        : [];
    return {
      rows: this.#rows,
      unused: this.#unused,
      broken: this.#broken,
      samples: this.#samples,
      diagnostics: [...this.#diagnostics, ...rest],
    };
  }

  #brokenRow(
    { column, reason }: { readonly column: string; readonly reason: string },
    line: number,
  ): Diagnostic {
    return diagnostic('perf-table-row-invalid', {
      summary: `${this.#file}, row ${line}: column ${column} ${reason}; the row was left out.`,
      path: column,
      source: { file: this.#file, line },
      fix: 'Correct the cell, or measure this shape again.',
    });
  }
}

/** The reading of a file that lacks columns: no rows, one diagnostic. */
export function withoutColumns(file: string, missing: readonly string[]): TableReading {
  return {
    rows: 0,
    unused: 0,
    broken: 0,
    samples: [],
    diagnostics: [
      diagnostic('perf-table-column-missing', {
        summary: `${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; the file was left out.`,
        source: { file, line: 1 },
        fix: 'Name the columns as in docs/operator-tables.md, or leave the file out of the folder.',
      }),
    ],
  };
}
