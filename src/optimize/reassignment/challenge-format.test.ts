import { describe, expect, it } from 'vitest';
import { lowerBound } from './bound.ts';
import { readChallengeInstance, writeChallengeAssignment } from './challenge-format.ts';
import { reassign } from './reassign.ts';
import { brokenRules, costOf } from './verify.ts';

/** A made-up instance in the challenge's format: 2 resources, 2 machines, 2 services, 3 processes, 1 balance. */
const MODEL = `2
0 10
1 5
2
0 0 30 40 15 20 0 2
1 1 20 40 10 20 2 0
2
1 0
1 1 0
3
0 8 10 1
0 6 10 2
1 4 5 1
1
0 1 2
7
1 10 100`;

describe("the challenge's format", () => {
  const problem = readChallengeInstance({ model: MODEL, assignment: '0 1 0' });

  it('is read in its order', () => {
    expect(problem.resources).toEqual([
      { isTransient: false, loadWeight: 10 },
      { isTransient: true, loadWeight: 5 },
    ]);
    expect(problem.machines[1]).toEqual({
      neighbourhood: 1,
      location: 1,
      capacity: [20, 40],
      safetyCapacity: [10, 20],
      moveCostTo: [2, 0],
    });
    expect(problem.services[1]).toEqual({ spread: 1, dependsOn: [0] });
    expect(problem.processes[1]).toEqual({ service: 0, demand: [6, 10], moveCost: 2, home: 1 });
    expect(problem.balances).toEqual([{ first: 0, second: 1, target: 2, weight: 7 }]);
    expect(problem.weights).toEqual({ process: 1, service: 10, machine: 100 });
  });

  it('gives costs as counted by hand', () => {
    // Free on machine 0: 18 and 25, so 2 × 18 − 25 = 11 miss; nothing misses on machine 1 (28 − 30).
    expect(costOf(problem, [0, 1, 0])).toMatchObject({ load: 0, balance: 77, total: 77 });
    // The third process moves: 1 + 10 × 1 + 100 × 2; free 22 and 30 (14 miss), 10 and 25 (none).
    expect(costOf(problem, [0, 1, 1])).toEqual({
      load: 0,
      balance: 98,
      processMoves: 1,
      serviceMoves: 10,
      machineMoves: 200,
      total: 309,
    });
  });

  it('names the rules that an assignment breaks', () => {
    expect(brokenRules(problem, [1, 1, 0])).toEqual([
      'two processes of service 0 are on one machine',
      'service 1 is without service 0 in neighbourhoods 0',
    ]);
    expect(brokenRules(problem, [0, 1])).toHaveLength(1);
  });

  it('refuses texts that end early, go on, or hold words', () => {
    expect(() => readChallengeInstance({ model: MODEL.slice(0, 40), assignment: '0 1 0' })).toThrow(
      RangeError,
    );
    expect(() => readChallengeInstance({ model: `${MODEL} 1`, assignment: '0 1 0' })).toThrow(RangeError);
    expect(() => readChallengeInstance({ model: MODEL, assignment: '0 x 0' })).toThrow(RangeError);
    expect(() => readChallengeInstance({ model: MODEL, assignment: '0 1' })).toThrow(RangeError);
    expect(() => readChallengeInstance({ model: MODEL, assignment: '0 1 0 0' })).toThrow(RangeError);
  });

  it('writes assignments as it reads them', () => {
    const { assignment } = reassign(problem, { seed: 1, limits: { trials: 1000 } });
    expect(writeChallengeAssignment(assignment)).toBe('0 1 0\n');
    // All that is free: 32 and 55, so 2 × 32 − 55 = 9 miss in sum.
    expect(lowerBound(problem)).toBe(63);
  });
});
