import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrace } from '../read-trace.ts';
import { chunksOf } from '../testing/chunks.ts';
import { PrefixCache } from './prefix-cache.ts';

const line = (timestamp: number, isl: number, ids: readonly number[]): string =>
  `${JSON.stringify({ timestamp, input_length: isl, output_length: 9, hash_ids: ids })}\n`;

describe('Mooncake traces', () => {
  it('count cached tokens as the longest prefix of blocks seen before', async () => {
    const text = [
      line(0, 1000, [1, 2]),
      line(1, 1600, [1, 2, 3, 4]),
      line(2, 1500, [1, 2, 3]),
      line(3, 2000, [9, 2, 3, 4]),
      line(4, 1024, [1, 2]),
    ].join('');
    const trace = await readTrace(chunksOf(text), { fileName: 'm', format: 'auto' });
    // By hand: nothing; 2 blocks; 3 blocks = 1536 but the prompt has 1500 tokens, so 1499; the first id is new; all but one.
    expect(trace.ok && [...trace.value.cachedTokens]).toEqual([0, 1024, 1499, 0, 1023]);
  });
});

describe('PrefixCache', () => {
  it('agrees with a plain set for any ids', () => {
    const ids = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(2 ** 40, -1, 0.5)));
    fc.assert(
      fc.property(fc.array(ids), (requests) => {
        const cache = new PrefixCache();
        const seen = new Set<number>();
        for (const request of requests) {
          const firstNew = request.findIndex((id) => !seen.has(id));
          expect(cache.admit(request)).toBe(firstNew < 0 ? request.length : firstNew);
          for (const id of request) seen.add(id);
        }
      }),
    );
  });
});
