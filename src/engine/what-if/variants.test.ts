import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweptExpressions } from './sweep.ts';
import { MOST_VARIANTS, variantsOf } from './variants.ts';
import type { VariantRequest } from './variants.ts';

function names(request: VariantRequest): readonly string[] | undefined {
  const variants = variantsOf(request);
  return variants.ok ? variants.value.map((item) => item.name) : undefined;
}

function swept(text: string): readonly string[] | undefined {
  const found = sweptExpressions(text, MOST_VARIANTS);
  return found.ok ? found.value : undefined;
}

describe('sweeps', () => {
  it.each([
    ['a=-40%..+40%/20%', ['a=-40%', 'a=-20%', 'a=+0%', 'a=+20%', 'a=+40%']],
    ['a=x0.5..x2/0.5', ['a=x0.5', 'a=x1', 'a=x1.5', 'a=x2']],
    ['a=x2..x1/x0.5', ['a=x2', 'a=x1.5', 'a=x1']],
    ['a=10/s..20/s/5/s', ['a=10/s', 'a=15/s', 'a=20/s']],
    ['a=40 USD/hour..60 USD/hour/10 USD/hour', ['a=40 USD/hour', 'a=50 USD/hour', 'a=60 USD/hour']],
    ['a=1..3/1', ['a=1', 'a=2', 'a=3']],
    ['a=1s..2.5s/1s', ['a=1s', 'a=2s']],
    ['a=0.1..0.3/0.1', ['a=0.1', 'a=0.2', 'a=0.3']],
  ])('%s', (text, expected) => {
    expect(swept(text)).toEqual(expected);
  });

  it.each(['a=1', 'a=1..2', 'a=1..2/0', 'a=1s..2/1', 'a=x1..2/1%', 'a=..', 'a', 'a=0..1000/1'])(
    'refuse %j',
    (text) => {
      const found = sweptExpressions(text, MOST_VARIANTS);
      expect(found.diagnostics.map((item) => item.code)).toEqual(['engine-whatif-syntax']);
    },
  );

  it('begin with the first value, never pass the last, and are evenly spaced', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -99, max: 99 }),
        fc.integer({ min: -99, max: 99 }),
        fc.integer({ min: 1, max: 50 }),
        (from, to, step) => {
          const values = swept(`a=${from}%..${to}%/${step}%`)?.map((text) =>
            Number(/=(.*)%/.exec(text)?.[1]),
          );
          expect(values?.[0]).toBe(from);
          for (const value of values ?? []) {
            expect(Math.min(from, to) <= value && value <= Math.max(from, to)).toBe(true);
            expect(Math.abs(value - from) % step).toBe(0);
          }
          expect(Math.abs(to - (values?.at(-1) ?? 0))).toBeLessThan(step);
        },
      ),
    );
  });
});

describe('variants', () => {
  it('are one per set, or all sets together, then the named, then the grid', () => {
    const set = ['seed=1', 'seed=2'];
    expect(names({ set, named: ['friday=seed=3,name=x'] })).toEqual(['seed=1', 'seed=2', 'friday']);
    expect(names({ set, isTogether: true })).toEqual(['seed=1, seed=2']);
    expect(names({ sweep: ['a=1..2/1', 'b=x1..x2/1'] })).toEqual([
      'a=1, b=x1',
      'a=1, b=x2',
      'a=2, b=x1',
      'a=2, b=x2',
    ]);
  });

  it('that occur twice are numbered', () => {
    expect(names({ set: ['seed=1', 'seed=1'] })).toEqual(['seed=1', 'seed=1 (2)']);
  });

  it('are refused where nothing is asked, too much is, or a name or a change is missing', () => {
    const requests: VariantRequest[] = [
      {},
      { sweep: ['a=1..20/1', 'b=1..20/1'] },
      { named: ['friday'] },
      { named: ['=seed=1'] },
      { named: ['friday=seed'] },
    ];
    for (const request of requests)
      expect(variantsOf(request).diagnostics.map((item) => item.code)).toEqual(['engine-whatif-syntax']);
  });
});
