import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestedSpread } from './nested-spread.ts';
import { availabilityOf } from './resilience.ts';
import type { CellOffer, SpreadRules } from './resilience.ts';

const ZONES = ['a', 'b', 'c'];

/** Three base cells, and spot cells of which each is a group of its own. */
const OFFERS: readonly CellOffer[] = [
  ...ZONES.map((zone, index): CellOffer => offer(index, 'base', zone, 10 + index)),
  ...ZONES.map((zone, index): CellOffer => offer(3 + index, 'spot', zone, 4 + index)),
];

function offer(cell: number, kind: CellOffer['kind'], zone: string, price: number): CellOffer {
  const outage = kind === 'spot' ? 0.001 : 0;
  return { cell, kind, zone, group: `${zone}/${kind}`, price, floor: price, outage, isMeasured: false };
}

const RULES: SpreadRules = {
  needed: 6,
  tolerates: 'correlation-group',
  availability: 0.99,
  maxSpotShare: 0.5,
  isEven: true,
  maxPerNode: Infinity,
  maxReplicas: 100,
  nodesAtHand: Infinity,
  nodePrice: 0,
  turn: 0,
};

const countsOf = (replicas: readonly (readonly [number, number])[]): Map<number, number> => new Map(replicas);

describe('nestedSpread', () => {
  it('takes the dearest replicas away and leaves all others where they are', () => {
    const before = countsOf([
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
    const spread = nestedSpread({ before, offers: OFFERS, rules: { ...RULES, needed: 5 }, zoneSkew: 1 });
    for (const [cell, count] of spread?.replicas ?? []) {
      expect(count).toBeLessThanOrEqual(before.get(cell) ?? 0);
    }
    // Five needed and two spares, as no spot cell of two may be lost with less.
    expect(spread?.replicas.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(7);
  });

  it('adds replicas on base capacity only', () => {
    const before = countsOf([
      [0, 2],
      [1, 2],
      [3, 2],
    ]);
    const spread = nestedSpread({ before, offers: OFFERS, rules: { ...RULES, needed: 12 }, zoneSkew: 1 });
    const counts = countsOf(spread?.replicas ?? []);
    expect(counts.get(3)).toBeLessThanOrEqual(2);
    expect([counts.get(4), counts.get(5)]).toEqual([undefined, undefined]);
    expect(
      [0, 1, 2].map((cell) => counts.get(cell) ?? 0).reduce((sum, count) => sum + count),
    ).toBeGreaterThan(4);
  });

  it('keeps every rule, whatever it starts from', () => {
    const tolerated = fc.constantFrom('nothing', 'node', 'correlation-group', 'zone');
    fc.assert(
      fc.property(
        fc.array(fc.nat(6), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 0, max: 20 }),
        tolerated,
        fc.constantFrom(0, 0.3, 1),
        (start, needed, tolerates, maxSpotShare) => {
          const rules = { ...RULES, needed, tolerates, maxSpotShare } as SpreadRules;
          const before = new Map(start.map((count, cell): [number, number] => [cell, count]));
          const spread = nestedSpread({ before, offers: OFFERS, rules, zoneSkew: 1 });
          if (spread === undefined) return;
          const counts = countsOf(spread.replicas);
          const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
          const zone = (name: string): number =>
            OFFERS.filter((item) => item.zone === name).reduce(
              (sum, { cell }) => sum + (counts.get(cell) ?? 0),
              0,
            );
          const spot = [3, 4, 5].map((cell) => counts.get(cell) ?? 0);
          const base = [0, 1, 2].map((cell) => counts.get(cell) ?? 0);
          expect(total).toBeGreaterThanOrEqual(needed);
          expect(spot.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(
            maxSpotShare * total + 1e-9,
          );
          expect(Math.max(...base) - Math.min(...base)).toBeLessThanOrEqual(1);
          if (tolerates === 'correlation-group')
            expect(total - Math.max(...spot)).toBeGreaterThanOrEqual(needed);
          if (tolerates === 'zone')
            expect(total - Math.max(...ZONES.map(zone))).toBeGreaterThanOrEqual(needed);
          if (tolerates === 'node' && needed > 0)
            expect(total - spread.maxPerNode).toBeGreaterThanOrEqual(needed);
          expect(availabilityOf(spread, OFFERS, rules)).toBeGreaterThanOrEqual(rules.availability);
        },
      ),
    );
  });
});
