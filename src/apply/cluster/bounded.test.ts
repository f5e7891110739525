import { describe, expect, it } from 'vitest';
import { mapBounded } from './bounded.ts';

describe('bounded mapping', () => {
  it('keeps the order of the items and never exceeds its limit', async () => {
    let running = 0;
    let most = 0;
    const results = await mapBounded([5, 4, 3, 2, 1, 0], 2, async (item) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < item; i++) await Promise.resolve();
      running--;
      return item * 10;
    });
    expect(results).toEqual([50, 40, 30, 20, 10, 0]);
    expect(most).toBe(2);
  });

  it('starts nothing more after a failure, ends what is under way, and passes the failure on', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const work = mapBounded([0, 1, 2, 3], 2, async (item) => {
      started.push(item);
      await Promise.resolve();
      if (item === 0) throw new Error('no');
      await Promise.resolve();
      ended.push(item);
    });
    await expect(work).rejects.toThrow('no');
    expect(started).toEqual([0, 1]);
    expect(ended).toEqual([1]);
  });

  it('has nothing to do for no items', async () => {
    expect(await mapBounded([], 4, () => Promise.reject(new Error('never')))).toEqual([]);
  });
});
