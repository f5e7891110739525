import type { RateByHour, Tolerance, WorkloadDrift } from './findings.ts';
import { judgeLatency } from './judge-latency.ts';
import { judgeLoad } from './judge-load.ts';
import { judgeResources } from './judge-resources.ts';
import type { MeasuredWorkload } from './measured-workload.ts';
import type { PlannedWorkload } from './planned-workload.ts';

/** Everything measured of a workload against the plan: figures, assumptions that moved, latencies that are missed and why. */
export function judgeWorkload(
  planned: PlannedWorkload,
  measured: MeasuredWorkload,
  tolerance: Tolerance,
): WorkloadDrift {
  const load = judgeLoad(planned, measured, tolerance);
  const resources = judgeResources(planned, measured, tolerance);
  const latency = judgeLatency(planned, measured, { moved: load.moved, tolerance });
  // One reason is said once: CPU per request tells more than the latency that follows from it.
  const isKnown = resources.moved.length > 0;
  const rates = ratesOf(planned, measured);
  return {
    ...(rates === undefined ? {} : { rates }),
    figures: [...load.figures, ...latency.figures, ...resources.figures],
    moved: [...load.moved, ...resources.moved, ...(isKnown ? [] : latency.moved)],
    missed: latency.missed,
  };
}

function ratesOf(planned: PlannedWorkload, { requestRate }: MeasuredWorkload): RateByHour | undefined {
  if (requestRate === undefined) return undefined;
  return {
    workload: planned.workload,
    measured: planned.hourlyPeak.map((_, hour) => requestRate.hours.get(hour)?.mean),
    planned: planned.hourlyPeak,
  };
}
