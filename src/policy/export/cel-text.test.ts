import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { celEnvironment } from '../cel-environment.ts';
import { toCel } from '../cel-values.ts';
import type { JsonValue } from '../json.ts';
import { celText, celValue } from './cel-text.ts';

const evaluate = (text: string): unknown => celEnvironment('server').parse(text)({});

describe('literals for the API server', () => {
  it('give back any text, quotes, line breaks and template signs included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(evaluate(celText(text))).toBe(text);
      }),
    );
    expect(celText('a"b\n\u2028{{x}}\u0000')).toBe('"a\\"b\\n\\u2028{{x}}\\u0000"');
  });

  it('give back plain data with the types that it has offline', () => {
    const data = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((item) => item + 0.5),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(data, (value) => {
        expect(plain(evaluate(celValue(value)))).toEqual(plain(toCel(value, 'integer')));
      }),
    );
  });

  it('writes whole numbers as ints and others as doubles', () => {
    expect([2, 0.05, 1e21, -3].map(celValue)).toEqual(['2', '0.05', '1e+21', '-3']);
    expect(celValue({ b: 1, a: 'x' })).toBe('{"a": dyn("x"), "b": dyn(1)}');
  });
});

/** Maps as objects, so that both evaluators' maps compare. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return plain(Object.fromEntries(value) as object);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
