import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { knapsack } from './knapsack.ts';
import type { KnapsackProblem } from './knapsack.ts';

/** The best value over all choices, by trying them. */
function bruteForce(
  problem: KnapsackProblem,
  values: Float64Array,
  item = 0,
  left = problem.capacity,
): number {
  if (item === values.length) return 0;
  let best = -Infinity;
  for (let count = 0; count <= (problem.most[item] ?? 0); count++) {
    const rest = left.map(
      (amount, r) => amount - count * (problem.requests[item * problem.resources + r] ?? 0),
    );
    if (rest.some((amount) => amount < -1e-9)) break;
    best = Math.max(best, count * (values[item] ?? 0) + bruteForce(problem, values, item + 1, rest));
  }
  return best;
}

function randomProblem(seed: number): { readonly problem: KnapsackProblem; readonly values: Float64Array } {
  const stream = randomStream(seed, 'knapsack');
  const whole = (below: number): number => Math.floor(stream.uniform() * below);
  const resources = 1 + whole(3);
  const n = 1 + whole(5);
  return {
    problem: {
      resources,
      requests: Float64Array.from({ length: n * resources }, () => whole(8)),
      most: Float64Array.from({ length: n }, () => whole(4)),
      capacity: Array.from({ length: resources }, () => 4 + whole(20)),
    },
    values: Float64Array.from({ length: n }, () => whole(12) - 1 + stream.uniform()),
  };
}

describe('the knapsack', () => {
  it('finds the best of all choices and proves it, on 400 random small problems', () => {
    for (let seed = 0; seed < 400; seed++) {
      const { problem, values } = randomProblem(seed);
      const best = bruteForce(problem, values);
      const answer = knapsack(problem, values);
      expect(answer.value, `seed ${seed}`).toBeCloseTo(best, 8);
      expect(answer.bound, `seed ${seed}`).toBeGreaterThanOrEqual(best - 1e-8);
      expect(answer.bound, `seed ${seed}`).toBeLessThanOrEqual(best + 1e-6);
      const counted = answer.counts.reduce((sum, count, i) => sum + count * (values[i] ?? 0), 0);
      expect(counted, `seed ${seed}`).toBeCloseTo(answer.value, 8);
    }
  });

  it('never exceeds a capacity', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { problem, values } = randomProblem(seed + 1000);
      const { counts } = knapsack(problem, values);
      problem.capacity.forEach((amount, r) => {
        const used = counts.reduce(
          (sum, count, i) => sum + count * (problem.requests[i * problem.resources + r] ?? 0),
          0,
        );
        expect(used).toBeLessThanOrEqual(amount + 1e-9);
      });
    }
  });

  it('does not put items together that are apart', () => {
    const problem: KnapsackProblem = {
      resources: 1,
      requests: Float64Array.of(1, 1),
      most: Float64Array.of(2, 2),
      capacity: [4],
      apart: [[1], [0]],
    };
    const { counts, value } = knapsack(problem, Float64Array.of(3, 2));
    expect([...counts]).toEqual([2, 0]);
    expect(value).toBe(6);
  });
});
