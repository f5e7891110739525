import type { MicroUsd } from '../../units/index.ts';
import { changeWorkload } from './families.ts';
import { oneShapePerPool } from './one-shape.ts';
import type { PlacementProblem } from './placement-problem.ts';
import { solvePlacement } from './solve-placement.ts';
import type { PlacementContext } from './solve-placement.ts';
import type { PlacementSolution } from './solution.ts';

/** The best plan without the candidates chosen for one workload. */
export interface RunnerUp {
  /** The candidate that serves most of the workload in it. */
  readonly candidate: string;
  /** Cost of the whole plan. */
  readonly perMonth: MicroUsd;
}

/** The runner-up of each workload that has one: the placement solved again, under the same rules, without the candidates it uses. */
export async function runnersUp(
  problem: PlacementProblem,
  solution: PlacementSolution,
  context: PlacementContext,
): Promise<ReadonlyMap<string, RunnerUp>> {
  const used = new Set(solution.replicas.map((item) => item.option.candidate.id));
  const found = new Map<string, RunnerUp>();
  for (const workload of problem.workloads) {
    const options = workload.options.filter((option) => !used.has(option.candidate.id));
    if (options.length === 0) continue;
    const without = changeWorkload(problem, workload.id, { options });
    const free = await solvePlacement(without, context);
    if (!free.ok) continue;
    const shaped = await oneShapePerPool(without, free.solution, context, 'main');
    if (shaped === undefined) continue;
    const { solution: best } = shaped;
    const served = options.map((option) => ({
      id: option.candidate.id,
      rate: best.replicas
        .filter((item) => item.option.candidate.id === option.candidate.id)
        .reduce((sum, item) => sum + item.count * item.option.rate, 0),
    }));
    const [main] = served.sort((a, b) => b.rate - a.rate || (a.id < b.id ? -1 : 1));
    if (main !== undefined) {
      found.set(workload.id, { candidate: main.id, perMonth: best.objective });
    }
  }
  return found;
}
