import type { Diagnostic } from '../../diagnostics/index.ts';
import type { PlanDocument } from '../../model/index.ts';
import type { LatencyDistribution, ReplayTimeline, WorkloadEvidence } from '../../report/index.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { trafficOfPlan } from '../simulate-plan.ts';
import type { PlannedWorkload } from '../simulate-plan.ts';
import { modelHours } from './hours-of-week.ts';
import { modelBench, runAtPoint } from './model-bench.ts';
import type { ModelBench } from './model-bench.ts';
import { modelCurve } from './model-curve.ts';
import { agreementOf, modelLatencies } from './model-latencies.ts';
import { isServedApart } from './placed-load.ts';
import type { WorkloadPart } from './report-part.ts';
import { requestReplay } from './request-replay.ts';
import { replaySpot } from './spot-replay.ts';
import type { SpotTraces } from './spot-traces.ts';

/** How the language models of a report are looked at. */
export interface ModelSettings {
  readonly plan: PlanDocument;
  readonly host: EngineHost;
  /** Traces to replay, if any. */
  readonly spot?: SpotTraces;
  readonly duration?: number;
  /** Whether the time is up: nothing more is begun. */
  readonly isOver: () => boolean;
}

/** What is told of one language model, and the problems met on the way; errors among them end the report. */
export interface ModelPart extends WorkloadPart {
  readonly diagnostics: readonly Diagnostic[];
}

/** What the plan alone tells of a language model. */
export function plannedEvidence(
  plan: PlanDocument,
  workload: string,
  hourlyRate?: readonly number[],
): WorkloadEvidence {
  const curve = modelCurve(plan, workload);
  return {
    workload,
    kind: 'llm',
    latencies: modelLatencies(plan, workload),
    ...(curve === undefined ? {} : { capacityCurve: curve }),
    hours: modelHours(plan, workload, hourlyRate),
  };
}

/**
 * What is told of a language model: by simulation with the plan's own seed and traffic, or without it what the plan and its traffic hold.
 * Errors among the diagnostics: those of traces that were asked for.
 */
export async function modelEvidence(
  planned: PlannedWorkload,
  settings: ModelSettings,
  isSimulated: boolean,
): Promise<ModelPart> {
  const { plan, host } = settings;
  const { id } = planned.workload;
  const traffic = await trafficOfPlan(planned, host);
  if (!traffic.ok) {
    const reason = traffic.diagnostics.find(({ severity }) => severity === 'error')?.summary ?? '';
    const remark = `The traffic of ${id} could not be read, so that nothing of it was simulated and its hours are those of the plan's windows: ${reason}`;
    return { evidence: plannedEvidence(plan, id), remarks: [remark], diagnostics: [] };
  }
  const hourly = plannedEvidence(plan, id, traffic.value.profile.hourlyRate);
  if (!isSimulated) return { evidence: hourly, remarks: [], diagnostics: [] };
  const model = modelBench(planned, traffic.value);
  if (model === undefined) {
    const remark = `Nothing of ${id} is placed or asked for in the busiest window, so that there is nothing to simulate.`;
    return { evidence: hourly, remarks: [remark], diagnostics: [] };
  }
  progress(host, 'report', `${id}: latencies`);
  const simulated = simulatedEvidence(model, hourly, settings);
  progress(host, 'report', `${id}: replay`);
  const replay = replayOf(model, settings);
  return {
    evidence: {
      ...simulated.evidence,
      ...(replay.timeline === undefined ? {} : { replay: replay.timeline }),
    },
    remarks: [...simulated.remarks, ...replay.remarks],
    diagnostics: replay.diagnostics,
  };
}

/** Latencies and capacity curve by simulation, as far as it agrees with the plan. */
function simulatedEvidence(
  model: ModelBench,
  hourly: WorkloadEvidence,
  { plan, isOver }: ModelSettings,
): WorkloadPart {
  const { id } = model.planned.workload;
  const { operatingPoint } = plan.decision.workloads.find((item) => item.workload === id)!;
  const run = runAtPoint(model);
  const agreement = agreementOf(run.evidence, operatingPoint);
  if (agreement === 'other') {
    const remark = `The simulation of ${id} no longer gives the percentiles of the plan (program or coefficients have changed); shown are those of the plan, without distribution and further rates. Plan again to see them.`;
    return { evidence: hourly, remarks: [remark] };
  }
  const latencies: readonly LatencyDistribution[] = modelLatencies(plan, id, run);
  const isCurveDue = !isOver();
  const curve = isCurveDue ? modelCurve(plan, id, model) : hourly.capacityCurve;
  return {
    evidence: { ...hourly, latencies, ...(curve === undefined ? {} : { capacityCurve: curve }) },
    remarks: [
      ...(agreement === 'same'
        ? []
        : [
            `The simulation of ${id} differs a little from the plan, within its intervals: percentiles are the plan's, the distribution is that of today's program.`,
          ]),
      ...(run.evidence.isStationary
        ? []
        : [
            `${id} does not keep up with its busiest window: latencies grow as long as it lasts, and percentiles hold for the simulated time only.`,
          ]),
      ...(isServedApart(plan, id)
        ? [
            `${id} serves prompts and tokens on different replicas, so that no curve tells the capacity of one replica.`,
          ]
        : []),
      ...(isCurveDue ? [] : [timeIsUp(`${id} at other rates`)]),
    ],
  };
}

interface ReplayPart {
  readonly timeline?: ReplayTimeline;
  readonly remarks: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The replay of availability traces where there are some for spot capacity of the workload; else that of its requests. */
function replayOf(model: ModelBench, settings: ModelSettings): ReplayPart {
  const { plan, spot, isOver, duration } = settings;
  const { id } = model.planned.workload;
  const isAsked = spot !== undefined || model.traffic.trace !== undefined;
  if (isOver()) return { remarks: isAsked ? [timeIsUp(`the replay of ${id}`)] : [], diagnostics: [] };
  const onSpot =
    spot === undefined ? undefined : replaySpot(model, spot, duration === undefined ? {} : { duration });
  if (onSpot !== undefined && (onSpot.timeline !== undefined || onSpot.diagnostics.length > 0)) return onSpot;
  const timeline = requestReplay(plan, model);
  return {
    ...(timeline === undefined ? {} : { timeline }),
    remarks: onSpot?.remarks ?? [],
    diagnostics: [],
  };
}

function timeIsUp(what: string): string {
  return `The time was up before ${what} could be simulated; another run, or another machine, may show more.`;
}
