import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAvailability,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatUsd,
  parseBandwidth,
  parseDuration,
  parseHourlyUsd,
  parseMonthlyUsd,
  parsePercent,
  parseRate,
  parseSize,
  parseTokenEnergy,
  parseTokenPrice,
  parseTokenRate,
  priceOfHours,
  sortedBy,
  sumUsd,
  usd,
  usdPerHour,
} from './index.ts';

describe('parsing quantities', () => {
  it.each([
    [parseDuration, '60ms', 0.06],
    [parseDuration, '1.5 s', 1.5],
    [parseDuration, '2h', 7200],
    [parseDuration, '250us', 0.00025],
    [parseSize, '80GiB', 85_899_345_920],
    [parseSize, '80 GB', 80_000_000_000],
    [parseRate, '12/s', 12],
    [parseRate, '720/min', 12],
    [parseBandwidth, '400Gbit/s', 50e9],
    [parsePercent, '99.9%', 0.999],
    [parsePercent, '0 %', 0],
    [parseMonthlyUsd, '90000 USD/month', 90_000_000_000],
    [parseMonthlyUsd, '1 USD/hour', 730_000_000],
    [parseHourlyUsd, '55.04 USD/hour', 55_040_000],
    [parseTokenPrice, '2 USD/Mtoken', 2_000_000],
    [parseTokenRate, '400 tokens/s', 400],
    [parseTokenEnergy, '3 J/token', 3],
  ])('%o reads %s', (parse, text, value) => {
    expect(parse(text)).toEqual({ ok: true, value });
  });

  it.each([
    [parseDuration, '60'],
    [parseDuration, 60],
    [parseDuration, '60 GB'],
    [parseDuration, '-1s'],
    [parseDuration, 'constructor'],
    [parseDuration, '1toString'],
    [parseSize, '80 gib'],
    [parsePercent, '0.999'],
    [parsePercent, '101%'],
    [parseMonthlyUsd, '90000'],
    [parseMonthlyUsd, '90000 EUR/month'],
    [parseRate, '12 rps'],
    [parseTokenPrice, '2 USD/token'],
    [parseTokenRate, '400/s'],
    [parseTokenEnergy, '3 J'],
    [parseDuration, null],
  ])('%o refuses %s and says what it expected', (parse, text) => {
    expect(parse(text)).toEqual({ ok: false, expected: expect.stringContaining('such as') });
  });

  it('reads back every duration it could be given in milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (n) => {
        expect(parseDuration(`${n}ms`)).toEqual({ ok: true, value: n * 1e-3 });
      }),
    );
  });
});

describe('money', () => {
  it('sums without drift where floating point dollars would drift', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(sumUsd([usd(0.1), usd(0.2)])).toBe(usd(0.3));
  });

  it('rounds half away from zero, once', () => {
    expect(usd(-0.0000005)).toBe(-1);
    expect(usd(0.0000005)).toBe(1);
    expect(priceOfHours(usdPerHour(55.04), 730)).toBe(usd(40_179.2));
  });

  it('prints thousands separators and carries across the decimal point', () => {
    expect(formatUsd(usd(1_234_567.891))).toBe('1,234,567.89');
    expect(formatUsd(usd(0.999), 2)).toBe('1.00');
    expect(formatUsd(usd(-1234.5), 0)).toBe('-1,235');
    expect(formatUsd(usd(0))).toBe('0.00');
  });

  it('never prints more than half a cent away from the amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (amount) => {
        const printed = Number(formatUsd(amount as ReturnType<typeof usd>).replaceAll(',', ''));
        expect(Math.abs(printed - amount / 1e6)).toBeLessThanOrEqual(0.005 + 1e-9);
      }),
    );
  });
});

describe('printing', () => {
  it('uses the unit that reads best', () => {
    expect(formatDuration(0.0432)).toBe('43.2 ms');
    expect(formatDuration(1.5)).toBe('1.5 s');
    expect(formatDuration(0.00085)).toBe('850 µs');
    expect(formatDuration(720)).toBe('12 min');
    expect(formatDuration(Number.NaN)).toBe('n/a');
    expect(formatBytes(80 * 2 ** 30)).toBe('80 GiB');
    expect(formatPercent(0.999)).toBe('99.9 %');
  });

  it('never promises a nine that is not there', () => {
    expect(formatAvailability(0.99999998)).toBe('99.9999 %');
    expect(formatAvailability(0.999)).toBe('99.9 %');
    expect(formatAvailability(0.9995)).toBe('99.95 %');
    expect(formatAvailability(1)).toBe('100 %');
    expect(formatAvailability(0)).toBe('0 %');
  });

  it('never uses an exponent and keeps the significant digits', () => {
    expect(formatNumber(123456)).toBe('123500');
    expect(formatNumber(0.000123456)).toBe('0.0001235');
    expect(formatNumber(10)).toBe('10');
    expect(formatNumber(-2.5)).toBe('-2.5');
  });
});

describe('order', () => {
  it('sorts by code unit, the same in every locale', () => {
    expect(sortedBy(['b', 'Z', 'a', 'é'], (x) => x)).toEqual(['Z', 'a', 'b', 'é']);
  });
});
