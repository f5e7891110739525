import type { Evidence, PlanDocument, ServiceDecision, ServiceEvidence } from '../../model/index.ts';
import type { TimesByShare } from '../../perf/index.ts';
import { busiestWindow, responseHeadroom } from '../../plan/index.ts';
import type { LatencyDistribution } from '../../report/index.ts';
import { PERCENTILE_SHARE } from '../../sim/index.ts';
import { cumulative } from './cumulative.ts';
import { PERCENTILES, isSameFigure, percentOf } from './percentiles.ts';
import { sixDigits } from './rounding.ts';
import type { ServiceModels } from './service-models.ts';

/**
 * Response times of a service in the busiest window: of all requests from outside with the plan's own percentiles, then of each class
 * where there are several; of a service that only others call its own time, without calls. None where no time is known.
 * Without models the plan's percentiles alone; so, too, where the models no longer give them.
 */
export function serviceLatencies(
  plan: PlanDocument,
  decision: ServiceDecision,
  models?: ServiceModels,
): readonly LatencyDistribution[] {
  const { workload, response } = decision;
  const all =
    response === undefined
      ? ownTime(plan, decision, models)
      : fromOutside(plan, decision, isReproduced(decision, models) ? models : undefined);
  const classes = models?.workloads.get(workload)?.requestClasses ?? [];
  const byClass =
    classes.length < 2 || !isReproduced(decision, models)
      ? []
      : classes.map(({ id }) =>
          modelled(models?.responses.fromOutside(workload, id), response!.provenance.evidence, id),
        );
  return [all, ...byClass].filter(
    (item) => item !== undefined && hasTimes(item),
  ) as readonly LatencyDistribution[];
}

/** Whether models give the percentiles that the plan holds; true where the plan holds none. */
export function isReproduced(
  { workload, response }: ServiceDecision,
  models: ServiceModels | undefined,
): boolean {
  const times = models?.responses.fromOutside(workload);
  if (response === undefined || models === undefined) return true;
  return PERCENTILES.every((percentile) => {
    const known = response.latency[percentile];
    const again = times?.(PERCENTILE_SHARE[percentile]);
    return known === undefined ? again === undefined : again !== undefined && isSameFigure(again, known);
  });
}

function fromOutside(
  plan: PlanDocument,
  decision: ServiceDecision,
  models?: ServiceModels,
): LatencyDistribution {
  const { workload, response } = decision as ServiceDecision & { readonly response: ServiceEvidence };
  const times = models?.responses.fromOutside(workload);
  return {
    metric: 'response',
    cdf: times === undefined ? [] : cumulative(times),
    percentiles: PERCENTILES.flatMap((percentile) => {
      const seconds = response.latency[percentile];
      return seconds === undefined ? [] : [{ percentile: percentOf(percentile), seconds }];
    }),
    limits: responseHeadroom(plan)
      .filter((item) => item.workload === workload)
      .map(({ percentile, limit }) => ({ percentile: percentOf(percentile), seconds: limit })),
    evidence: response.provenance.evidence,
  };
}

function ownTime(
  plan: PlanDocument,
  { workload, load }: ServiceDecision,
  models: ServiceModels | undefined,
): LatencyDistribution | undefined {
  const own = load[busiestWindow(plan.decision)?.id ?? ''];
  if (models === undefined || own === undefined || own.planned === 0) return undefined;
  const times = models.responses.atRate(workload, own.requestRate / own.planned);
  return modelled(times, models.responses.provenanceOf(workload).evidence);
}

function modelled(
  times: TimesByShare | undefined,
  evidence: Evidence,
  requestClass?: string,
): LatencyDistribution | undefined {
  if (times === undefined) return undefined;
  return {
    metric: 'response',
    ...(requestClass === undefined ? {} : { requestClass }),
    cdf: cumulative(times),
    percentiles: PERCENTILES.flatMap((percentile) => {
      const seconds = times(PERCENTILE_SHARE[percentile]);
      return seconds === undefined
        ? []
        : [{ percentile: percentOf(percentile), seconds: sixDigits(seconds) }];
    }),
    limits: [],
    evidence,
  };
}

/** A service of unknown speed takes no time in any model: that says nothing. */
function hasTimes({ percentiles }: LatencyDistribution): boolean {
  return percentiles.some(({ seconds }) => seconds > 0);
}
