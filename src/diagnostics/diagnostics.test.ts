import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTIC_CODES, closestName, diagnostic, editDistance, hasErrors, suggestion } from './index.ts';

describe('closest names', () => {
  it('finds the name a typo meant', () => {
    const known = ['h100-sxm', 'h200-sxm', 'l40s', 'a100-80gb-sxm'];
    expect(closestName('h10-sxm', known)).toBe('h100-sxm');
    expect(closestName('L4OS', known)).toBe('l40s');
    expect(closestName('a100', known)).toBe('a100-80gb-sxm');
  });

  it('finds the same words in another order', () => {
    expect(closestName('a100-sxm-80gb', ['A100-SXM4-40GB', 'a100-80gb-sxm'])).toBe('a100-80gb-sxm');
  });

  it('stays silent when nothing is near', () => {
    expect(closestName('mi300x', ['l40s', 'h100-sxm'])).toBeUndefined();
    expect(suggestion('mi300x', ['l40s'], 'Run `plimsoll catalog list`.')).toBe(
      'Run `plimsoll catalog list`.',
    );
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('spto', 'spot')).toBe(1);
  });

  it('is a metric on short texts: zero only for equal texts, symmetric', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe('diagnostics', () => {
  it('take severity and page from the registration of their code', () => {
    const found = diagnostic('catalog-price-old', { summary: 'Price of x is from 2019.' });
    expect(found.severity).toBe('warning');
    expect(found.docs).toBe('docs/diagnostics.md#catalog-price-old');
    expect(hasErrors([found])).toBe(false);
    expect(hasErrors([found, diagnostic('model-empty', { summary: 'Nothing.' })])).toBe(true);
  });

  it('are registered with a code that names their level', () => {
    const levels = [
      'model',
      'stack',
      'catalog',
      'traffic',
      'perf',
      'sim',
      'optimize',
      'plan',
      'policy',
      'synth',
      'apply',
      'engine',
      'import',
      'pack',
      'spot',
      'accuracy',
      'cost',
    ];
    const strays = Object.keys(DIAGNOSTIC_CODES).filter((code) => !levels.includes(code.split('-')[0] ?? ''));
    expect(strays).toEqual([]);
  });
});
