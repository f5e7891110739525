import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packingFaults } from './check-packing.ts';
import { improveFilling } from './improve.ts';
import { inItems, packingClasses } from './packing-classes.ts';
import type { FilledKind } from './packing-classes.ts';
import { costOf } from './packing-problem.ts';
import type { PackingProblem } from './packing-problem.ts';

const SIZES = [1, 2, 4, 8];

const PROBLEMS: fc.Arbitrary<PackingProblem> = fc
  .array(
    fc.record({
      cpu: fc.integer({ min: 1, max: 12 }),
      memory: fc.integer({ min: 1, max: 12 }),
      count: fc.integer({ min: 1, max: 9 }),
      maxPerNode: fc.constantFrom(1, 2, Infinity),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((pods) => ({
    resources: ['cpu', 'memory'],
    items: pods.map(({ cpu, memory, count, maxPerNode }, index) => ({
      ...{ id: `p${index}`, request: [cpu, memory], count, maxPerNode },
      nodes: SIZES.map((_, kind) => kind),
    })),
    nodes: SIZES.map((size) => ({
      ...{ id: `n${size}`, capacity: [16 * size, 16 * size], price: 10 * size - (size - 1), most: Infinity },
    })),
    quotas: [],
    apart: [],
  }));

/** Every pod on a node of its own: valid and wasteful. */
function oneEach(problem: PackingProblem): { readonly filled: readonly FilledKind[] } {
  const classes = packingClasses(problem);
  return {
    filled: classes.members.map((_, c) => ({ kind: 0, count: classes.counts[c] ?? 0, pods: [[c, 1]] })),
  };
}

describe('filling the nodes of a packing anew', () => {
  it('keeps every pod and every limit and never costs more', () => {
    fc.assert(
      fc.property(PROBLEMS, fc.integer({ min: 0, max: 40 }), (problem, tries) => {
        const classes = packingClasses(problem, false);
        const start = oneEach(problem);
        const values = new Float64Array(classes.members.length).fill(1);
        const better = improveFilling(classes, start.filled, { values, tries, isPast: () => false });
        const before = inItems(classes, start.filled);
        const after = inItems(classes, better);
        expect(packingFaults(problem, after)).toEqual(packingFaults(problem, before));
        expect(costOf(problem, after)).toBeLessThanOrEqual(costOf(problem, before));
      }),
      { numRuns: 60 },
    );
  });

  it('joins small nodes where one larger holds their pods for less', () => {
    const problem: PackingProblem = {
      resources: ['cpu', 'memory'],
      items: [{ id: 'p', request: [8, 8], count: 8, maxPerNode: Infinity, nodes: [0, 1, 2, 3] }],
      nodes: SIZES.map((size) => ({
        ...{
          id: `n${size}`,
          capacity: [16 * size, 16 * size],
          price: 10 * size - (size - 1),
          most: Infinity,
        },
      })),
      quotas: [],
      apart: [],
    };
    const classes = packingClasses(problem);
    const start = oneEach(problem).filled;
    const better = improveFilling(classes, start, {
      values: new Float64Array([5]),
      tries: 60,
      isPast: () => false,
    });
    expect(costOf(problem, inItems(classes, better))).toBeLessThan(
      0.55 * costOf(problem, inItems(classes, start)),
    );
  });
});
