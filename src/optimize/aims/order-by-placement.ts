import { worldSize } from '../../model/index.ts';
import type { TimeWindow } from '../../model/index.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import { operatingPoint, shareOf } from '../operating-point.ts';
import type { PlacementSolution } from '../placement/solution.ts';
import type { AimedEvaluation } from './narrow.ts';
import { meritsOfPlaced } from './placed-merits.ts';

/** Places these finalists at least cost; undefined where that cannot be. */
export type Place = (evaluations: readonly WorkloadEvaluation[]) => Promise<PlacementSolution | undefined>;

/**
 * Workloads whose objective stands at the demand (latency, energy, accelerators), with their finalists in the order of what each
 * reaches once it is placed: how many replicas there are, spare ones included, decides the load of each. One placement and at
 * most one long simulation per finalist, the other workloads with their first finalists. Finalists that cannot be placed go last;
 * ties keep the order.
 */
export async function orderByPlacement(
  aimed: readonly AimedEvaluation[],
  busiest: TimeWindow | undefined,
  place: Place,
): Promise<readonly AimedEvaluation[]> {
  let ordered = aimed;
  for (const [index, item] of aimed.entries()) {
    const { objective } = item.evaluation.workload.workload;
    const stands = objective === 'latency' || objective === 'energy' || objective === 'accelerators';
    if (!stands || item.isByCost || busiest === undefined || item.evaluation.finalists.length < 2) continue;
    const others = ordered;
    const values: { finalist: (typeof item.evaluation.finalists)[number]; value: number }[] = [];
    for (const finalist of item.evaluation.finalists) {
      const alone = { ...item.evaluation, finalists: [finalist] };
      const solution = await place(others.map((other, at) => (at === index ? alone : first(other))));
      values.push({ finalist, value: solution === undefined ? Infinity : reached(alone, solution, busiest) });
    }
    const finalists = values.sort((a, b) => compare(a.value, b.value)).map(({ finalist }) => finalist);
    ordered = ordered.map((other, at) =>
      at === index ? { ...other, evaluation: { ...other.evaluation, finalists } } : other,
    );
  }
  return ordered;
}

/** Of a workload that is not planned by cost, its first finalist alone. */
function first({ evaluation, isByCost }: AimedEvaluation): WorkloadEvaluation {
  return isByCost ? evaluation : { ...evaluation, finalists: evaluation.finalists.slice(0, 1) };
}

/** The value of the workload's objective that a placement reaches, less is better. */
function reached(evaluation: WorkloadEvaluation, solution: PlacementSolution, busiest: TimeWindow): number {
  const { id, objective } = evaluation.workload.workload;
  if (objective === 'accelerators') {
    return solution.replicas
      .filter((item) => item.workload === id && item.window === busiest.id)
      .reduce((sum, item) => sum + item.count * worldSize(item.option.candidate.parallelism), 0);
  }
  const share = shareOf(id, solution, busiest);
  const point = share === undefined ? undefined : operatingPoint(evaluation, share);
  if (share === undefined || point === undefined) return Infinity;
  const placed = { solution, window: busiest.id, main: share.candidate, point };
  const merits = meritsOfPlaced(evaluation, placed);
  return objective === 'latency' ? merits.latency : merits.energyPerOutputToken;
}

/** Infinite values are alike. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
