import {
  hourlyTimes,
  judgeCost,
  judgeWorkload,
  mapBounded,
  plannedWorkloads,
  readWorkload,
  totalCostFigure,
} from '../../apply/index.ts';
import type { MeasuredWorkload, PlainObject, PlannedWorkload, Tolerance } from '../../apply/index.ts';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { PlanDocument } from '../../model/index.ts';
import type { MeasurementsReport } from '../../report/index.ts';
import { toDollars } from '../../units/index.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { webSource } from './measured-address.ts';
import { readCosts } from './measured-opencost.ts';
import type { ReadCosts } from './measured-opencost.ts';
import { prometheusSource } from './measured-prometheus.ts';
import { measurementDiagnostic } from './measured-web.ts';

/** What measurements a plan is held against. */
export interface MeasurementChoice {
  readonly prometheus?: { readonly url: string; readonly tokenFile?: string };
  readonly opencost?: { readonly from: string; readonly tokenFile?: string };
  /** How far back, seconds. */
  readonly windowSeconds: number;
  readonly tolerance: Tolerance;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Workloads asked for at one time; *assumed* polite to a Prometheus. */
const AT_ONCE = 4;

/** A plan and the manifests that tell its pods. */
export interface PlanInCluster {
  readonly plan: PlanDocument;
  readonly manifests: readonly PlainObject[];
}

/**
 * Reads metrics and costs and judges a plan by them. Errors: those of `webSource` and of `readCosts`, `apply-metrics-unreachable`; warning
 * `apply-metrics-empty` for a workload that no metric tells of.
 */
export async function measurePlan(
  { plan, manifests }: PlanInCluster,
  choice: MeasurementChoice,
  host: EngineHost,
): Promise<Outcome<MeasurementsReport>> {
  const planned = plannedWorkloads(plan, manifests);
  const times = hourlyTimes(choice.now, choice.windowSeconds);
  const hours = Math.round((times.end - times.start) / times.step) + 1;
  const metrics = await readMetrics(planned, { choice, times, host });
  if (!metrics.ok) return metrics;
  const costs =
    choice.opencost === undefined ? undefined : await readCosts({ ...choice.opencost, hours }, planned, host);
  if (costs?.ok === false) return costs;
  const total = toDollars(plan.cost.totalPerMonth);
  const report = measurementsReport(planned, { metrics: metrics.value, costs: costs?.value, total, choice });
  return success({ ...report, hours: metrics.value === undefined ? 0 : hours }, [
    ...metrics.diagnostics,
    ...(costs?.diagnostics ?? []),
    ...nothingMeasured(metrics.value),
  ]);
}

interface MetricFacts {
  readonly choice: MeasurementChoice;
  readonly times: ReturnType<typeof hourlyTimes>;
  readonly host: EngineHost;
}

interface ReadMetrics {
  readonly shown: string;
  readonly workloads: readonly MeasuredWorkload[];
}

async function readMetrics(
  planned: readonly PlannedWorkload[],
  { choice, times, host }: MetricFacts,
): Promise<Outcome<ReadMetrics | undefined>> {
  if (choice.prometheus === undefined) return success(undefined);
  const read = await webSource(
    { name: 'Prometheus', tokenVariable: 'PLIMSOLL_PROMETHEUS_TOKEN', ...choice.prometheus },
    host,
  );
  if (!read.ok) return read;
  const source = prometheusSource(read.value);
  try {
    let done = 0;
    const workloads = await mapBounded(planned, AT_ONCE, async (workload) => {
      const found = await readWorkload({ source, times }, workload);
      progress(host, 'drift', `metrics of ${workload.workload}`, [++done, planned.length]);
      return found;
    });
    return success({ shown: read.value.shown, workloads }, read.diagnostics);
  } catch (error) {
    return failure(...read.diagnostics, measurementDiagnostic(error));
  }
}

interface ReportFacts {
  readonly metrics: ReadMetrics | undefined;
  readonly costs: ReadCosts | undefined;
  /** US dollars a month that the plan costs. */
  readonly total: number;
  readonly choice: MeasurementChoice;
}

function measurementsReport(
  planned: readonly PlannedWorkload[],
  { metrics, costs, total, choice }: ReportFacts,
): Omit<MeasurementsReport, 'hours'> {
  const judged = (metrics?.workloads ?? []).map((measured, index) =>
    judgeWorkload(planned[index]!, measured, choice.tolerance),
  );
  const cost = costs === undefined ? undefined : judgeCost(planned, costs.report, choice.tolerance);
  const whole = costs === undefined ? undefined : totalCostFigure(total, costs.report);
  const missing = new Map<string, readonly string[]>(
    (metrics?.workloads ?? []).map((item) => [item.workload, item.missing]),
  );
  for (const workload of cost?.missing ?? []) {
    missing.set(workload, [...(missing.get(workload) ?? []), 'cost (no allocation of its pods)']);
  }
  return {
    sources: [
      ...(metrics === undefined ? [] : [`Prometheus at ${metrics.shown}`]),
      ...(costs === undefined
        ? []
        : [`OpenCost (${costs.shown}, ${String(Math.round(costs.report.hours))} h)`]),
    ],
    figures: [
      ...judged.flatMap(({ figures }) => figures),
      ...(cost?.figures ?? []),
      ...(whole === undefined ? [] : [whole]),
    ],
    rates: judged.flatMap(({ rates }) =>
      rates === undefined ? [] : [{ ...rates, measured: rates.measured.map((rate) => rate ?? null) }],
    ),
    moved: [...judged.flatMap(({ moved }) => moved), ...(cost?.moved ?? [])],
    missed: judged.flatMap(({ missed }) => missed),
    missing: [...missing].flatMap(([workload, what]) => (what.length === 0 ? [] : [{ workload, what }])),
  };
}

/** Workloads of which a Prometheus knows nothing at all: most likely it is the wrong one, or does not scrape them. */
function nothingMeasured(metrics: ReadMetrics | undefined): readonly Diagnostic[] {
  return (metrics?.workloads ?? []).flatMap((measured) => {
    const { workload, missing, ...found } = measured;
    if (Object.keys(found).length > 0 || missing[0]?.startsWith('everything') === true) return [];
    return [
      diagnostic('apply-metrics-empty', {
        summary: `Prometheus at ${metrics?.shown ?? ''} has no series of the pods of ${workload}.`,
        path: workload,
        detail: 'Nothing was guessed in their place.',
        fix: 'Have its pods scraped with the labels `namespace` and `pod` (docs/drift.md).',
      }),
    ];
  });
}
