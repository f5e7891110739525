import type { MicroUsd } from '../../units/index.ts';
import type { ComponentSolver } from './components.ts';
import { changeWorkload } from './families.ts';
import { oneShapePerPool } from './one-shape.ts';
import type { PlacementProblem } from './placement-problem.ts';
import type { PlacementSolution } from './solution.ts';

/** The best plan without the candidates chosen for one workload. */
export interface RunnerUp {
  /** The candidate that serves most of the workload in it. */
  readonly candidate: string;
  /** Cost of the whole plan. */
  readonly perMonth: MicroUsd;
}

/** Parts solved at most for one runner-up; those solved for the plan itself are remembered. */
const RUNNER_UP_EFFORT = { solves: 8, areSwapped: false } as const;

/** The runner-up of each workload that has one: the placement solved again, under the same rules, without the candidates it uses. */
export async function runnersUp(
  problem: PlacementProblem,
  solution: PlacementSolution,
  solver: ComponentSolver,
): Promise<ReadonlyMap<string, RunnerUp>> {
  const used = new Set(solution.replicas.map((item) => item.option.candidate.id));
  const found = new Map<string, RunnerUp>();
  for (const workload of problem.workloads) {
    const options = workload.options.filter((option) => !used.has(option.candidate.id));
    if (options.length === 0) continue;
    const without = changeWorkload(problem, workload.id, { options });
    const shaped = await oneShapePerPool(without, solver, RUNNER_UP_EFFORT);
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
