import type { PlanDocument, ServiceDecision } from '../../model/index.ts';
import type { HourOfWeek } from '../../report/index.ts';
import { allocationsOf, replicasIn, windowsByHour } from './placed-load.ts';
import { sixDigits } from './rounding.ts';

/**
 * Demand of a language model in each hour of the week beside what the replicas planned for the hour carry within the SLO.
 * Served apart, the weaker role decides.
 * @param hourlyRate requests per second of the 168 hours; absent: the rates that the plan's windows were planned for, which hold the
 * busiest hour of each window
 */
export function modelHours(
  plan: Pick<PlanDocument, 'decision'>,
  workload: string,
  hourlyRate?: readonly number[],
): readonly HourOfWeek[] {
  const roles = [...Map.groupBy(allocationsOf(plan, workload), ({ candidate }) => candidate.role).values()];
  return windowsByHour(plan.decision.windows).map((window, hour) => {
    const carried = roles.map((own) =>
      own.reduce((sum, item) => sum + replicasIn(item, window?.id ?? '') * item.plannedRatePerReplica, 0),
    );
    return hourOf(hourlyRate?.[hour] ?? window?.peakRate[workload] ?? 0, Math.min(Infinity, ...carried));
  });
}

/** The same of a service; its capacity is Infinity where the rate of a replica is never the limit. */
export function serviceHours(
  { windows }: Pick<PlanDocument['decision'], 'windows'>,
  { shape, load }: Pick<ServiceDecision, 'shape' | 'load'>,
  hourlyRate?: ArrayLike<number>,
): readonly HourOfWeek[] {
  return windowsByHour(windows).map((window, hour) => {
    const own = load[window?.id ?? ''];
    const replicas = own?.planned ?? 0;
    return hourOf(
      hourlyRate?.[hour] ?? own?.requestRate ?? 0,
      replicas === 0 ? 0 : replicas * shape.ratePerReplica,
    );
  });
}

function hourOf(demand: number, capacity: number): HourOfWeek {
  return { demand: sixDigits(demand), capacity: sixDigits(capacity) };
}
