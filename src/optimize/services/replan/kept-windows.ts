import type { ResolvedProblem, TimeWindow } from '../../../model/index.ts';
import { requestsPerSecond } from '../../../units/index.ts';

/**
 * The windows of an earlier plan with today's rates. Undefined where they do not cover the week once, or where their first one is no longer the
 * busiest (by the sum of all workloads' shares of their own peaks), which plans rest on.
 */
export function keptWindows(
  problem: ResolvedProblem,
  previous: readonly TimeWindow[],
): readonly TimeWindow[] | undefined {
  const hours = previous.flatMap((window) => window.hours).sort((a, b) => a - b);
  const traffic = [
    ...problem.workloads.map(({ workload, profile }) => ({ id: workload.id, rates: profile.hourlyRate })),
    ...problem.services.map(({ workload, hourlyRate }) => ({ id: workload.id, rates: hourlyRate })),
  ];
  const week = traffic[0]?.rates.length ?? 0;
  if (hours.length !== week || hours.some((hour, index) => hour !== index)) return undefined;
  const windows = previous.map((window): TimeWindow => ({
    ...window,
    peakRate: Object.fromEntries(
      traffic.map(({ id, rates }) => [
        id,
        requestsPerSecond(Math.max(0, ...window.hours.map((hour) => rates[hour] ?? 0))),
      ]),
    ),
  }));
  const peaks = new Map(traffic.map(({ id, rates }) => [id, Math.max(0, ...rates)]));
  const loads = windows.map(({ peakRate }) =>
    Object.entries(peakRate).reduce((sum, [id, rate]) => {
      const peak = peaks.get(id) ?? 0;
      return sum + (peak > 0 ? rate / peak : 0);
    }, 0),
  );
  const first = loads[0] ?? 0;
  return loads.every((load) => load <= first * (1 + 1e-9)) ? windows : undefined;
}
