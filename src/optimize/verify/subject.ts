import type { Allocation, ConstraintCheck, Decision } from '../../model/index.ts';

/** A decision before its checks are filled in. */
export type Subject = Omit<Decision, 'checks'>;

/** Slack for sums of floating point rates and money. */
const TOLERANCE = 1e-6;

/** A check that `used` does not exceed `limit`, within rounding. */
export function atMost(constraint: string, used: number, limit: number, unit: string): ConstraintCheck {
  const slack = TOLERANCE * Math.max(1, Math.abs(limit) < Infinity ? Math.abs(limit) : 1);
  return { constraint, holds: used <= limit + slack, used, limit, unit };
}

/** Replicas of an allocation in a window, all zones. */
export function replicasIn(allocation: Allocation, window: string): number {
  return Object.values(allocation.replicas[window] ?? {}).reduce((sum, count) => sum + count, 0);
}

/** Replicas of an allocation in one zone and window. */
export function replicasAt(allocation: Allocation, window: string, zone: string): number {
  return allocation.replicas[window]?.[zone] ?? 0;
}

/**
 * The allocations of one workload by what they do: all of them, or prefill and decode apart. A request needs every group, one
 * without replicas included.
 */
export function roleGroups(allocations: readonly Allocation[]): readonly (readonly Allocation[])[] {
  const isApart = allocations.some(({ candidate }) => candidate.role !== 'aggregated');
  if (!isApart) return [allocations];
  return (['prefill', 'decode'] as const).map((role) =>
    allocations.filter(({ candidate }) => candidate.role === role),
  );
}

/** The allocations of one workload. */
export function allocationsFor(subject: Subject, workload: string): readonly Allocation[] {
  return subject.allocations.filter((allocation) => allocation.workload === workload);
}
