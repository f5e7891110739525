import { parseDuration } from '../units/index.ts';
import type { LatencyLimit, LatencyMetric, Percentile, PlanDocument, SloDocument } from '../model/index.ts';

/** One limit of a workload's SLO beside what its operating point is predicted to reach. */
export interface SloHeadroom {
  readonly workload: string;
  readonly limit: LatencyLimit;
  /** Predicted percentile in seconds, with its interval. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** 1 − value ÷ limit; negative when the prediction breaks the limit. */
  readonly headroom: number;
}

const METRICS: readonly LatencyMetric[] = ['ttft', 'tpot', 'e2e'];
const PERCENTILES: readonly Percentile[] = ['p50', 'p90', 'p95', 'p99'];

/** Every limit of every workload of a plan with the prediction at the operating point, in stable order. */
export function sloHeadroom(plan: Pick<PlanDocument, 'problem' | 'decision'>): readonly SloHeadroom[] {
  return plan.problem.workloads.flatMap((workload) => {
    const decision = plan.decision.workloads.find((item) => item.workload === workload.id);
    if (decision === undefined) return [];
    return declaredLimits(workload.slo).map((limit): SloHeadroom => {
      const estimate = decision.operatingPoint.latency[limit.metric][limit.percentile];
      return {
        workload: workload.id,
        limit,
        value: estimate.value,
        low: estimate.low,
        high: estimate.high,
        headroom: 1 - estimate.value / limit.limit,
      };
    });
  });
}

/** One limit on the response time of a service beside what its callers from outside are expected to see. */
export interface ResponseHeadroom {
  readonly workload: string;
  readonly percentile: Percentile;
  /** Seconds. */
  readonly limit: number;
  readonly value: number;
  /** 1 − value ÷ limit; negative when the expectation breaks the limit. */
  readonly headroom: number;
}

/** Every limit on response times that something is known about, sorted by service and percentile. */
export function responseHeadroom(
  plan: Pick<PlanDocument, 'problem' | 'decision'>,
): readonly ResponseHeadroom[] {
  const limits = new Map(plan.problem.services?.map((item) => [item.id, item.slo?.response]));
  return (plan.decision.services ?? []).flatMap(({ workload, response }) =>
    PERCENTILES.flatMap((percentile): ResponseHeadroom[] => {
      const parsed = parseDuration(limits.get(workload)?.[percentile]);
      const value = response?.latency[percentile];
      if (!parsed.ok || value === undefined) return [];
      return [{ workload, percentile, limit: parsed.value, value, headroom: 1 - value / parsed.value }];
    }),
  );
}

/** The latency limits written in an SLO, sorted by metric and percentile; unreadable ones are left out (`parseProblem` reports them). */
export function declaredLimits(slo: SloDocument): readonly LatencyLimit[] {
  return METRICS.flatMap((metric) =>
    PERCENTILES.flatMap((percentile): LatencyLimit[] => {
      const parsed = parseDuration(slo[metric]?.[percentile]);
      return parsed.ok ? [{ metric, percentile, limit: parsed.value }] : [];
    }),
  );
}
