import type { TimeWindow } from '../../model/index.ts';
import { requestsPerSecond } from '../../units/index.ts';
import type { PlacementWorkload } from '../placement/placement-problem.ts';
import type { PlacementSolution } from '../placement/solution.ts';
import type { RoleEvaluation, RoleFinalist } from './evaluate-roles.ts';
import type { SplitRole } from './fleet-tasks.ts';

const ROLES: readonly SplitRole[] = ['prefill', 'decode'];

/** Id of a role of a workload in placement. No workload has a slash in its id. */
export function roleWorkloadId(workload: string, role: SplitRole): string {
  return `${workload}/${role}`;
}

/** The workload that an id in placement belongs to. */
export function workloadOf(id: string): string {
  const role = ROLES.find((item) => id.endsWith(`/${item}`));
  return role === undefined ? id : id.slice(0, -role.length - 1);
}

/**
 * The roles of a workload as two workloads to place, each with the whole demand: both must survive what the workload must, spot
 * shares hold for each. A request needs both, so each may be short for half of the time that the workload may (the times
 * of two failures add up at most).
 */
export function roleWorkloads(
  whole: Omit<PlacementWorkload, 'options'>,
  roles: RoleEvaluation,
): readonly PlacementWorkload[] {
  const optionsOf = (finalists: readonly RoleFinalist[]): PlacementWorkload['options'] =>
    finalists.map(({ evaluated }) => ({
      candidate: evaluated.candidate,
      rate: requestsPerSecond(evaluated.capacity.rate.low * roles.planned),
      startup: evaluated.startup,
    }));
  return ROLES.map((role) => ({
    ...whole,
    id: roleWorkloadId(whole.id, role),
    availability: whole.availability > 0 ? 1 - (1 - whole.availability) / 2 : 0,
    options: optionsOf(roles[role]),
  }));
}

/** Windows in which the roles of these workloads have the demand of the whole. */
export function withRoleDemand(
  windows: readonly TimeWindow[],
  workloads: readonly string[],
): readonly TimeWindow[] {
  if (workloads.length === 0) return windows;
  return windows.map((window) => ({
    ...window,
    peakRate: Object.fromEntries(
      Object.entries(window.peakRate).flatMap(([id, rate]) =>
        workloads.includes(id) ? ROLES.map((role) => [roleWorkloadId(id, role), rate]) : [[id, rate]],
      ),
    ),
  }));
}

/** The solution with the replicas of roles under the names of their workloads; `candidate.role` tells them apart. */
export function withRolesJoined(solution: PlacementSolution): PlacementSolution {
  return {
    ...solution,
    replicas: solution.replicas.map((item) => ({ ...item, workload: workloadOf(item.workload) })),
  };
}
