import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDateTime, parseNumber } from './fields.ts';

function numberOf(text: string): number {
  const bytes = new TextEncoder().encode(`<${text}>`);
  return parseNumber(bytes, 1, bytes.length - 1);
}

function dateOf(text: string): number {
  const bytes = new TextEncoder().encode(`<${text}>`);
  const time = { seconds: 0, fraction: 0 };
  return parseDateTime(bytes, 1, bytes.length - 1, time) ? time.seconds + time.fraction : NaN;
}

describe('parseNumber', () => {
  it('agrees with the language for every number written out', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberOf(String(value))).toBe(Number(String(value)));
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.integer({ min: 0, max: 7 }),
        (value, decimals) => {
          const text = (value / 10 ** decimals).toFixed(decimals);
          expect(numberOf(text)).toBe(Number(text));
        },
      ),
    );
  });

  it('accepts surrounding spaces and refuses everything else', () => {
    expect(numberOf(' 12 ')).toBe(12);
    for (const text of ['', ' ', '.', '1.2.3', '12a', '0x10', 'NaN', 'Infinity', '1,2', '--1', '1e']) {
      expect(numberOf(text)).toBeNaN();
    }
  });
});

describe('parseDateTime', () => {
  it('agrees with Date.parse over four centuries', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1800-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
        (date) => {
          expect(dateOf(date.toISOString())).toBeCloseTo(date.getTime() / 1e3, 3);
        },
      ),
    );
  });

  it('reads the layout of the Azure traces, zones, slashes and missing seconds', () => {
    const base = Date.parse('2023-11-16T18:17:03Z') / 1e3;
    expect(dateOf('2023-11-16 18:17:03.9799600')).toBeCloseTo(base + 0.97996, 6);
    expect(dateOf('2023/11/16 18:17:03')).toBe(base);
    expect(dateOf('2023-11-16T19:17:03+01:00')).toBe(base);
    expect(dateOf('2023-11-16T12:47:03-0530')).toBe(base);
    expect(dateOf('2023-11-16 18:17')).toBe(base - 3);
  });

  it('refuses what is no date and time', () => {
    for (const text of [
      '2023-11-16',
      '2023-13-16 10:00:00',
      '2023-11-32 10:00:00',
      '2023-11-16 24:00:00',
      '2023-11-16 10:60:00',
      '2023-11-16 10:00:0',
      '2023-11-16 10:00:00 PST',
      '16.11.2023 10:00:00',
    ]) {
      expect(dateOf(text)).toBeNaN();
    }
  });
});
