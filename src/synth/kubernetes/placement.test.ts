import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zonalParts } from './placement.ts';

const tier = 'base' as const;
const uneven = { id: 'a', tier, replicas: { w0: { a: 4, b: 2 }, w1: { a: 3 } } };

describe('parts of an allocation by zones', () => {
  it('are the whole where pods may lie in any zone of their set', () => {
    expect(zonalParts(uneven)).toEqual([{ allocation: uneven }]);
    expect(zonalParts(uneven, 'flexible')).toEqual([{ allocation: uneven }]);
  });

  it('are one for each zone where they must lie as planned', () => {
    expect(zonalParts(uneven, 'zonal')).toEqual([
      { zone: 'a', allocation: { id: 'a', tier, replicas: { w0: { a: 4 }, w1: { a: 3 } } } },
      { zone: 'b', allocation: { id: 'a', tier, replicas: { w0: { b: 2 }, w1: {} } } },
    ]);
  });

  it('are one for each zone also where all zones have the same, or pods would follow the nodes that are there', () => {
    const even = { tier, replicas: { w0: { a: 2, b: 2 }, w1: { a: 1, b: 1 }, w2: {} } };
    expect(zonalParts(even, 'zonal')).toHaveLength(2);
    expect(zonalParts(even, 'exact')).toEqual(zonalParts(even, 'zonal'));
  });

  it('are the whole in one zone', () => {
    const one = { tier, replicas: { w0: { a: 2 }, w1: {} } };
    expect(zonalParts(one, 'zonal')).toEqual([{ allocation: one }]);
  });

  it('hold together what the whole holds', () => {
    const count = fc.integer({ min: 0, max: 5 });
    const byZone = fc.dictionary(fc.constantFrom('a', 'b', 'c'), count);
    const byWindow = fc.dictionary(fc.constantFrom('w0', 'w1', 'w2'), byZone);
    const counted = (
      replicas: Readonly<Record<string, Readonly<Record<string, number>>>>,
    ): readonly string[] =>
      Object.entries(replicas)
        .flatMap(([window, zones]) =>
          Object.entries(zones).flatMap(([zone, n]) => (n > 0 ? [`${window} ${zone} ${n}`] : [])),
        )
        .sort();
    fc.assert(
      fc.property(byWindow, (replicas) => {
        const parts = zonalParts({ tier, replicas }, 'zonal').map(({ allocation }) =>
          counted(allocation.replicas),
        );
        expect(parts.flat().sort()).toEqual(counted(replicas));
      }),
    );
  });
});
