import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestColumns } from '../model/index.ts';
import { firstRequests } from './first-requests.ts';
import { thinTrace } from './thin.ts';

interface OneRequest {
  readonly isl: number;
  readonly priority: number;
  readonly blocks: readonly number[];
}

const requests = fc.array(
  fc.record({
    isl: fc.integer({ min: 1, max: 5000 }),
    priority: fc.integer({ min: 0, max: 3 }),
    blocks: fc.array(fc.nat({ max: 30 }), { maxLength: 6 }),
  }),
  { maxLength: 40 },
);

function columnsOf(list: readonly OneRequest[]): RequestColumns {
  const offsets = [0];
  for (const { blocks } of list) offsets.push((offsets.at(-1) ?? 0) + blocks.length);
  return {
    arrival: Float64Array.from(list, (_, i) => i),
    isl: Int32Array.from(list, ({ isl }) => isl),
    osl: Int32Array.from(list, ({ isl }) => 2 * isl),
    cachedTokens: Int32Array.from(list, ({ isl }) => isl - 1),
    priority: Int32Array.from(list, ({ priority }) => priority),
    prefixBlocks: {
      blockTokens: 512,
      offsets: Int32Array.from(offsets),
      ids: Int32Array.from(list.flatMap(({ blocks }) => blocks)),
    },
  };
}

describe('parts of a trace', () => {
  it('thinning takes every column of every n-th request', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 5 }), fc.nat({ max: 4 }), (list, every, start) => {
        const offset = start % every;
        const kept = list.filter((_, i) => i % every === offset);
        const { arrival, ...columns } = thinTrace(columnsOf(list), every, offset);
        const { arrival: _, ...expected } = columnsOf(kept);
        expect(columns).toEqual(expected);
        expect([...arrival]).toEqual(list.map((_, i) => i).filter((i) => i % every === offset));
      }),
    );
  });

  it('the first requests are those of a trace that ends there', () => {
    fc.assert(
      fc.property(requests, fc.nat({ max: 50 }), (list, count) => {
        expect(firstRequests(columnsOf(list), count)).toEqual(columnsOf(list.slice(0, count)));
      }),
    );
  });

  it('without prefix blocks and priorities there are none in a part', () => {
    const { prefixBlocks: _, priority: __, ...plain } = columnsOf([{ isl: 7, priority: 0, blocks: [1] }]);
    expect(Object.keys(thinTrace(plain, 1)).sort()).toEqual(['arrival', 'cachedTokens', 'isl', 'osl']);
    expect(Object.keys(firstRequests(plain, 1)).sort()).toEqual(['arrival', 'cachedTokens', 'isl', 'osl']);
  });
});
