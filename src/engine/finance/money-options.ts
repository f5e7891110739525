import { DOLLARS } from '../../cost/index.ts';
import type { StatementCurrency } from '../../cost/index.ts';
import { diagnostic, failure, success, suggestion } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { BASE_CURRENCY, currencyCodes, isCurrency } from '../../units/index.ts';

/** A currency as the user names it. */
export interface CurrencyChoice {
  /** ISO 4217; default dollars. */
  readonly code?: string;
  /** Units of it per US dollar. */
  readonly rate?: number;
  /** ISO date of the rate. */
  readonly rateDate?: string;
}

/** The currency of a statement. Rates are never looked up: whoever wants another currency than dollars says its rate. Errors: `cost-currency`. */
export function statementCurrency({ code, rate, rateDate }: CurrencyChoice): Outcome<StatementCurrency> {
  const wanted = code ?? BASE_CURRENCY;
  if (!isCurrency(wanted)) {
    return failure(
      diagnostic('cost-currency', {
        summary: `"${wanted}" is no currency code of ISO 4217.`,
        fix: suggestion(wanted.toUpperCase(), currencyCodes(), 'Name it in capitals, such as EUR.'),
      }),
    );
  }
  if (wanted === BASE_CURRENCY) {
    return rate === undefined || rate === 1
      ? success(DOLLARS)
      : failure(
          diagnostic('cost-currency', {
            summary: `A rate of ${String(rate)} for US dollars, in which all prices are, cannot be.`,
            fix: 'Name the other currency with --currency, or leave --rate out.',
          }),
        );
  }
  if (rate === undefined || !(rate > 0) || !Number.isFinite(rate)) {
    return failure(
      diagnostic('cost-currency', {
        summary: `A statement in ${wanted} needs the rate: units of ${wanted} per US dollar, above 0.`,
        detail: 'Prices of plans are in US dollars, and rates are never looked up.',
        fix: `Give it with --rate, and its day with --rate-date, such as --currency ${wanted} --rate 0.92 --rate-date 2026-11-20.`,
      }),
    );
  }
  return success({
    code: wanted,
    perUsd: rate,
    ...(rateDate === undefined ? {} : { rateDate }),
  });
}
