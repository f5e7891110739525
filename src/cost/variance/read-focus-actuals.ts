import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { isMoment } from '../focus/focus-cells.ts';
import type { FocusTable } from '../focus/read-focus-table.ts';
import { periodOf } from '../periods/charge-periods.ts';
import type { ChargePeriod } from '../periods/charge-periods.ts';

/** A charge of a bill. */
export interface ActualCharge {
  /** Row as spreadsheets count. */
  readonly row: number;
  /** Cost in 1e-12 units of the currency of the file: bills have more decimals than micro-units. */
  readonly cost: bigint;
  /** Hours of whatever was used; 0 where it is not counted in hours. */
  readonly hours: number;
  /** What tells who used what: the text of a cell, empty where there is none. */
  readonly cell: (column: string) => string;
}

/** A bill. */
export interface FocusActuals {
  readonly currency: string;
  /** From the first start to the last end of its charge periods. */
  readonly period: ChargePeriod;
  readonly charges: readonly ActualCharge[];
}

/** Columns without which nothing can be compared; all are mandatory in FOCUS 1.0 to 1.4. */
const NEEDED = ['BillingCurrency', 'ChargePeriodEnd', 'ChargePeriodStart', 'EffectiveCost'] as const;
/** Problems of cells shown at most; one broken column would fill the screen. */
const MOST_PROBLEMS = 20;
const DECIMALS = 12;
const HOURS = /^(?:hours?|hrs?)$/i;

/**
 * Reads a FOCUS Cost and Usage file of any version from 1.0 on as a bill. All problems at once. Errors: `cost-focus-column` for columns that are missing, `cost-focus-value` for cells
 * that are no number or moment, `cost-focus-currency` for more than one currency.
 */
export function readFocusActuals(table: FocusTable, file: string): Outcome<FocusActuals> {
  const missing = NEEDED.filter((name) => !table.header.includes(name));
  if (missing.length > 0) return failure(...missing.map((name) => missingColumn(name, file)));
  const at = new Map(table.header.map((name, index) => [name, index]));
  const problems: Diagnostic[] = [];
  let [start, end] = [Infinity, -Infinity];
  const currencies = new Map<string, number>();
  const charges = table.records.map(({ row, cells }): ActualCharge => {
    const cell = (column: string): string => cells[at.get(column) ?? -1] ?? '';
    const wrong = (column: string, why: string): void => {
      problems.push(
        wrongCell({ file, row, column: (at.get(column) ?? 0) + 1, name: column }, cell(column), why),
      );
    };
    for (const column of ['ChargePeriodStart', 'ChargePeriodEnd']) {
      if (!isMoment(cell(column))) wrong(column, 'a moment in UTC such as 2026-12-01T00:00:00Z');
    }
    start = Math.min(start, Date.parse(cell('ChargePeriodStart')));
    end = Math.max(end, Date.parse(cell('ChargePeriodEnd')));
    const cost = exactDecimal(cell('EffectiveCost'));
    if (cost === undefined) wrong('EffectiveCost', 'a plain decimal number');
    const currency = cell('BillingCurrency');
    if (!currencies.has(currency)) currencies.set(currency, row);
    return { row, cost: cost ?? 0n, hours: hoursOf(cell), cell };
  });
  if (currencies.size > 1) problems.push(mixedCurrencies(currencies, file));
  if (problems.length > 0)
    return failure(...problems.slice(0, MOST_PROBLEMS), ...tooMany(problems.length, file));
  const hour = 3_600_000;
  return success({
    currency: [...currencies.keys()][0] ?? '',
    period: periodOf(Math.floor(start / hour), Math.ceil(end / hour)),
    charges,
  });
}

/** A decimal as a whole number of 1e-12, exact up to twelve decimals; undefined where it is none. Exponents, which some exports have, are read. */
export function exactDecimal(text: string): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(/e/i.test(text) ? expanded(text) : text);
  if (match === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const value = BigInt(whole + fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
  return sign === '-' ? -value : value;
}

function expanded(text: string): string {
  return /^-?\d+(\.\d+)?e[+-]?\d+$/i.test(text) ? Number(text).toFixed(DECIMALS) : text;
}

function hoursOf(cell: (column: string) => string): number {
  for (const [unit, quantity] of [
    ['PricingUnit', 'PricingQuantity'],
    ['ConsumedUnit', 'ConsumedQuantity'],
  ] as const) {
    const value = Number(cell(quantity));
    if (HOURS.test(cell(unit)) && cell(quantity) !== '' && Number.isFinite(value)) return value;
  }
  return 0;
}

function missingColumn(name: string, file: string): Diagnostic {
  return diagnostic('cost-focus-column', {
    summary: `${file} has no column ${name}.`,
    path: name,
    source: { file, line: 1 },
    fix: 'Export the whole FOCUS Cost and Usage dataset (1.0 or later), with a header; `plimsoll cost validate` tells what else is missing.',
  });
}

function wrongCell(
  at: { readonly file: string; readonly row: number; readonly column: number; readonly name: string },
  text: string,
  wanted: string,
): Diagnostic {
  const shown = text === '' ? 'empty' : `"${text.slice(0, 40)}"`;
  return diagnostic('cost-focus-value', {
    summary: `${at.name} in row ${String(at.row)} is ${shown}, not ${wanted}.`,
    path: at.name,
    source: { file: at.file, line: at.row, column: at.column },
    fix: 'Correct the export; no row is left out of a comparison.',
  });
}

function mixedCurrencies(currencies: ReadonlyMap<string, number>, file: string): Diagnostic {
  const shown = [...currencies].map(
    ([code, row]) => `${code === '' ? 'none' : code} from row ${String(row)}`,
  );
  return diagnostic('cost-focus-currency', {
    summary: `${file} has charges in ${String(currencies.size)} currencies: ${shown.slice(0, 4).join(', ')}.`,
    path: 'BillingCurrency',
    source: { file },
    fix: 'Compare one currency at a time: export or filter by BillingCurrency.',
  });
}

function tooMany(count: number, file: string): readonly Diagnostic[] {
  if (count <= MOST_PROBLEMS) return [];
  return [
    diagnostic('cost-focus-value', {
      summary: `${file} has ${String(count - MOST_PROBLEMS)} more such problems.`,
      source: { file },
      fix: 'Run `plimsoll cost validate --full` to see all.',
    }),
  ];
}
