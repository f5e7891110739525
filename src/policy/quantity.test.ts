import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

describe('a Kubernetes quantity', () => {
  it.each([
    ['1', 1],
    ['500m', 0.5],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['2k', 2000],
    ['1E', 1e18],
    ['1e3', 1000],
    ['2E2', 200],
    ['100u', 1e-4],
    ['-3Mi', -3 * 2 ** 20],
    ['.5', 0.5],
    ['+4.', 4],
  ])('reads %s as %d (Kubernetes API reference, Quantity)', (text, value) => {
    expect(parseQuantity(text)?.approximate).toBe(value);
  });

  it.each(['', 'Gi', '1 Gi', '1gi', '1.2.3', '1K', '0x10', '1e', '12e3Ki'])('refuses "%s"', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('is exact where doubles are not', () => {
    const large = parseQuantity('9007199254740993');
    expect(large?.integer).toBe(9007199254740993n);
    expect(large?.isInteger).toBe(true);
    expect(parseQuantity('100m')?.isInteger).toBe(false);
  });

  it('orders like the numbers it stands for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (a, b) => {
        const left = parseQuantity(`${a}m`)?.nanos ?? -1n;
        const right = parseQuantity(`${b}m`)?.nanos ?? -1n;
        expect(left < right).toBe(a < b);
      }),
    );
  });
});
