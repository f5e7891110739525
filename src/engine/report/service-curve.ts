import type { Percentile, PlanDocument, ServiceDecision } from '../../model/index.ts';
import { busiestWindow, responseHeadroom } from '../../plan/index.ts';
import type { CapacityCurve } from '../../report/index.ts';
import { PERCENTILE_SHARE } from '../../sim/index.ts';
import { percentOf } from './percentiles.ts';
import { sixDigits } from './rounding.ts';
import type { ServiceModels } from './service-models.ts';

/** Rates of a curve, over the planned one. */
const LOADS: readonly number[] = [0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1, 1.05, 1.1, 1.15, 1.2];

/**
 * How the response time of a service grows with the load of each of its replicas while all other services stay as planned: seen from
 * outside, calls included, or its own alone where nobody outside calls. Undefined where no time, or no largest rate, is known.
 */
export function serviceCurve(
  plan: PlanDocument,
  decision: ServiceDecision,
  { responses }: ServiceModels,
): CapacityCurve | undefined {
  const { workload, shape, load } = decision;
  const own = load[busiestWindow(plan.decision)?.id ?? ''];
  if (own === undefined || own.planned === 0 || !Number.isFinite(shape.ratePerReplica)) return undefined;
  const operatingRate = own.requestRate / own.planned;
  const { percentile, limit } = drawnPercentile(plan, workload);
  const rates = [...LOADS.map((share) => share * shape.ratePerReplica), operatingRate].sort((a, b) => a - b);
  const points = [...new Set(rates)].flatMap((rate) => {
    const time = responses.atRate(workload, rate)?.(PERCENTILE_SHARE[percentile]);
    return time === undefined || time <= 0 ? [] : [{ rate: sixDigits(rate), seconds: sixDigits(time) }];
  });
  if (points.length === 0) return undefined;
  return {
    metric: 'response',
    percentile: percentOf(percentile),
    ...(limit === undefined ? {} : { limit }),
    points,
    operatingRate: sixDigits(operatingRate),
    plannedRate: sixDigits(shape.ratePerReplica),
    evidence: decision.response?.provenance.evidence ?? responses.provenanceOf(workload).evidence,
  };
}

/** The percentile whose limit is nearest, or the 99th. */
function drawnPercentile(
  plan: PlanDocument,
  workload: string,
): { readonly percentile: Percentile; readonly limit?: number } {
  const [tightest] = responseHeadroom(plan)
    .filter((item) => item.workload === workload)
    .sort((a, b) => a.headroom - b.headroom);
  return tightest ?? { percentile: 'p99' };
}
