import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUANTITIES, canonicalText, quantity, tryRead } from './parse-quantities.ts';
import type { QuantityName } from './parse-quantities.ts';

const names = Object.keys(QUANTITIES) as QuantityName[];
const anyUnit = fc.constantFrom(
  ...new Set(names.flatMap((name) => QUANTITIES[name].units)),
  '',
  'kg',
  'constructor',
  'S',
);
const number = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map(String),
  fc.double({ min: 0, max: 100, noNaN: true }).map(String),
  fc.constantFrom('-1', '.5', '1.', '1e1', '1_000', ''),
);
const written = fc.tuple(number, fc.constantFrom('', ' '), anyUnit).map((parts) => parts.join(''));

describe.each(names)('the schema of a %s', (name) => {
  const pattern = new RegExp(quantity(name, '').pattern ?? '');

  it('accepts in editors what the parser accepts, and nothing else up to 100 of a unit', () => {
    fc.assert(
      fc.property(written, (text) => {
        expect([text, pattern.test(text)]).toEqual([text, QUANTITIES[name].parse(text).ok]);
      }),
    );
  });

  it('shows an example that it accepts', () => {
    expect(pattern.test(QUANTITIES[name].example)).toBe(true);
  });

  it('has one canonical text per value, which reads back as the same value', () => {
    const valid = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.constantFrom(...QUANTITIES[name].units));
    fc.assert(
      fc.property(valid, ([amount, unit]) => {
        const text = `${amount} ${unit}`;
        const canonical = canonicalText(name, text);
        expect(tryRead(name, canonical)).toBe(tryRead(name, text));
        expect(canonicalText(name, canonical)).toBe(canonical);
      }),
    );
  });
});

describe('equal quantities', () => {
  it.each<[QuantityName, string, string, string]>([
    ['duration', '1.1ms', '0.0011s', '0.0011s'],
    ['duration', '90min', '1.5h', '5400s'],
    ['rate', '720/min', '12 /s', '12/s'],
    ['size', '80GiB', '81920MiB', '85899345920B'],
    ['bandwidth', '400Gbit/s', '50 GB/s', '50GB/s'],
    ['monthlyUsd', '10 USD/hour', '7300 USD/month', '7300 USD/month'],
    ['percent', '99.90%', '99.9 %', '99.9%'],
  ])('of kind %s: %s and %s have one text', (name, left, right, canonical) => {
    expect(canonicalText(name, left)).toBe(canonical);
    expect(canonicalText(name, right)).toBe(canonical);
  });
});
