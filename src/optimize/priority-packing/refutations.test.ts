import { describe, expect, it } from 'vitest';
import { CountBound } from './count-bound.ts';
import { NodeByNodeSearch } from './node-by-node.ts';
import { refuteByPerfectFit } from './perfect-fit.ts';
import { priorityLevels } from './problem.ts';
import type { PackingProblem } from './problem.ts';
import { bruteForce, smallProblem } from './testing/small-problems.ts';

function levelsOf(problem: PackingProblem): readonly (readonly number[])[] {
  return priorityLevels(problem.pods).map((priority) =>
    [...problem.pods.keys()].filter((pod) => problem.pods[pod]!.priority === priority),
  );
}

const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1);

describe('bounds and refutations', () => {
  it.each(SEEDS)('no bound is below the counts that brute force reaches (seed %i)', (seed) => {
    const problem = smallProblem(300 + seed, { nodes: 3, pods: 7, rules: seed % 2 === 0, running: false });
    const best = bruteForce(problem).counts;
    const bound = new CountBound(problem, levelsOf(problem));
    best.forEach((count, level) => expect(bound.most(level, best)).toBeGreaterThanOrEqual(count));
  });

  it.each(SEEDS)('the exhaustive search tells possible from impossible counts (seed %i)', (seed) => {
    const problem = smallProblem(400 + seed, { nodes: 3, pods: 7, rules: false, running: false });
    const best = bruteForce(problem).counts;
    const levels = levelsOf(problem);
    const decide = (counts: readonly number[]) =>
      new NodeByNodeSearch({ problem, levels: levels.slice(0, counts.length), counts }).run(() => false);
    expect(decide(best)).toBe('possible');
    const level = best.findIndex((count, i) => count < levels[i]!.length);
    if (level >= 0) expect(decide([...best.slice(0, level), best[level]! + 1])).toBe('impossible');
  });

  it.each(SEEDS)('perfect-fit refutations are never wrong (seed %i)', (seed) => {
    const problem = smallProblem(500 + seed, { nodes: 2, pods: 6, rules: false, running: false });
    const best = bruteForce(problem).counts;
    expect(refuteByPerfectFit({ problem, levels: levelsOf(problem), counts: best }).impossible).toBe(false);
  });

  it('refutes a load that equals the capacity when no set of pods fills a node exactly', () => {
    const problem = {
      resources: ['cpu'],
      nodes: [
        { name: 'a', capacity: [10] },
        { name: 'b', capacity: [10] },
      ],
      pods: [7, 7, 4, 2].map((amount, i) => ({ name: `p${String(i)}`, priority: 0, requests: [amount] })),
    };
    expect(refuteByPerfectFit({ problem, levels: levelsOf(problem), counts: [4] }).impossible).toBe(true);
  });

  it('gives up when told to', () => {
    const problem = smallProblem(9, { nodes: 4, pods: 40, rules: false, running: false });
    const levels = levelsOf(problem);
    const counts = levels.map((pods) => Math.floor(pods.length * 0.5));
    expect(['out-of-work', 'impossible']).toContain(
      new NodeByNodeSearch({ problem, levels, counts }).run(() => true),
    );
  });
});
