import type { Quantity } from './brand.ts';

/**
 * An amount of money in whole micro-dollars (1 USD = 1,000,000), always an integer.
 * Exact in a double up to 9 billion dollars; sums of line items therefore never drift.
 */
export type MicroUsd = Quantity<'micro-usd'>;
/** A price in whole micro-dollars per hour, always an integer. */
export type MicroUsdPerHour = Quantity<'micro-usd/hour'>;

/**
 * An amount in whole micro-units (1/1,000,000) of the currency that a statement is kept in, which it names; dollars unless it was
 * converted. Every amount of dollars is one, not the other way round.
 */
export type Money = Quantity<'micro-usd' | 'micro-currency'>;
/** A price in micro-units per hour of the currency of a statement; whole only in dollars, as a converted price is kept exact. */
export type MoneyPerHour = Quantity<'micro-usd/hour' | 'micro-currency/hour'>;

/** Brands a number that is in micro-units of the statement's currency already; rounds it to a whole one. */
export function money(amount: number): Money {
  return roundHalfAway(amount) as Money;
}

/** An amount at `rate` units of another currency per unit of its own, rounded once to a whole micro-unit. */
export function convertMoney(amount: Money, rate: number): Money {
  return money(amount * rate);
}

/** A price at `rate` units of another currency per unit of its own, not rounded: prices are multiplied by many hours. */
export function convertPrice(price: MoneyPerHour, rate: number): MoneyPerHour {
  return (rate === 1 ? price : price * rate) as MoneyPerHour;
}

/** The exact sum of amounts of one currency; an empty list sums to zero. */
export function sumMoney(amounts: Iterable<Money>): Money {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total as Money;
}

/** Converts dollars to micro-dollars, rounding half away from zero to the nearest micro-dollar. */
export function usd(dollars: number): MicroUsd {
  return roundHalfAway(dollars * 1e6) as MicroUsd;
}

/** Converts dollars per hour to micro-dollars per hour, rounding to the nearest micro-dollar. */
export function usdPerHour(dollars: number): MicroUsdPerHour {
  return roundHalfAway(dollars * 1e6) as MicroUsdPerHour;
}

/** Brands a number that is already in micro-dollars; rounds it to a whole one. */
export function microUsd(amount: number): MicroUsd {
  return roundHalfAway(amount) as MicroUsd;
}

/** The cost of `quantity` hours at `price`, rounded once to a whole micro-dollar. */
export function priceOfHours(price: MicroUsdPerHour, quantity: number): MicroUsd {
  return roundHalfAway(price * quantity) as MicroUsd;
}

/** The exact sum of amounts; an empty list sums to zero. */
export function sumUsd(amounts: Iterable<MicroUsd>): MicroUsd {
  let total = 0;
  for (const amount of amounts) total += amount;
  return total as MicroUsd;
}

/** The amount in dollars as a floating point number, for ratios and charts only. */
export function toDollars(amount: MicroUsd | MicroUsdPerHour): number {
  return amount / 1e6;
}

/**
 * Prints an amount with thousands separators and a fixed number of decimals, for example `12,345.60`.
 * The sign, if any, leads. No currency symbol is added.
 */
export function formatUsd(amount: Money | MoneyPerHour, decimals = 2): string {
  const scale = 10 ** decimals;
  const rounded = roundHalfAway((amount / 1e6) * scale);
  const magnitude = Math.abs(rounded);
  const whole = Math.floor(magnitude / scale);
  const fraction = Math.round(magnitude - whole * scale);
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = rounded < 0 ? '-' : '';
  return decimals === 0
    ? `${sign}${grouped}`
    : `${sign}${grouped}.${String(fraction).padStart(decimals, '0')}`;
}

/**
 * Prints a number as a plain decimal for machines: no exponent, no separators, at most `decimals` of them, none that are zeros at
 * the end. A number that is none prints as an empty text.
 */
export function plainDecimal(value: number, decimals = 6): string {
  if (!Number.isFinite(value)) return '';
  const text = value.toFixed(decimals);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

function roundHalfAway(value: number): number {
  const rounded = Math.sign(value) * Math.round(Math.abs(value));
  return rounded === 0 ? 0 : rounded;
}
