import { bytes, joules, requestsPerSecond, seconds, tokensPerSecond } from './quantities.ts';
import type {
  Bytes,
  BytesPerSecond,
  Joules,
  RequestsPerSecond,
  Seconds,
  TokensPerSecond,
} from './quantities.ts';
import { HOURS_PER_MONTH } from './quantities.ts';
import { usd, usdPerHour } from './money.ts';
import type { MicroUsd, MicroUsdPerHour } from './money.ts';

/** The outcome of reading a quantity: the value, or what was expected instead. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly expected: string };

/** A duration as users write it: a number and a unit, such as `60ms` or `1.5 s`. */
export type DurationText = `${number}${'' | ' '}${'us' | 'ms' | 's' | 'min' | 'h' | 'd'}`;
/** A memory size as users write it, such as `80GiB` or `640 GB`. */
export type SizeText =
  `${number}${'' | ' '}${'B' | 'KB' | 'MB' | 'GB' | 'TB' | 'KiB' | 'MiB' | 'GiB' | 'TiB'}`;
/** A request rate as users write it, such as `12/s` or `700/min`. */
export type RateText = `${number}${'' | ' '}/${'s' | 'min' | 'h'}`;
/** A share as users write it, such as `99.9%`. */
export type PercentText = `${number}${'' | ' '}%`;
/** An amount per month as users write it, such as `90000 USD/month`. */
export type MonthlyUsdText = `${number} USD/${'month' | 'hour'}`;
/** An hourly price as users write it, such as `55.04 USD/hour`. */
export type HourlyUsdText = `${number} USD/hour`;
/** A link bandwidth as users write it, such as `400Gbit/s` or `50 GB/s`. */
export type BandwidthText = `${number}${'' | ' '}${'Gbit/s' | 'Mbit/s' | 'GB/s' | 'MB/s'}`;
/** A price of tokens as users write it, such as `2 USD/Mtoken` (a million tokens, input and output). */
export type TokenPriceText = `${number} USD/Mtoken`;
/** A rate of tokens as users write it, such as `400 tokens/s`. */
export type TokenRateText = `${number}${'' | ' '}tokens/s`;
/** Energy of one token as users write it, such as `3 J/token`. */
export type TokenEnergyText = `${number}${'' | ' '}J/token`;

const DURATION_UNITS = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 } as const;
const SIZE_UNITS = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
} as const;
const RATE_UNITS = { '/s': 1, '/min': 1 / 60, '/h': 1 / 3600 } as const;
const BANDWIDTH_UNITS = { 'Gbit/s': 1.25e8, 'Mbit/s': 1.25e5, 'GB/s': 1e9, 'MB/s': 1e6 } as const;
const MONTHLY_UNITS = { 'USD/month': 1, 'USD/hour': HOURS_PER_MONTH } as const;
const HOURLY_UNITS = { 'USD/hour': 1, 'USD/h': 1 } as const;

/** Reads a duration; a bare number is refused because its unit is unknown. */
export function parseDuration(text: unknown): Parsed<Seconds> {
  return parseWith(text, DURATION_UNITS, 'a duration such as "60ms", "1.5s", "5min" or "2h"', seconds);
}

/** Reads a memory size in bytes; decimal (GB) and binary (GiB) units are told apart. */
export function parseSize(text: unknown): Parsed<Bytes> {
  return parseWith(text, SIZE_UNITS, 'a size such as "80GiB" or "640GB"', bytes);
}

/** Reads a request rate in requests per second. */
export function parseRate(text: unknown): Parsed<RequestsPerSecond> {
  return parseWith(text, RATE_UNITS, 'a request rate such as "12/s" or "700/min"', requestsPerSecond);
}

/** Reads a link bandwidth in bytes per second, one direction. */
export function parseBandwidth(text: unknown): Parsed<BytesPerSecond> {
  return parseWith(
    text,
    BANDWIDTH_UNITS,
    'a bandwidth such as "400Gbit/s" or "50GB/s"',
    (v) => v as BytesPerSecond,
  );
}

/** Reads an amount of money per month (730 h); an hourly amount is converted. */
export function parseMonthlyUsd(text: unknown): Parsed<MicroUsd> {
  return parseWith(text, MONTHLY_UNITS, 'an amount such as "90000 USD/month" or "120 USD/hour"', usd);
}

/** Reads a price per hour. */
export function parseHourlyUsd(text: unknown): Parsed<MicroUsdPerHour> {
  return parseWith(text, HOURLY_UNITS, 'a price such as "55.04 USD/hour"', usdPerHour);
}

/** Reads a price of tokens as the amount for a million of them. */
export function parseTokenPrice(text: unknown): Parsed<MicroUsd> {
  return parseWith(text, { 'USD/Mtoken': 1 }, 'a price such as "2 USD/Mtoken"', usd);
}

/** Reads a rate of tokens per second. */
export function parseTokenRate(text: unknown): Parsed<TokensPerSecond> {
  return parseWith(text, { 'tokens/s': 1 }, 'a rate such as "400 tokens/s"', tokensPerSecond);
}

/** Reads the energy of one token in joules. */
export function parseTokenEnergy(text: unknown): Parsed<Joules> {
  return parseWith(text, { 'J/token': 1 }, 'an energy such as "3 J/token"', joules);
}

/** Reads a share as a fraction in 0..1: `99.9%` gives 0.999. Fractions without the sign are refused. */
export function parsePercent(text: unknown): Parsed<number> {
  const expected = 'a percentage from 0% to 100% such as "99.9%"';
  const parsed = parseWith(text, { '%': 1 }, expected, (v) => Number((v / 100).toPrecision(12)));
  return parsed.ok && parsed.value > 1 ? { ok: false, expected } : parsed;
}

function parseWith<T>(
  text: unknown,
  units: Readonly<Record<string, number>>,
  expected: string,
  make: (value: number) => T,
): Parsed<T> {
  if (typeof text !== 'string') return { ok: false, expected };
  const match = /^\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(\D.*?)\s*$/i.exec(text);
  const [, digits, unitName] = match ?? [];
  const scale = unitName !== undefined && Object.hasOwn(units, unitName) ? units[unitName] : undefined;
  const value = digits === undefined || scale === undefined ? NaN : Number(digits) * scale;
  return Number.isFinite(value) ? { ok: true, value: make(value) } : { ok: false, expected };
}
