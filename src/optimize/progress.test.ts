import { describe, expect, it } from 'vitest';
import { microUsd } from '../units/index.ts';
import { bestSoFar } from './progress.ts';

describe('the best plan so far', () => {
  it('is told with its distance from the bound, as a share of its cost', () => {
    expect(bestSoFar({ objective: microUsd(200), bound: microUsd(150) })).toEqual({
      bestPerMonth: 200,
      gap: 0.25,
    });
  });

  it('has no gap where the bound is reached, passed by rounding, or nothing is paid', () => {
    const gaps = [
      [7, 7],
      [7, 8],
      [0, 0],
    ].map(
      ([objective = 0, bound = 0]) =>
        bestSoFar({ objective: microUsd(objective), bound: microUsd(bound) }).gap,
    );
    expect(gaps).toEqual([0, 0, 0]);
  });
});
