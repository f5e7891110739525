import type { TimeWindow } from '../../model/index.ts';
import type { WorkloadEvaluation } from '../evaluate-workload.ts';
import type { PlacementSolution } from '../placement/solution.ts';
import { placedFleet, readPlacedFleet } from './placed-fleet.ts';

/** Share of the rates of roles that is planned for after each placement whose fleet falls short. */
const DERATING = 0.93;

/** Workloads served apart whose fleets, as placed, break a limit in the busiest window; by one long simulation each. */
export function fleetsThatFallShort(
  evaluations: readonly WorkloadEvaluation[],
  solution: PlacementSolution,
  windows: readonly TimeWindow[],
): ReadonlySet<string> {
  const short = new Set<string>();
  for (const { workload, roles, bench } of evaluations) {
    const { id } = workload.workload;
    const [busiest] = windows;
    if (roles === undefined || busiest === undefined) continue;
    const fleet = placedFleet(id, roles, { solution, busiest });
    if (fleet !== undefined && readPlacedFleet(bench, fleet).value > 1) short.add(id);
  }
  return short;
}

/** The evaluations with lower planned rates of the roles of these workloads. */
export function derated(
  evaluations: readonly WorkloadEvaluation[],
  workloads: ReadonlySet<string>,
): readonly WorkloadEvaluation[] {
  return evaluations.map((item) =>
    item.roles === undefined || !workloads.has(item.workload.workload.id)
      ? item
      : { ...item, roles: { ...item.roles, planned: item.roles.planned * DERATING } },
  );
}
