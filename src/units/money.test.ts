import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  convertMoney,
  convertPrice,
  currencyCodes,
  isCurrency,
  microUsd,
  money,
  plainDecimal,
  sumMoney,
  usd,
  usdPerHour,
} from './index.ts';

describe('money of a statement', () => {
  it('is converted once to a whole micro-unit, and one for one not at all', () => {
    expect(convertMoney(usd(69_911.808), 0.92)).toBe(64_318_863_360);
    expect(convertMoney(microUsd(1), 0.5)).toBe(1);
    expect(convertMoney(microUsd(-1), 0.5)).toBe(-1);
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 1e13 }), (amount) => {
        expect(convertMoney(money(amount), 1)).toBe(money(amount));
      }),
    );
  });

  it('keeps a converted price exact, since it is multiplied by many hours', () => {
    expect(convertPrice(usdPerHour(26.4192), 0.915)).toBe(24_173_568);
    expect(convertPrice(usdPerHour(0.000001), 0.5)).toBe(0.5);
  });

  it('sums exactly', () => {
    expect(sumMoney([usd(0.1), usd(0.2), money(-300_000)])).toBe(0);
  });
});

describe('plain decimals', () => {
  it('never have an exponent, a separator or zeros at the end', () => {
    expect(plainDecimal(1e-7, 9)).toBe('0.0000001');
    expect(plainDecimal(1e-7)).toBe('0');
    expect(plainDecimal(-1e-9)).toBe('0');
    expect(plainDecimal(1_234_567.5)).toBe('1234567.5');
    expect(plainDecimal(100, 0)).toBe('100');
    expect(plainDecimal(NaN)).toBe('');
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        const text = plainDecimal(value);
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(1e-6 + Math.abs(value) * 1e-15);
      }),
    );
  });
});

describe('currencies', () => {
  it('are those of ISO 4217, in capitals', () => {
    expect([...currencyCodes()].every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(['USD', 'EUR', 'JPY', 'XCG'].every(isCurrency)).toBe(true);
    expect(['usd', 'XYZ', '', 'US', 'EURO'].some(isCurrency)).toBe(false);
  });
});
