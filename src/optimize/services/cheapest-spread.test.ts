import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { cheapestSpread, leastSpreadCost } from './resilience.ts';
import type { CellOffer, Spread, SpreadRules } from './resilience.ts';

const RULES: SpreadRules = {
  needed: 10,
  tolerates: 'correlation-group',
  availability: 0.99,
  maxSpotShare: 1,
  isEven: false,
  maxPerNode: Infinity,
  maxReplicas: Infinity,
  nodesAtHand: Infinity,
  nodePrice: 0,
  turn: 0,
};

function offer(facts: Pick<CellOffer, 'cell' | 'kind' | 'zone' | 'price' | 'outage'>): CellOffer {
  return { ...facts, floor: facts.price, group: `cell ${facts.cell}`, isMeasured: false };
}

function randomOffers(seed: number): readonly CellOffer[] {
  const stream = randomStream(seed, 'offers');
  const zones = ['a', 'b', 'c'].slice(0, 1 + Math.floor(3 * stream.uniform()));
  return zones.flatMap((zone, z): CellOffer[] => [
    offer({ cell: 3 * z, kind: 'base', zone, price: 100, outage: 0 }),
    offer({ cell: 3 * z + 1, kind: 'spot', zone, price: 20 + 60 * stream.uniform(), outage: 0.001 }),
    offer({ cell: 3 * z + 2, kind: 'spot', zone, price: 20 + 60 * stream.uniform(), outage: 0.02 }),
  ]);
}

function randomRules(seed: number): SpreadRules {
  const stream = randomStream(seed, 'rules');
  const pick = <T>(list: readonly T[]): T => list[Math.floor(stream.uniform() * list.length)] as T;
  return {
    ...RULES,
    needed: 1 + Math.floor(8 * stream.uniform()),
    tolerates: pick(['nothing', 'node', 'correlation-group', 'zone'] as const),
    availability: pick([0.9, 0.99, 0.999]),
    maxSpotShare: pick([0, 0.5, 1]),
    isEven: pick([true, false]),
  };
}

/** Replicas left after the worst loss that the rules name. */
function leftAfterLoss(spread: Spread, offers: readonly CellOffer[], rules: SpreadRules): number {
  const total = spread.replicas.reduce((sum, [, count]) => sum + count, 0);
  if (rules.tolerates === 'nothing') return total;
  const node = Math.min(spread.maxPerNode, Math.max(0, ...spread.replicas.map(([, count]) => count)));
  if (rules.tolerates === 'node') return total - node;
  const groups = Map.groupBy(spread.replicas, ([cell]) => {
    const found = offers.find((item) => item.cell === cell);
    if (rules.tolerates === 'zone') return found?.zone ?? '';
    return found?.kind === 'spot' ? `cell ${cell}` : '';
  });
  const lost = [...groups].map(([key, list]) =>
    key === '' ? 0 : list.reduce((sum, [, count]) => sum + count, 0),
  );
  return total - Math.max(node, ...lost);
}

describe('the cheapest spread', () => {
  it('survives every tolerated loss, keeps the spot share and costs no less than the least claimed, on 400 random cases', () => {
    let found = 0;
    for (let seed = 0; seed < 400; seed++) {
      const offers = randomOffers(seed);
      const rules = randomRules(seed);
      const spread = cheapestSpread(offers, rules);
      if (spread === undefined) continue;
      found++;
      const total = spread.replicas.reduce((sum, [, count]) => sum + count, 0);
      const onSpot = spread.replicas
        .filter(([cell]) => offers.find((item) => item.cell === cell)?.kind === 'spot')
        .reduce((sum, [, count]) => sum + count, 0);
      expect(leftAfterLoss(spread, offers, rules), `seed ${seed}`).toBeGreaterThanOrEqual(rules.needed);
      expect(onSpot, `seed ${seed}`).toBeLessThanOrEqual(rules.maxSpotShare * total + 1e-9);
      expect(leastSpreadCost(offers, rules), `seed ${seed}`).toBeLessThanOrEqual(spread.cost + 1e-9);
    }
    expect(found).toBeGreaterThan(250);
  });

  it('uses more cells and fewer spares where spot capacity is reclaimed by cell', () => {
    const spot = Array.from({ length: 6 }, (_, cell) =>
      offer({ cell, kind: 'spot', zone: `z${cell}`, price: 30, outage: 1e-5 }),
    );
    const base = offer({ cell: 6, kind: 'base', zone: 'z0', price: 100, outage: 0 });
    expect(cheapestSpread([...spot, base], RULES)?.replicas.map(([, count]) => count)).toEqual([
      2, 2, 2, 2, 2, 2,
    ]);
  });

  it('does not exist in one zone where a zone may be lost', () => {
    const lone = [offer({ cell: 0, kind: 'base', zone: 'a', price: 1, outage: 0 })];
    expect(cheapestSpread(lone, { ...RULES, tolerates: 'zone' })).toBeUndefined();
  });

  it('finds a spread over zones wherever base replicas alone have one, whichever zone holds spot replicas', () => {
    const cell = (index: number, kind: 'base' | 'spot', zone: string, price: number): CellOffer => ({
      ...{
        cell: index,
        kind,
        zone,
        group: `${zone}/${kind}`,
        price,
        floor: price,
        outage: 0,
        isMeasured: false,
      },
    });
    const offers = [
      ...['a', 'b', 'c'].map((zone, index) => cell(index, 'base', zone, 10)),
      ...['a', 'b', 'c'].map((zone, index) => cell(3 + index, 'spot', zone, 3 + index)),
    ];
    for (let needed = 1; needed <= 7; needed++) {
      for (const maxSpotShare of [0, 0.3, 0.5, 1]) {
        for (const turn of [0, 1, 2]) {
          const rules = { ...RULES, needed, tolerates: 'zone' as const, maxSpotShare, turn, isEven: true };
          const spread = cheapestSpread(offers, rules);
          const zones = Map.groupBy(spread?.replicas ?? [], ([index]) => offers[index]?.zone ?? '');
          const counts = [...zones.values()].map((list) => list.reduce((sum, [, count]) => sum + count, 0));
          const total = counts.reduce((sum, count) => sum + count, 0);
          expect(total - Math.max(...counts), JSON.stringify(rules)).toBeGreaterThanOrEqual(needed);
        }
      }
    }
  });
});
