import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { randomProblem } from '../testing/reassignments.ts';
import { SearchBudget } from './budget.ts';
import { Hosts } from './hosts.ts';
import { compileInstance } from './instance.ts';
import { ProcessSizes } from './process-sizes.ts';
import { rearrange } from './rearrange.ts';
import { AssignmentState } from './state.ts';
import { brokenRules, costOf } from './verify.ts';

describe('rearranging few machines at a time', () => {
  it.each([1, 2, 3, 4])('lowers the cost of homes that keep all rules, and keeps them (seed %d)', (seed) => {
    const problem = randomProblem({ seed, processes: 40, machines: 8 });
    const instance = compileInstance(problem);
    const state = new AssignmentState(instance);
    const before = state.cost;
    const best = { machineOf: state.machineOf.slice(), cost: state.cost };
    const random = randomStream(seed, 'rearranging');
    const parts = { state, hosts: new Hosts(instance), sizes: new ProcessSizes(state), random, best };
    rearrange({ ...parts, budget: new SearchBudget({ trials: 200_000 }) }, 5, 1);
    expect(brokenRules(problem, best.machineOf)).toEqual([]);
    expect(best.cost).toBeLessThan(before);
    expect(costOf(problem, best.machineOf).total).toBeCloseTo(best.cost, 6);
  });
});

describe('sizes of processes', () => {
  it('are counted from the largest down', () => {
    const problem = randomProblem({ seed: 1, processes: 40, machines: 8 });
    const sizes = new ProcessSizes(new AssignmentState(compileInstance(problem)));
    expect([...sizes.order].sort((a, b) => a - b)).toEqual([...sizes.order.keys()]);
    expect(sizes.countFrom(0)).toBe(40);
    expect(sizes.countFrom(Infinity)).toBe(10);
    expect(sizes.countFrom(sizes.largest / 2)).toBeLessThanOrEqual(40);
  });
});
