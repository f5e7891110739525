import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { saturationLoads } from './saturation.ts';
import type { PooledDemand } from './saturation.ts';

describe('saturation loads', () => {
  it('are equal where all demand goes anywhere', () => {
    expect([...saturationLoads(Float64Array.of(1, 3), [{ pools: 0b11, amount: 2 }])]).toEqual([2, 2]);
  });

  it('keep free demand off the pool that bound demand fills first', () => {
    const demands = [
      { pools: 0b01, amount: 2 },
      { pools: 0b11, amount: 1 },
    ];
    expect([...saturationLoads(Float64Array.of(1, 3), demands)]).toEqual([0.5, 3]);
  });

  it('find a tight union whose single pools are not tight', () => {
    const demands = [
      { pools: 0b011, amount: 4 },
      { pools: 0b111, amount: 1 },
    ];
    expect([...saturationLoads(Float64Array.of(1, 1, 10), demands)]).toEqual([0.5, 0.5, 10]);
  });

  it('are endless without demand and zero on full pools', () => {
    expect([...saturationLoads(Float64Array.of(5, 0), [{ pools: 0b10, amount: 1 }])]).toEqual([Infinity, 0]);
  });

  it('start at the largest load that the pools can carry, by brute force over all unions', () => {
    for (let seed = 0; seed < 200; seed++) {
      const stream = randomStream(seed, 'saturation');
      const free = Float64Array.from({ length: 4 }, () => 1 + stream.integer(9));
      const demands: PooledDemand[] = Array.from({ length: 5 }, () => ({
        pools: 1 + stream.integer(15),
        amount: 1 + stream.integer(5),
      }));
      let carried = Infinity;
      for (let union = 1; union < 16; union++) {
        const room = free.reduce((sum, amount, pool) => sum + ((union >> pool) & 1 ? amount : 0), 0);
        const bound = demands.reduce(
          (sum, { pools, amount }) => sum + ((pools & ~union) === 0 ? amount : 0),
          0,
        );
        if (bound > 0) carried = Math.min(carried, room / bound);
      }
      expect(Math.min(...saturationLoads(free, demands))).toBeCloseTo(carried);
    }
  });
});
