import type { Evidence, LatencyMetric, LoadEvidence, PlanDocument } from '../../model/index.ts';
import { declaredLimits } from '../../plan/index.ts';
import type { LatencyDistribution } from '../../report/index.ts';
import { measuredCumulative } from './cumulative.ts';
import type { ObservedRun } from './model-bench.ts';
import { PERCENTILES, isSameFigure, percentOf } from './percentiles.ts';
import { mainCandidate } from './placed-load.ts';

const METRICS: readonly LatencyMetric[] = ['ttft', 'tpot', 'e2e'];

/** How a repeated simulation compares with the plan's own: the same, within its intervals, or another one. */
export type Agreement = 'same' | 'near' | 'other';

/** Compares the percentiles of all latencies. */
export function agreementOf(repeated: LoadEvidence, planned: LoadEvidence): Agreement {
  const pairs = METRICS.flatMap((metric) =>
    PERCENTILES.map(
      (percentile) => [repeated.latency[metric][percentile], planned.latency[metric][percentile]] as const,
    ),
  );
  if (pairs.every(([own, known]) => isSameFigure(own.value, known.value))) return 'same';
  return pairs.every(([own, known]) => own.value >= known.low && own.value <= known.high) ? 'near' : 'other';
}

/**
 * The latencies of a language model at the operating point of its plan: percentiles are the plan's own, the distribution that of a
 * run that agrees with them. Latencies that no request has (time per token where answers have one) are left out.
 */
export function modelLatencies(
  plan: PlanDocument,
  workload: string,
  run?: ObservedRun,
): readonly LatencyDistribution[] {
  const point = plan.decision.workloads.find((item) => item.workload === workload)?.operatingPoint;
  const declared = plan.problem.workloads.find((item) => item.id === workload);
  if (point === undefined || declared === undefined || point.requests === 0) return [];
  const limits = declaredLimits(declared.slo);
  return METRICS.filter((metric) => point.latency[metric].p99.value > 0).map((metric) => ({
    metric,
    cdf: run === undefined ? [] : measuredCumulative(run.perRequest[metric], run.evidence.requests),
    percentiles: PERCENTILES.map((percentile) => {
      const { value, low, high } = point.latency[metric][percentile];
      return { percentile: percentOf(percentile), seconds: value, low, high };
    }),
    limits: limits
      .filter((limit) => limit.metric === metric)
      .map(({ percentile, limit }) => ({ percentile: percentOf(percentile), seconds: limit })),
    evidence: evidenceOf(plan, workload),
  }));
}

/** How well the latencies of a workload are known. */
export function evidenceOf(plan: PlanDocument, workload: string): Evidence {
  return mainCandidate(plan, workload)?.evidence ?? 'assumed';
}
