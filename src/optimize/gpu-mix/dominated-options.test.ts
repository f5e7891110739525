import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveTrusted, solverOrder } from '../solvers/index.ts';
import { withoutDominatedOptions } from './dominated-options.ts';
import { mixProgram } from './mix-program.ts';
import type { MixProblem } from './mix-problem.ts';

const LIMITS = { nodes: 5000, seconds: 20, relativeGap: 1e-9 } as const;

/** The least cost in dollars, NaN where there is no mix. */
async function leastCost(problem: MixProblem): Promise<number> {
  const answer = await solveTrusted(mixProgram(problem).program, LIMITS, solverOrder('auto'));
  return 'objective' in answer ? answer.objective : NaN;
}

const load = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map((x) => x / 10),
  fc.constant(Infinity),
);
const option = fc.record({
  node: fc.constantFrom('one', 'other-one', 'four', 'limited'),
  accelerators: fc.constantFrom(1, 2, 4),
  loads: fc.array(load, { minLength: 2, maxLength: 2 }),
  spare: fc.constantFrom(0, 0, 1),
});
const problems = fc
  .record({
    rates: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    prices: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 4, maxLength: 4 }),
    options: fc.array(option, { minLength: 2, maxLength: 6 }),
  })
  .map(({ rates, prices, options }): MixProblem => ({
    classes: rates.map((rate, c) => ({ id: `c${c}`, rate: rate / 3 })),
    nodes: [
      { id: 'one', price: prices[0]! * 1e6, accelerators: 1 },
      { id: 'other-one', price: prices[1]! * 1e6, accelerators: 1 },
      { id: 'four', price: prices[2]! * 1e6, accelerators: 4 },
      { id: 'limited', price: prices[3]! * 1e6, accelerators: 1, most: 1 },
    ],
    options: options.map(({ loads, ...facts }, o) => ({ ...facts, id: `o${o}`, loads: [loads] })),
  }));

describe('withoutDominatedOptions', () => {
  it('leaves the least cost as it is', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        const { problem: reduced } = withoutDominatedOptions({ problem, restore: (mix) => mix });
        expect(reduced.options.length).toBeLessThanOrEqual(problem.options.length);
        const [all, less] = [await leastCost(problem), await leastCost(reduced)];
        expect(less).toEqual(Number.isNaN(all) ? NaN : expect.closeTo(all, 6));
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it('drops a shared node when all that stands on it is cheaper elsewhere', () => {
    const problem: MixProblem = {
      classes: [{ id: 'all', rate: 1 }],
      nodes: [
        { id: 'one', price: 1e6, accelerators: 1 },
        { id: 'four', price: 5e6, accelerators: 4 },
      ],
      options: [
        { id: 'alone', node: 'one', accelerators: 1, loads: [[0.5]] },
        { id: 'shared', node: 'four', accelerators: 1, loads: [[0.5]] },
      ],
    };
    const { problem: reduced } = withoutDominatedOptions({ problem, restore: (mix) => mix });
    expect(reduced.nodes.map(({ id }) => id)).toEqual(['one']);
  });
});
