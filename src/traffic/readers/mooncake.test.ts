import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTrace } from '../read-trace.ts';
import { chunksOf } from '../testing/chunks.ts';
import { BlockNumbering } from './block-numbering.ts';

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

  it('keep the blocks of each prompt, numbered from 0, when arrivals are sorted', async () => {
    const text = [line(5, 1000, [70, 9]), line(0, 1600, [70, 9, 2 ** 40, 4]), line(6, 600, [])].join('');
    const trace = await readTrace(chunksOf(text), { fileName: 'm', format: 'auto' });
    if (!trace.ok) throw new Error('unreadable');
    const { isl, prefixBlocks } = trace.value;
    expect([...isl]).toEqual([1600, 1000, 600]);
    expect(prefixBlocks).toEqual({
      blockTokens: 512,
      offsets: Int32Array.of(0, 4, 6, 6),
      ids: Int32Array.of(0, 1, 2, 3, 0, 1),
    });
  });
});

describe('BlockNumbering', () => {
  it('agrees with a plain list of the ids seen, whatever they are', () => {
    const ids = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(2 ** 40, -1, 0.5)));
    fc.assert(
      fc.property(fc.array(ids), (requests) => {
        const numbering = new BlockNumbering();
        const seen: number[] = [];
        for (const request of requests) {
          const firstNew = request.findIndex((id) => !seen.includes(id));
          expect(numbering.known(request)).toBe(firstNew < 0 ? request.length : firstNew);
          for (const id of request) if (!seen.includes(id)) seen.push(id);
          expect(numbering.number(request)).toEqual(request.map((id) => seen.indexOf(id)));
        }
        expect(numbering.count).toBe(seen.length);
      }),
    );
  });
});
