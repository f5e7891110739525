const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;
const SLASH = 47;
const COLON = 58;
const SPACE = 32;

/** Digits that a double holds exactly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN: readonly number[] = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The text of `bytes[start, end)` as UTF-8. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}

/**
 * Reads `bytes[start, end)` as a decimal number; spaces around it are allowed. Not-a-number when it is anything else.
 * Correctly rounded: short numbers by an exact quotient, long ones by the language's own parser.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (let p = start; p < end; p++) {
    const byte = bytes[p] ?? 0;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === DOT && decimals < 0) {
      decimals = 0;
    } else {
      return parseUnusual(bytes, start, end);
    }
  }
  if (digits === 0 || digits > EXACT_DIGITS) return parseUnusual(bytes, start, end);
  return decimals > 0 ? mantissa / (POWERS_OF_TEN[decimals] ?? NaN) : mantissa;
}

function parseUnusual(bytes: Uint8Array, start: number, end: number): number {
  const text = textOf(bytes, start, end).trim();
  return DECIMAL.test(text) ? Number(text) : NaN;
}

/** Whether `bytes[start, end)` begins like a date, `2023-11-16` or `2023/11/16`. */
export function looksLikeDate(bytes: Uint8Array, start: number, end: number): boolean {
  const at = skipSpaces(bytes, start, end);
  const separator = bytes[at + 4];
  return end - at >= 10 && (separator === MINUS || separator === SLASH) && bytes[at + 7] === separator;
}

/** A calendar time split so that its fraction keeps full precision: whole seconds since 1970-01-01 UTC, and the rest in [0, 1). */
export interface CalendarTime {
  seconds: number;
  fraction: number;
}

/**
 * Reads `bytes[start, end)` as date and time: `YYYY-MM-DD` or `YYYY/MM/DD`, a space or `T`, `HH:MM` with optional `:SS`
 * and decimals, then optional `Z`, `+HH:MM` or `-HH:MM`; UTC without one. Writes `time`; false when it is anything else.
 */
export function parseDateTime(bytes: Uint8Array, start: number, end: number, time: CalendarTime): boolean {
  const at = skipSpaces(bytes, start, end);
  if (!looksLikeDate(bytes, at, end) || end - at < 16 || bytes[at + 13] !== COLON) return false;
  const day = daysSinceEpoch(digitsAt(bytes, at, 4), digitsAt(bytes, at + 5, 2), digitsAt(bytes, at + 8, 2));
  const hour = digitsAt(bytes, at + 11, 2);
  const minute = digitsAt(bytes, at + 14, 2);
  let p = at + 16;
  let second = 0;
  if (bytes[p] === COLON && p < end) {
    second = end - p >= 3 ? digitsAt(bytes, p + 1, 2) : NaN;
    p += 3;
  }
  let fraction = 0;
  if (bytes[p] === DOT && p < end) {
    const from = ++p;
    while (p < end && isDigit(bytes[p])) p++;
    fraction = parseNumber(bytes, from, p) / 10 ** (p - from);
  }
  const offset = p === end ? 0 : zoneOffset(textOf(bytes, p, end).trim());
  time.seconds = day * 86_400 + hour * 3600 + minute * 60 + second - offset;
  time.fraction = fraction;
  return hour < 24 && minute < 60 && second <= 60 && Number.isFinite(time.seconds + fraction);
}

/** Seconds that a zone suffix (`""`, `Z`, `+01:00`, `-0530`, `+01`) is ahead of UTC; not-a-number when it is none. */
function zoneOffset(suffix: string): number {
  if (suffix === '' || suffix === 'Z' || suffix === 'z' || suffix === 'UTC') return 0;
  const [, sign, hour, minute] = /^([+-])(\d\d):?(\d\d)?$/.exec(suffix) ?? [];
  if (sign === undefined) return NaN;
  return (sign === '-' ? -1 : 1) * (Number(hour) * 3600 + Number(minute ?? 0) * 60);
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; not-a-number for a month or day that does not exist. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN;
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}

function digitsAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let p = at; p < at + count; p++) {
    const byte = bytes[p];
    if (!isDigit(byte)) return NaN;
    value = value * 10 + (byte ?? 0) - ZERO;
  }
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at++;
  return at;
}
