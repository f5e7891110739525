import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OBJECTIVES } from '../../model/index.ts';
import type { ServingPlan } from '../../model/index.ts';
import { joules, microUsd, seconds } from '../../units/index.ts';
import { planWith } from '../testing/plans.ts';
import { brokenMerits, objectiveValue, paretoPlans, ranked } from './merits.ts';

/** Few values of each merit, so that ties occur. */
const small = fc.integer({ min: 1, max: 4 });
const plans = fc
  .array(fc.record({ cost: small, latency: small, energy: small, size: small, tokens: small }), {
    maxLength: 25,
  })
  .map((items) =>
    items.map(({ cost, latency, energy, size, tokens }, index) =>
      planWith(
        `plan${index}`,
        {
          costPerMonth: cost,
          latency,
          energyPerOutputToken: energy,
          costPerMillionTokens: tokens,
          throughputPerAccelerator: tokens,
        },
        size,
      ),
    ),
  );

/** Whether a plan is at least as good as another in all that plans are weighed by. */
const covers = (a: ServingPlan, b: ServingPlan): boolean =>
  a.merits.costPerMonth <= b.merits.costPerMonth &&
  a.merits.latency <= b.merits.latency &&
  a.merits.energyPerOutputToken <= b.merits.energyPerOutputToken;

describe('ranked', () => {
  it('puts the best of any objective first, in one order whatever order plans come in', () => {
    fc.assert(
      fc.property(plans, fc.constantFrom(...OBJECTIVES), fc.nat(), (items, objective, turn) => {
        const sorted = ranked(items, objective);
        const values = sorted.map((plan) => objectiveValue(plan, objective));
        expect(values).toEqual([...values].sort((a, b) => a - b));
        const turned = items.map((_, index) => items[(index + turn) % items.length]!);
        expect(ranked(turned, objective)).toEqual(sorted);
      }),
    );
  });

  it('takes most throughput per accelerator, and least of everything else', () => {
    const quick = planWith('quick', { latency: 1, costPerMonth: 9e9, throughputPerAccelerator: 10 });
    const dense = planWith('dense', { latency: 9, costPerMonth: 1e9, throughputPerAccelerator: 90 });
    const firsts = OBJECTIVES.map((objective) => [objective, ranked([quick, dense], objective)[0]!.id]);
    expect(Object.fromEntries(firsts)).toMatchObject({
      cost: 'dense',
      latency: 'quick',
      'throughput-per-accelerator': 'dense',
    });
  });

  it('gives ties to the cheaper, then the quicker, then by id', () => {
    const tied = [
      planWith('b', { costPerMonth: 2, latency: 1 }),
      planWith('d', { costPerMonth: 1, latency: 2 }),
      planWith('c', { costPerMonth: 1, latency: 1 }),
      planWith('a', { costPerMonth: 1, latency: 1 }),
    ];
    expect(ranked(tied, 'accelerators').map(({ id }) => id)).toEqual(['a', 'c', 'd', 'b']);
  });
});

describe('paretoPlans', () => {
  it('are, by rising cost, the plans that no other covers, one of each set of equals: as brute force says', () => {
    fc.assert(
      fc.property(plans, (items) => {
        const front = paretoPlans(items);
        const costs = front.map(({ merits }) => merits.costPerMonth);
        expect(costs).toEqual([...costs].sort((a, b) => a - b));
        for (const plan of front) {
          const isBeaten = items.some((other) => covers(other, plan) && !covers(plan, other));
          expect(isBeaten, plan.id).toBe(false);
        }
        for (const plan of items) expect(front.some((kept) => covers(kept, plan))).toBe(true);
        for (const plan of front)
          expect(front.filter((other) => covers(other, plan)).map(({ id }) => id)).toEqual([plan.id]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('brokenMerits', () => {
  const plan = planWith('plan', {
    costPerMonth: 3e9,
    costPerMillionTokens: 2e6,
    latency: 4,
    energyPerOutputToken: 6,
    throughputPerAccelerator: 50,
  });

  it('are none within limits, the limits themselves included', () => {
    expect(brokenMerits(plan, {})).toEqual([]);
    const { costPerMonth, costPerMillionTokens, latency, energyPerOutputToken } = plan.merits;
    const { throughputPerAccelerator } = plan.merits;
    const limits = { costPerMonth, costPerMillionTokens, latency, energyPerOutputToken };
    expect(brokenMerits(plan, { ...limits, throughputPerAccelerator })).toEqual([]);
  });

  it('tell by how much each limit is missed, in words too, the worst first', () => {
    const broken = brokenMerits(plan, {
      costPerMonth: microUsd(2e9),
      costPerMillionTokens: microUsd(1e6),
      latency: seconds(1),
      energyPerOutputToken: joules(5),
      throughputPerAccelerator: 150,
    });
    expect(broken.map(({ limit, ratio }) => [limit, +ratio.toFixed(3)])).toEqual([
      ['latency', 4],
      ['throughputPerAccelerator', 3],
      ['costPerMillionTokens', 2],
      ['costPerMonth', 1.5],
      ['energyPerOutputToken', 1.2],
    ]);
    expect(broken[0]).toMatchObject({ value: 4, text: expect.stringContaining('4 s') });
    expect(broken[3]!.text).toContain('3,000');
  });
});
