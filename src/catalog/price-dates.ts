import type { Offering } from '../model/index.ts';

/** Days between two prices after which the older one counts as old. */
export const OLD_PRICE_DAYS = 365;

/**
 * Dates of the oldest and the newest price among offerings (YYYY-MM-DD); empty texts when no price carries a date, as with
 * prices that pools declare themselves.
 */
export function priceDates(offerings: readonly Offering[]): {
  readonly oldest: string;
  readonly newest: string;
} {
  const dates = offerings.flatMap((offering) => offering.priceProvenance.date ?? []).sort();
  return { oldest: dates[0] ?? '', newest: dates.at(-1) ?? '' };
}

/** Days from one ISO date to another, both as UTC days; not a number when either is no date. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}
