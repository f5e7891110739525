import type { ArrivalUnit } from '../trace.ts';
import { looksLikeDate, parseDateTime, parseNumber } from './fields.ts';
import type { CalendarTime } from './fields.ts';

/** Numbers from here on are milliseconds: in seconds this would be the year 5138 (assumed: no trace is that late). */
const MILLISECONDS_FROM = 1e11;
/** Seconds from here on count from 1970 (2001-09-09 and later); smaller ones count from some start of measurement (assumed). */
const CALENDAR_FROM = 1e9;

/** Reads arrival times of one file into seconds, finding out the unit from the first value unless it is stated. */
export class ArrivalClock {
  #unit: ArrivalUnit | undefined;
  readonly #columnName: string;
  /** Seconds since 1970 that were taken off every value so that small fractions survive. */
  #origin: number | undefined;
  readonly #time: CalendarTime = { seconds: 0, fraction: 0 };

  constructor(unit: ArrivalUnit | undefined, columnName: string) {
    this.#unit = unit;
    this.#columnName = columnName;
  }

  /** The arrival in `bytes[start, end)`, seconds in the clock of the file; not-a-number when it cannot be read. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (this.#unit === undefined) this.#unit = this.#recognise(bytes, start, end);
    if (this.#unit === 'datetime') return this.#readDateTime(bytes, start, end);
    const value = parseNumber(bytes, start, end);
    return this.number(this.#unit === 'milliseconds' ? value / 1e3 : value);
  }

  /** The arrival given as a number of seconds. */
  number(seconds: number): number {
    if (!Number.isFinite(seconds)) return NaN;
    this.#origin ??= seconds >= CALENDAR_FROM ? Math.floor(seconds) : 0;
    return seconds - this.#origin;
  }

  /** Seconds since 1970-01-01 UTC at arrival value 0; undefined before the first value and without calendar time. */
  epoch(): number | undefined {
    return this.#origin === undefined || this.#origin === 0 ? undefined : this.#origin;
  }

  /** What a readable value looks like, for diagnostics. */
  expected(): string {
    if (this.#unit === 'datetime') return 'a date and time such as 2023-11-16 18:17:03.98';
    return `a number of ${this.#unit ?? 'seconds'}`;
  }

  #readDateTime(bytes: Uint8Array, start: number, end: number): number {
    const time = this.#time;
    if (!parseDateTime(bytes, start, end, time)) return NaN;
    this.#origin ??= time.seconds;
    return time.seconds - this.#origin + time.fraction;
  }

  #recognise(bytes: Uint8Array, start: number, end: number): ArrivalUnit {
    if (looksLikeDate(bytes, start, end)) return 'datetime';
    if (/(ms|millis|milliseconds)$/i.test(this.#columnName)) return 'milliseconds';
    return parseNumber(bytes, start, end) >= MILLISECONDS_FROM ? 'milliseconds' : 'seconds';
  }
}
