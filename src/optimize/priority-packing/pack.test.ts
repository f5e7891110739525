import { describe, expect, it } from 'vitest';
import { packByPriority } from './pack.ts';
import { placedCounts } from './problem.ts';
import type { PackingProblem, PackingResult } from './problem.ts';
import { bruteForce, isValid, movesOf, smallProblem } from './testing/small-problems.ts';

function pack(problem: PackingProblem, work = 50_000_000): PackingResult {
  return packByPriority(problem, { seed: 1, limits: { work, seconds: Infinity, now: () => 0 } });
}

const SEEDS = Array.from({ length: 25 }, (_, i) => i + 1);

describe('packByPriority', () => {
  it.each(SEEDS)('agrees with brute force on counts and moves (seed %i)', (seed) => {
    const problem = smallProblem(seed, {
      nodes: 2 + (seed % 2),
      pods: 7,
      rules: seed % 3 === 0,
      running: true,
    });
    const best = bruteForce(problem);
    const result = pack(problem);
    expect(isValid(problem, result.nodeOf)).toBe(true);
    expect(result.moves).toBe(movesOf(problem, result.nodeOf));
    const counts = result.levels.map((level) => level.placed);
    expect(placedCounts(problem, result.nodeOf)).toEqual(counts);
    expect(counts).toEqual(best.counts);
    expect(result.movesBound).toBeLessThanOrEqual(best.moves);
    if (result.movesBound === result.moves) expect(result.moves).toBe(best.moves);
    else expect(result.moves).toBeGreaterThanOrEqual(best.moves);
  });

  it.each(SEEDS)(
    'never claims a bound below what brute force reaches, however little it may work (seed %i)',
    (seed) => {
      const problem = smallProblem(100 + seed, {
        nodes: 3,
        pods: 7,
        rules: seed % 2 === 0,
        running: seed % 3 > 0,
      });
      const best = bruteForce(problem);
      const result = pack(problem, 1 + seed * 400);
      expect(isValid(problem, result.nodeOf)).toBe(true);
      const differs = result.levels.findIndex((level, i) => level.placed !== best.counts[i]);
      const first = differs < 0 ? result.levels.length - 1 : differs;
      expect(result.levels[first]!.bound).toBeGreaterThanOrEqual(best.counts[first]!);
      if (result.provenCounts) expect(result.levels.map((level) => level.placed)).toEqual(best.counts);
    },
  );

  it('proves most small problems without rules', () => {
    const proven = SEEDS.filter(
      (seed) =>
        pack(smallProblem(200 + seed, { nodes: 3, pods: 8, rules: false, running: false })).provenCounts,
    );
    expect(proven.length).toBe(SEEDS.length);
  });

  it('moves two running pods to make room for one that fits nowhere', () => {
    const node = { capacity: [10] };
    const result = pack({
      resources: ['cpu'],
      nodes: [
        { name: 'a', ...node },
        { name: 'b', ...node },
        { name: 'c', ...node },
      ],
      pods: [
        { name: 'big', priority: 0, requests: [8] },
        { name: 'x', priority: 0, requests: [4], node: 0 },
        { name: 'y', priority: 0, requests: [4], node: 1 },
        { name: 'z', priority: 0, requests: [4], node: 2 },
      ],
    });
    expect(result.levels).toEqual([{ priority: 0, pods: 4, placed: 4, placedBefore: 3, bound: 4 }]);
    expect([result.moves, result.movesBound, result.provenCounts]).toEqual([1, 1, true]);
  });

  it('evicts less important pods for a more important one, and no more than needed', () => {
    const result = pack({
      resources: ['cpu'],
      nodes: [{ name: 'a', capacity: [10] }],
      pods: [
        { name: 'low1', priority: 1, requests: [3], node: 0 },
        { name: 'low2', priority: 1, requests: [3], node: 0 },
        { name: 'low3', priority: 1, requests: [3], node: 0 },
        { name: 'high', priority: 9, requests: [4] },
      ],
    });
    expect(result.levels.map((level) => level.placed)).toEqual([1, 2]);
    expect([result.moves, result.movesBound]).toEqual([1, 1]);
  });

  it('ends where very many pods must go', () => {
    const nodes = Array.from({ length: 8 }, (_, i) => ({ name: `n${String(i)}`, capacity: [60, 60] }));
    const low = Array.from({ length: 80 }, (_, i) => ({
      name: `low${String(i)}`,
      priority: 0,
      requests: [6, 5],
      node: i % 8,
    }));
    const high = Array.from({ length: 6 }, (_, i) => ({
      name: `high${String(i)}`,
      priority: 1,
      requests: [55, 50],
    }));
    const result = pack({ resources: ['cpu', 'memory'], nodes, pods: [...low, ...high] }, 20_000_000);
    expect(result.levels.map((level) => level.placed)).toEqual([6, 20]);
    expect(result.moves).toBeGreaterThanOrEqual(60);
    expect(result.movesBound).toBeGreaterThanOrEqual(60);
  });

  it('says that the placement of now is optimal already when it can prove it', () => {
    const result = pack({
      resources: ['cpu'],
      nodes: [
        { name: 'a', capacity: [10] },
        { name: 'b', capacity: [10] },
      ],
      pods: [
        { name: 'x', priority: 0, requests: [6], node: 0 },
        { name: 'y', priority: 0, requests: [6], node: 1 },
        { name: 'z', priority: 0, requests: [6] },
      ],
    });
    expect([result.alreadyOptimal, result.moves, result.stop]).toEqual([true, 0, 'proven']);
  });

  it('leaves out a pod that fits no node and does not count it in the bound', () => {
    const result = pack({
      resources: ['cpu'],
      nodes: [{ name: 'a', capacity: [10] }],
      pods: [
        { name: 'huge', priority: 5, requests: [11] },
        { name: 'x', priority: 0, requests: [6] },
      ],
    });
    expect(result.levels.map((level) => [level.placed, level.bound])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(result.provenCounts).toBe(true);
  });

  it('gives the same answer for the same problem and seed', () => {
    const problem = smallProblem(7, { nodes: 4, pods: 14, rules: true, running: true });
    expect(pack(problem, 3_000_000)).toEqual(pack(problem, 3_000_000));
  });

  it('answers a problem without nodes or without pods', () => {
    const pods = [{ name: 'x', priority: 0, requests: [1] }];
    expect(pack({ resources: ['cpu'], nodes: [], pods }).levels[0]).toMatchObject({ placed: 0, bound: 0 });
    expect(pack({ resources: ['cpu'], nodes: [{ name: 'a', capacity: [1] }], pods: [] }).provenCounts).toBe(
      true,
    );
  });
});
