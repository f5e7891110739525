import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestWork } from './request-work.ts';

const request = fc
  .record({
    isl: fc.integer({ min: 1, max: 5000 }),
    osl: fc.integer({ min: 1, max: 800 }),
    hit: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ isl, osl, hit }) => ({ isl, osl, cached: Math.floor(isl * hit) }));
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;
const requests = fc.array(request, { minLength: 1, maxLength: 60 });

function columnsOf(items: readonly Request[]) {
  return {
    isl: Int32Array.from(items, (item) => item.isl),
    osl: Int32Array.from(items, (item) => item.osl),
    cachedTokens: Int32Array.from(items, (item) => item.cached),
  };
}

describe('requestWork', () => {
  it('counts fresh prompt tokens, pairs among them, later tokens and the cached tokens that these read', () => {
    const work = requestWork(columnsOf([{ isl: 100, osl: 4, cached: 60 }]), 1);
    expect(work).toMatchObject({ requests: 1, prompt: 40, pairs: 800, decode: 3 });
    // The three later tokens read 100, 101, 102 cached tokens; half a token each is a rounding of the sum, on the safe side.
    expect(work.reads).toBeLessThanOrEqual(101 + 102 + 103);
    expect(work.reads).toBeGreaterThanOrEqual(100 + 101 + 102);
  });

  it('computes a token at least where the whole prompt is cached, and decodes nothing of one token', () => {
    const work = requestWork(columnsOf([{ isl: 100, osl: 1, cached: 100 }]), 1);
    expect(work).toMatchObject({ prompt: 1, decode: 0, reads: 0, isPrivate: false });
  });

  it('asks for no more than any share of so many requests does', () => {
    fc.assert(
      fc.property(requests, fc.double({ min: 0.01, max: 1, noNaN: true }), fc.nat(), (items, share, turn) => {
        const least = requestWork(columnsOf(items), share);
        const count = Math.floor(items.length * share);
        if (count === 0) return;
        const others = items.map((_, index) => items[(index + turn) % items.length]!).slice(0, count);
        const any = requestWork(columnsOf(others), 1);
        for (const column of ['prompt', 'pairs', 'decode', 'reads'] as const)
          expect(least[column]).toBeLessThanOrEqual(any[column] * (1 + 1e-12));
      }),
    );
  });

  it('knows the longest output, the shortest prompt, and whether any prompt shares a prefix', () => {
    fc.assert(
      fc.property(requests, (items) => {
        const work = requestWork(columnsOf(items), 0.5);
        expect(work.longestOutput).toBe(Math.max(...items.map((item) => item.osl)));
        expect(work.shortestContext).toBe(Math.min(...items.map((item) => item.isl)));
        expect(work.isPrivate).toBe(items.every((item) => item.cached === 0));
      }),
    );
  });
});
