import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';

/** Rows reported one by one before only their number is told. */
const REPORTED_ROWS = 10;

/** Counts the rows of a file and keeps the first that could not be used. */
export class RowReport {
  readonly #fileName: string;
  readonly #first: { readonly line: number; readonly reason: string }[] = [];
  rows = 0;
  skipped = 0;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** Counts one row of data. */
  read(): void {
    this.rows += 1;
  }

  /** Counts a row that could not be used, for a reason in words. */
  skip(line: number, reason: string): void {
    this.skipped += 1;
    if (this.#first.length < REPORTED_ROWS) this.#first.push({ line, reason });
  }

  /** One warning per reported row, and one for the rest. */
  diagnostics(): Diagnostic[] {
    const reported = this.#first.map(({ line, reason }) =>
      diagnostic('catalog-row-skipped', {
        summary: `Line ${line} was left out: ${reason}.`,
        source: { file: this.#fileName, line },
      }),
    );
    const rest = this.skipped - this.#first.length;
    if (rest === 0) return reported;
    return [
      ...reported,
      diagnostic('catalog-row-skipped', {
        summary: `${rest} more rows were left out for the same kinds of reason.`,
        source: { file: this.#fileName },
      }),
    ];
  }
}
