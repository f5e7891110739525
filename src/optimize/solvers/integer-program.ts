/** One variable of an integer program. Bounds may be infinite; an integer variable takes whole values only. */
export interface Column {
  /** Unique within the program; names appear in diagnostics only. */
  readonly name: string;
  /** Coefficient in the minimised objective. */
  readonly cost: number;
  readonly lower: number;
  readonly upper: number;
  readonly isInteger: boolean;
}

/** One linear row: lower ≤ Σ value × column ≤ upper. Equal bounds make an equality. */
export interface Row {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  /** Column indices, each at most once, and their coefficients in the same order. */
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

/** A mixed-integer linear program to be minimised, sparse by row. */
export interface IntegerProgram {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** One term of a row under construction: coefficient × column. */
export type Term = readonly [column: number, value: number];

/** Collects columns and rows; the program it builds is a plain value. */
export class ProgramBuilder {
  readonly #name: string;
  readonly #columns: Column[] = [];
  readonly #rows: Row[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds a variable and returns its index. */
  column(column: Column): number {
    this.#columns.push(column);
    return this.#columns.length - 1;
  }

  /** Adds a whole variable with bounds 0..`upper` and returns its index. */
  count(name: string, upper: number, cost = 0): number {
    return this.column({ name, cost, lower: 0, upper, isInteger: true });
  }

  /** Adds a row; terms of the same column are summed and zero coefficients left out. */
  row(
    name: string,
    bounds: { readonly lower?: number; readonly upper?: number },
    terms: readonly Term[],
  ): void {
    const sums = new Map<number, number>();
    for (const [column, value] of terms) sums.set(column, (sums.get(column) ?? 0) + value);
    const entries = [...sums].filter(([, value]) => value !== 0).sort(([a], [b]) => a - b);
    this.#rows.push({
      name,
      lower: bounds.lower ?? -Infinity,
      upper: bounds.upper ?? Infinity,
      columns: entries.map(([column]) => column),
      values: entries.map(([, value]) => value),
    });
  }

  build(): IntegerProgram {
    return { name: this.#name, columns: [...this.#columns], rows: [...this.#rows] };
  }
}

/** The sum of a row's terms at `values` (one entry per column). */
export function rowActivity(row: Row, values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < row.columns.length; k++)
    sum += (row.values[k] ?? 0) * (values[row.columns[k] ?? 0] ?? 0);
  return sum;
}

/** The objective of a program at `values` (one entry per column). */
export function objectiveOf(program: IntegerProgram, values: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < program.columns.length; j++) sum += (program.columns[j]?.cost ?? 0) * (values[j] ?? 0);
  return sum;
}
