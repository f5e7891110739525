import { calendarMonth } from '../../cost/index.ts';
import type { Charge, FocusVersion, StatementCurrency } from '../../cost/index.ts';
import { BASE_CURRENCY } from '../../units/index.ts';
import { renderCsv } from './csv.ts';
import { WRITTEN_COLUMNS } from './focus-columns.ts';
import type { FocusFacts } from './focus-columns.ts';

/** What a FOCUS file needs beside the charges. */
export interface FocusOptions {
  readonly version: FocusVersion;
  readonly stack: string;
  readonly currency: StatementCurrency;
  /** Calendar month the charges are for, `YYYY-MM`. */
  readonly month: string;
  /** Billing account; a plan precedes the bill, so it is what the user says or `planned`. */
  readonly billingAccountId: string;
}

/** Charges as the rows of a Cost and Usage file of FOCUS, in their order. Quantities have nine decimals, costs six, prices twelve. */
export function renderFocusCsv(charges: readonly Charge[], options: FocusOptions): string {
  const { version, stack, currency, month, billingAccountId } = options;
  const isConverted = currency.code !== BASE_CURRENCY;
  const columns = WRITTEN_COLUMNS.filter(
    ({ only, ifConverted }) => (only ?? version) === version && (ifConverted !== true || isConverted),
  );
  const facts: FocusFacts = { stack, currency, billingAccountId, billingPeriod: calendarMonth(month) };
  return renderCsv(
    columns.map(({ name }) => name),
    charges.map((charge) => columns.map(({ cell }) => cell(charge, facts))),
  );
}
