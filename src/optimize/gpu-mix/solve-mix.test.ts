import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMix } from './check-mix.ts';
import type { Mix, MixAnswer, MixOption, MixProblem } from './mix-problem.ts';
import { solveMix } from './solve-mix.ts';

function solved(answer: MixAnswer): { readonly mix: Mix; readonly bound: number; readonly gap: number } {
  if (answer.status !== 'optimal' && answer.status !== 'feasible') throw new Error(answer.status);
  return answer;
}

/** One replica per node. */
function lone(id: string, price: number, loads: readonly number[]): Pick<MixProblem, 'nodes' | 'options'> {
  return {
    nodes: [{ id, price, accelerators: 1 }],
    options: [{ id, node: id, accelerators: 1, loads: [loads] }],
  };
}

function problemOf(rates: readonly number[], ...types: Pick<MixProblem, 'nodes' | 'options'>[]): MixProblem {
  return {
    classes: rates.map((rate, index) => ({ id: `c${index}`, rate })),
    nodes: types.flatMap((type) => type.nodes),
    options: types.flatMap((type) => type.options),
  };
}

/**
 * The cheapest counts of two types by trying all: for given counts the split is best that moves the classes with the least load on
 * the second type per load on the first.
 */
function bruteForce({ classes, nodes, options }: MixProblem): number {
  const [first, second] = options;
  const loadOf = (option: MixOption | undefined, c: number): number => option?.loads[0]?.[c] ?? Infinity;
  let best = Infinity;
  for (let a = 0; a <= 12; a++) {
    const cost = (b: number): number => a * (nodes[0]?.price ?? 0) + b * (nodes[1]?.price ?? 0);
    let room = a;
    let needed = 0;
    const order = [...classes.keys()].sort(
      (x, y) => loadOf(second, y) / loadOf(first, y) - loadOf(second, x) / loadOf(first, x),
    );
    for (const c of order) {
      const { rate } = classes[c]!;
      if (rate === 0) continue;
      const all = rate * loadOf(first, c);
      const share = all === Infinity ? 0 : all <= room ? 1 : room / all;
      room -= share === 0 ? 0 : share * all;
      needed += share === 1 ? 0 : (1 - share) * rate * loadOf(second, c);
    }
    const b = Math.ceil(needed - 1e-6);
    if (b <= 1000) best = Math.min(best, cost(b));
  }
  return best;
}

const price = fc.integer({ min: 1, max: 20 }).map((x) => x * 1e6);
const load = fc.integer({ min: 1, max: 40 }).map((x) => x / 20);

describe('solveMix', () => {
  it('agrees with brute force over the counts of two types', async () => {
    const cases = fc.integer({ min: 1, max: 5 }).chain((classes) =>
      fc.record({
        rates: fc.array(
          fc.integer({ min: 0, max: 12 }).map((x) => x / 4),
          { minLength: classes, maxLength: classes },
        ),
        prices: fc.tuple(price, price),
        loads: fc.tuple(
          fc.array(load, { minLength: classes, maxLength: classes }),
          fc.array(fc.oneof(load, fc.constant(Infinity)), { minLength: classes, maxLength: classes }),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ rates, prices, loads }) => {
        const [a, b] = [lone('a', prices[0], loads[0]), lone('b', prices[1], loads[1])];
        const problem = problemOf(rates, a, b);
        const answer = solved(await solveMix(problem));
        const least = bruteForce(problem);
        // Twelve of the first type may be too few.
        if (least < 12 * prices[0]) expect(answer.mix.cost).toBeCloseTo(least, 6);
        expect(answer.gap).toBeLessThan(1e-6);
        expect(checkMix(problem, answer.mix)).toEqual([]);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('fills nodes with replicas of several sizes before it buys another', async () => {
    const problem: MixProblem = {
      classes: [
        { id: 'short', rate: 2 },
        { id: 'long', rate: 1 },
      ],
      nodes: [{ id: 'four', price: 4e6, accelerators: 4 }],
      options: [
        { id: 'small', node: 'four', accelerators: 1, loads: [[1, Infinity]] },
        { id: 'large', node: 'four', accelerators: 2, loads: [[0.9, 1]] },
      ],
    };
    const { mix } = solved(await solveMix(problem));
    expect(mix).toMatchObject({ nodes: { four: 1 }, replicas: { small: 2, large: 1 }, cost: 4e6 });
  });

  it('buys spare replicas of the options that it uses, and of those only', async () => {
    const spot = lone('spot', 1e6, [0.5]);
    const steady = lone('steady', 1.5e6, [0.5]);
    const withSpare = { ...spot, options: spot.options.map((option) => ({ ...option, spare: 1 })) };
    const few = solved(await solveMix(problemOf([2], withSpare, steady)));
    expect(few.mix.nodes).toEqual({ steady: 1 });
    const many = solved(await solveMix(problemOf([20], withSpare, steady)));
    expect(many.mix.nodes).toEqual({ spot: 11 });
  });

  it('keeps limits on the share that options may carry', async () => {
    const problem = {
      ...problemOf([8], lone('spot', 1e6, [0.5]), lone('steady', 2e6, [0.5])),
      shareLimits: [{ options: ['spot'], most: 0.5 }],
    };
    expect(solved(await solveMix(problem)).mix.nodes).toEqual({ spot: 2, steady: 2 });
  });

  it('names the classes that nothing serves', async () => {
    const answer = await solveMix(problemOf([1, 1], lone('a', 1e6, [1, Infinity])));
    expect(answer).toEqual({ status: 'infeasible', unserved: ['c1'] });
  });

  it('is infeasible within too few nodes', async () => {
    const one = lone('a', 1e6, [1]);
    const problem = problemOf([3], { ...one, nodes: one.nodes.map((node) => ({ ...node, most: 2 })) });
    expect(await solveMix(problem)).toEqual({ status: 'infeasible', unserved: [] });
  });

  it('is never dearer than a mix that is known, whatever the limits', async () => {
    const problem = problemOf([1, 2, 3], lone('a', 3e6, [1, 0.7, 0.4]), lone('b', 2e6, [0.9, 0.8, 0.5]));
    const incumbent = solved(await solveMix(problem)).mix;
    const limits = { nodes: 0, seconds: 1, relativeGap: 1e-7 };
    const answer = solved(await solveMix(problem, { incumbent, limits }));
    expect(answer.mix.cost).toBeLessThanOrEqual(incumbent.cost);
  });

  it('leaves classes without requests out', async () => {
    const answer = solved(await solveMix(problemOf([0, 1], lone('a', 1e6, [Infinity, 1]))));
    expect(answer.mix).toMatchObject({ nodes: { a: 1 }, routing: [{}, { a: 1 }] });
  });
});
