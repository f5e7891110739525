import { describe, expect, it } from 'vitest';
import { cheapestByEnumeration, randomProblem } from '../testing/reassignments.ts';
import { lowerBound } from './bound.ts';
import type { ReassignmentProblem } from './problem.ts';
import { reassign } from './reassign.ts';
import { brokenRules, costOf } from './verify.ts';

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);
const SEARCH = { seed: 1, limits: { trials: 400_000 } };

function cheapest(problem: ReassignmentProblem): number {
  return cheapestByEnumeration(problem, {
    isSound: (assignment) => brokenRules(problem, assignment).length === 0,
    cost: (assignment) => costOf(problem, assignment).total,
  });
}

describe('reassign', () => {
  it.each(SEEDS)('finds the cheapest of all assignments of a small problem (seed %d)', (seed) => {
    const problem = randomProblem({ seed, processes: 7, machines: 4 });
    const result = reassign(problem, SEARCH);
    expect(brokenRules(problem, result.assignment)).toEqual([]);
    expect(result.cost.total).toBe(cheapest(problem));
    expect(result.bound).toBeLessThanOrEqual(result.cost.total);
  });

  it.each([{ moves: 1 }, { movesPerService: 1, moves: 3 }, { traffic: 6 }])(
    'finds the cheapest within limits on disruption: %o',
    (disruption) => {
      for (const seed of [1, 2, 3]) {
        const problem = randomProblem({ seed, processes: 7, machines: 4, disruption });
        const result = reassign(problem, SEARCH);
        expect(brokenRules(problem, result.assignment)).toEqual([]);
        expect(result.cost.total).toBe(cheapest(problem));
      }
    },
  );

  it('answers the same for the same seed and count of moves', () => {
    const problem = randomProblem({ seed: 2, processes: 60, machines: 9 });
    const limits = { trials: 100_000 };
    expect(reassign(problem, { seed: 4, limits })).toEqual(reassign(problem, { seed: 4, limits }));
  });

  it('moves nothing when the previous answer comes in again', () => {
    const problem = randomProblem({ seed: 6, processes: 7, machines: 4 });
    const { assignment } = reassign(problem, SEARCH);
    const again: ReassignmentProblem = {
      ...problem,
      processes: problem.processes.map((process, index) => ({ ...process, home: assignment[index] ?? 0 })),
      // Moves dearer than any load they could save.
      weights: { process: 1e6, service: 1e6, machine: 1e6 },
    };
    const result = reassign(again, SEARCH);
    expect(result.moves).toEqual([]);
    expect(result.assignment).toEqual(assignment);
  });

  it.each([1, 2, 3])('comes to rest when its answers come in again (seed %d)', (seed) => {
    const downhill = { seed: 1, limits: { trials: 0 } };
    let problem = randomProblem({ seed, processes: 40, machines: 8 });
    const statuses: string[] = [];
    while (statuses.length < 10 && statuses.at(-1) !== 'unchanged') {
      const { status, assignment, moves } = reassign(problem, downhill);
      statuses.push(status);
      expect(moves.length === 0).toBe(status === 'unchanged');
      // What moved no longer holds transient resources where it came from, so there may be room for more.
      const homes = problem.processes.map((process, index) => ({ ...process, home: assignment[index] ?? 0 }));
      problem = { ...problem, processes: homes };
    }
    expect(statuses[0]).toBe('improved');
    expect(statuses.at(-1)).toBe('unchanged');
  });

  it('empties a machine that no longer holds what runs on it', () => {
    const problem = crowded(6);
    expect(brokenRules(problem, [0, 0, 0])).not.toEqual([]);
    const result = reassign(problem, SEARCH);
    expect(result.status).toBe('improved');
    expect(brokenRules(problem, result.assignment)).toEqual([]);
    expect(result.moves).toHaveLength(1);
  });

  it('places processes that run nowhere, which are no moves to pay for', () => {
    const problem = crowded(20);
    const added = {
      ...problem,
      processes: [...problem.processes, { service: 3, demand: [8], moveCost: 5 }],
      services: [...problem.services, { spread: 0, dependsOn: [] }],
    };
    const result = reassign(added, SEARCH);
    expect(result.moves).toEqual([{ process: 3, to: 1 }]);
    expect(result.cost.processMoves).toBe(0);
  });

  it('says which rules are broken when nothing holds what runs', () => {
    const result = reassign(crowded(6, 2), SEARCH);
    expect(result.status).toBe('none');
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['optimize-reassignment-none']);
    expect(result.diagnostics[0]?.detail).toContain('machine 0');
  });

  it('refuses problems that make no sense, naming each place', () => {
    const problem = crowded(20);
    const result = reassign(
      {
        ...problem,
        processes: [
          { service: 9, demand: [-1], moveCost: 0, home: 7 },
          { service: 0, demand: [99], moveCost: 0, home: 0 },
        ],
      },
      SEARCH,
    );
    expect(result.diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'optimize-reassignment-invalid processes[0]',
      'optimize-reassignment-invalid processes[0].service',
      'optimize-reassignment-invalid processes[0].home',
      'optimize-reassignment-invalid processes[1].demand',
    ]);
  });

  it('stops by the clock it is given', () => {
    let time = 0;
    const problem = randomProblem({ seed: 2, processes: 60, machines: 9 });
    const result = reassign(problem, { seed: 1, limits: { seconds: 10, now: () => (time += 0.1) } });
    expect(result.trials).toBeLessThan(2048 * 101);
    expect(brokenRules(problem, result.assignment)).toEqual([]);
  });
});

describe('the lower bound', () => {
  it.each(SEEDS)('is never above the cheapest assignment (seed %d)', (seed) => {
    const problem = randomProblem({ seed: 100 + seed, processes: 6, machines: 4, fill: 0.9 });
    expect(lowerBound(problem)).toBeLessThanOrEqual(cheapest(problem));
  });
});

/** Three processes of 3 units on the first of two machines; the first has `capacity`, the second `second` units. */
function crowded(capacity: number, second = 20): ReassignmentProblem {
  const machine = (units: number): ReassignmentProblem['machines'][number] => ({
    location: 0,
    neighbourhood: 0,
    capacity: [units],
    safetyCapacity: [units / 2],
  });
  return {
    resources: [{ isTransient: false, loadWeight: 1 }],
    machines: [machine(capacity), machine(second)],
    services: [0, 1, 2].map(() => ({ spread: 0, dependsOn: [] })),
    processes: [0, 1, 2].map((service) => ({ service, demand: [3], moveCost: 5, home: 0 })),
    balances: [],
    weights: { process: 1, service: 0, machine: 1 },
  };
}
