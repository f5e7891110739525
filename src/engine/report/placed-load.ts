import type { Allocation, EvaluatedCandidate, PlanDocument, TimeWindow } from '../../model/index.ts';
import { shareOf } from '../../optimize/index.ts';
import type { PlacedLoad, Share } from '../../optimize/index.ts';
import { busiestWindow } from '../../plan/index.ts';
import { HOURS_PER_WEEK } from '../../units/index.ts';

/** The part of a plan that tells what runs where. */
export type Placed = Pick<PlanDocument, 'decision'>;

/** The replicas of a plan's language models as the optimizer's rules of sharing take them. */
export function placedLoad({ decision }: Placed): PlacedLoad {
  return {
    replicas: decision.allocations.flatMap(({ workload, candidate, plannedRatePerReplica, replicas }) =>
      Object.entries(replicas).map(([window, zones]) => ({
        workload,
        window,
        count: total(zones),
        option: { candidate, rate: plannedRatePerReplica },
      })),
    ),
  };
}

/** The pod sets of a workload. */
export function allocationsOf({ decision }: Placed, workload: string): readonly Allocation[] {
  return decision.allocations.filter((allocation) => allocation.workload === workload);
}

/** Whether prompts and tokens of a workload are served by different replicas. */
export function isServedApart(plan: Placed, workload: string): boolean {
  return allocationsOf(plan, workload).some(({ candidate }) => candidate.role !== 'aggregated');
}

/** Replicas of a pod set in a window, all zones together. */
export function replicasIn({ replicas }: Pick<Allocation, 'replicas'>, window: string): number {
  return total(replicas[window] ?? {});
}

/** The window of each of the 168 hours of the week; undefined of a plan without windows. */
export function windowsByHour(windows: readonly TimeWindow[]): readonly (TimeWindow | undefined)[] {
  const byHour = Array.from({ length: HOURS_PER_WEEK }, () => windows[0]);
  for (const window of windows) for (const hour of window.hours) byHour[hour] = window;
  return byHour;
}

/**
 * What one replica of a workload carries in the busiest window, by the rule of the plan's own evidence. Undefined where prompts and
 * tokens are served apart, and where nothing is asked for or placed.
 */
export function operatingShare(plan: Placed, workload: string): Share | undefined {
  const busiest = busiestWindow(plan.decision);
  if (busiest === undefined || isServedApart(plan, workload)) return undefined;
  const share = shareOf(workload, placedLoad(plan), busiest);
  return share === undefined || share.rate <= 0 ? undefined : share;
}

/** What was measured of the candidate that carries most of a workload in the busiest window. */
export function mainCandidate(plan: Placed, workload: string): EvaluatedCandidate | undefined {
  const chosen = plan.decision.workloads.find((item) => item.workload === workload)?.chosen ?? [];
  const main = operatingShare(plan, workload)?.candidate;
  return chosen.find((item) => item.candidate.id === main) ?? chosen[0];
}

function total(zones: Readonly<Record<string, number>>): number {
  return Object.values(zones).reduce((sum, count) => sum + count, 0);
}
