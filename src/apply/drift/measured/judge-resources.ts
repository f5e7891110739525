import { formatNumber } from '../../../units/index.ts';
import type { MeasuredFigure, Tolerance, WorkloadDrift } from './findings.ts';
import { exactFigure, movedBy } from './figures.ts';
import { highestOf, hoursOf, totalOf } from './measured-workload.ts';
import type { HourlyMean, MeasuredWorkload } from './measured-workload.ts';
import { HOUR } from './metric-source.ts';
import type { PlannedWorkload } from './planned-workload.ts';

/** What pods use. Only the CPU of one request of a service is judged; the rest explains what else was found. */
export function judgeResources(
  planned: PlannedWorkload,
  measured: MeasuredWorkload,
  tolerance: Tolerance,
): Pick<WorkloadDrift, 'figures' | 'moved'> {
  const cpu = cpuPerRequest(planned, measured, tolerance);
  const shown: readonly (MeasuredFigure | undefined)[] = [
    shownPeak(planned, measured.kvPeak, {
      name: 'KV cache in use, most',
      unit: 'share',
      planned: planned.peakKvShare,
    }),
    shownMean(planned, measured.acceleratorBusy, {
      name: 'accelerators busy, mean',
      unit: 'share',
      planned: planned.busyShare,
    }),
    shownMean(planned, measured.preemptions, { name: 'preemptions', unit: '1/s' }),
    shownMean(planned, measured.cpuCores, { name: 'CPU of all pods, mean', unit: 'cores' }),
    shownPeak(planned, measured.memory, { name: 'memory of a pod, most', unit: 'bytes' }),
  ];
  const figures = shown.filter((figure) => figure !== undefined);
  if (cpu === undefined) return { figures, moved: [] };
  const isBeyond = cpu.verdict === 'beyond';
  const moved = movedBy(planned, 'service-time', cpu, 'CPU time of a request');
  const milliseconds = (value: number): string => `${formatNumber(value * 1000, 3)} ms`;
  return {
    figures: [cpu, ...figures],
    moved: isBeyond
      ? [
          {
            ...moved,
            statement: `A request takes ${milliseconds(moved.measured)} of CPU, planned ${milliseconds(moved.planned)}.`,
          },
        ]
      : [],
  };
}

/** CPU seconds over requests in the hours in which both were measured. */
function cpuPerRequest(
  planned: PlannedWorkload,
  { cpuCores, requestRate }: MeasuredWorkload,
  tolerance: Tolerance,
): MeasuredFigure | undefined {
  const { cpuSecondsPerRequest } = planned;
  if (cpuCores === undefined || requestRate === undefined || cpuSecondsPerRequest === undefined)
    return undefined;
  const requests = totalOf(requestRate) * HOUR;
  if (requests === 0 || hoursOf(cpuCores) !== hoursOf(requestRate)) return undefined;
  return exactFigure(planned, {
    name: 'CPU of one request',
    unit: 's',
    planned: cpuSecondsPerRequest,
    measured: (totalOf(cpuCores) * HOUR) / requests,
    metric: cpuCores.metric,
    tolerance,
  });
}

interface ShownFacts {
  readonly name: string;
  readonly unit: MeasuredFigure['unit'];
  readonly planned?: number | undefined;
}

function shownMean(
  planned: PlannedWorkload,
  hourly: HourlyMean | undefined,
  facts: ShownFacts,
): MeasuredFigure | undefined {
  return hourly === undefined
    ? undefined
    : shownFigure(planned, totalOf(hourly) / hoursOf(hourly), { ...facts, hourly });
}

function shownPeak(
  planned: PlannedWorkload,
  hourly: HourlyMean | undefined,
  facts: ShownFacts,
): MeasuredFigure | undefined {
  return hourly === undefined ? undefined : shownFigure(planned, highestOf(hourly), { ...facts, hourly });
}

function shownFigure(
  { workload }: PlannedWorkload,
  value: number,
  { name, unit, planned, hourly }: ShownFacts & { readonly hourly: HourlyMean },
): MeasuredFigure {
  return {
    workload,
    name,
    unit,
    ...(planned === undefined ? {} : { planned: { value: planned, low: planned, high: planned } }),
    measured: { value, low: value, high: value },
    verdict: 'shown',
    metric: hourly.metric,
  };
}
