import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availabilityOf, cheapestSpread } from './resilience.ts';
import type { CellOffer, SpreadRules } from './resilience.ts';

const RULES: SpreadRules = {
  needed: 6,
  tolerates: 'correlation-group',
  availability: 0.999,
  maxSpotShare: 1,
  isEven: false,
  maxPerNode: Infinity,
  maxReplicas: 100,
  nodesAtHand: Infinity,
  nodePrice: 0,
  turn: 0,
};

/** Spot cells with these outages at prices 1, 2, … and one base cell at price 10. */
function offersWith(outages: readonly number[], groups: readonly string[] = []): readonly CellOffer[] {
  const spot = outages.map((outage, cell): CellOffer => ({
    ...{ cell, kind: 'spot', zone: `z${cell}`, group: groups[cell] ?? `z${cell}/f` },
    ...{ price: 1 + cell, floor: 1 + cell, outage, isMeasured: true },
  }));
  const zone = 'z0';
  const base = { cell: outages.length, kind: 'base', zone, group: 'z0/base', price: 10, floor: 10 } as const;
  return [...spot, { ...base, outage: 0, isMeasured: false }];
}

function costOf(outages: readonly number[], rules = RULES): number {
  return cheapestSpread(offersWith(outages), rules)?.cost ?? Infinity;
}

describe('spreads over spot cells with measured outages', () => {
  it('keep the availability, by base capacity where spot cells are out for long', () => {
    for (const outages of [[0.3], [0.2, 0.4], [0.5, 0.5, 0.5], [0.1, 0.2, 0.3, 0.4, 0.5]]) {
      const offers = offersWith(outages);
      const spread = cheapestSpread(offers, RULES);
      expect(spread).toBeDefined();
      expect(availabilityOf(spread!, offers, RULES)).toBeGreaterThanOrEqual(RULES.availability);
    }
    expect(
      cheapestSpread(offersWith([0.9, 0.9]), { ...RULES, availability: 0.9999999 })?.replicas,
    ).toContainEqual([2, 6]);
  });

  it('hold one of two cells that are out for long at most, where both would break the availability', () => {
    const spread = cheapestSpread(offersWith([0.4, 0.4, 1e-5, 1e-5]), RULES);
    expect(spread?.replicas.filter(([cell]) => cell < 2).length).toBeLessThanOrEqual(1);
    expect(spread?.replicas.some(([cell]) => cell >= 2 && cell < 4)).toBe(true);
  });

  it('treat cells of one group as one loss', () => {
    const offers = offersWith([1e-4, 1e-4, 1e-4], ['g', 'g', 'h']);
    const spread = cheapestSpread(offers, RULES);
    const onGroup = (spread?.replicas ?? [])
      .filter(([cell]) => cell < 2)
      .reduce((sum, [, count]) => sum + count, 0);
    const total = (spread?.replicas ?? []).reduce((sum, [, count]) => sum + count, 0);
    expect(total - onGroup).toBeGreaterThanOrEqual(RULES.needed);
  });

  it('never cost less when outages grow', () => {
    const share = fc.double({ min: 0, max: 0.6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(0.9, 0.99, 0.999, 0.99999),
        fc.constantFrom('nothing', 'node', 'zone', 'correlation-group'),
        (pairs, availability, tolerates) => {
          const rules = { ...RULES, availability, tolerates } as const;
          const low = costOf(
            pairs.map(([a, b]) => Math.min(a, b)),
            rules,
          );
          const high = costOf(
            pairs.map(([a, b]) => Math.max(a, b)),
            rules,
          );
          expect(high).toBeGreaterThanOrEqual(low);
        },
      ),
    );
  });
});
