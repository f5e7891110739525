import { describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../../units/index.ts';
import { p99 } from '../testing/small-field.ts';
import { BoundedLoads } from './bounded-loads.ts';

const SAMPLE = {
  isl: new Int32Array(1000).fill(500),
  osl: Int32Array.from({ length: 1000 }, (_, i) => 1 + (i % 100)),
  cachedTokens: new Int32Array(1000),
};
const LOADS = new BoundedLoads(SAMPLE);

describe('BoundedLoads', () => {
  it('count all work of every request where no limit is set on TPOT', () => {
    for (const limits of [[], p99({ ttft: 1 })]) {
      const [load, ...more] = LOADS.under(limits);
      expect(more).toEqual([]);
      expect(load).toMatchObject({ tpotLimit: Infinity, longestStay: Infinity });
      expect(load!.work).toMatchObject({ share: 1, prompt: 500, requests: 1000 });
    }
  });

  it('count the share that a TPOT limit leaves, less that which may break the limit of its stay', () => {
    const [lone] = LOADS.under(p99({ tpot: 40 }));
    expect(lone).toMatchObject({ tpotLimit: 0.04, longestStay: Infinity });
    expect(lone!.work.share).toBeCloseTo(0.99);
    const [both] = LOADS.under(p99({ tpot: 40, ttft: 1 }));
    expect(both!.work.share).toBeCloseTo(0.98);
    // A second to the first token, then a hundred tokens of 40 ms.
    expect(both!.longestStay).toBeCloseTo(1 + 100 * 0.04);
    expect(both!.work.requests).toBeLessThanOrEqual(900);
  });

  it('take the shortest stay that a limit tells, of E2E at once, and none from a median', () => {
    const e2e = { metric: 'e2e', percentile: 'p99', limit: seconds(2) } as const;
    const [load] = LOADS.under([...p99({ tpot: 40, ttft: 1 }), e2e]);
    expect(load!.longestStay).toBe(2);
    const median = { metric: 'ttft', percentile: 'p50', limit: seconds(0.2) } as const;
    const [loose] = LOADS.under([...p99({ tpot: 40 }), median]);
    expect(loose!.longestStay).toBe(Infinity);
  });

  it('are one per TPOT limit, with less work for looser percentiles', () => {
    const limits = (['p50', 'p99'] as const).map((percentile) => {
      return { metric: 'tpot', percentile, limit: milliseconds(30) } as const;
    });
    const [half, most] = LOADS.under(limits);
    expect(half!.work.decode).toBeLessThan(most!.work.decode);
    expect(half!.work.share).toBe(0.5);
  });
});
