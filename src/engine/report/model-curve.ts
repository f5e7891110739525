import type { Estimate, LatencyMetric, LoadEvidence, Percentile, PlanDocument } from '../../model/index.ts';
import { declaredLimits, sloHeadroom } from '../../plan/index.ts';
import type { CapacityCurve } from '../../report/index.ts';
import type { ModelBench } from './model-bench.ts';
import { evidenceOf } from './model-latencies.ts';
import { percentOf } from './percentiles.ts';
import { mainCandidate, operatingShare } from './placed-load.ts';
import { sixDigits } from './rounding.ts';

/** Rates simulated, over the planned one. */
const LOADS: readonly number[] = [0.2, 0.4, 0.6, 0.8, 1, 1.15, 1.3, 1.5];
/** Rates closer than this share of the planned one count as one. */
const LIKE_RATES = 0.02;

/** The percentile that a curve is drawn of. */
export interface CurveSubject {
  readonly metric: LatencyMetric;
  readonly percentile: Percentile;
}

/**
 * How the latency that limits a replica grows with its load: what the plan holds (operating point and capacity) and, with a bench,
 * further rates up to the first that the replica does not keep up with. Undefined where prompts and tokens are served apart, whose
 * capacity no single replica has, and where nothing is asked for.
 */
export function modelCurve(
  plan: PlanDocument,
  workload: string,
  model?: ModelBench,
): CapacityCurve | undefined {
  const share = operatingShare(plan, workload);
  const evaluated = mainCandidate(plan, workload);
  const operating = plan.decision.workloads.find((item) => item.workload === workload)?.operatingPoint;
  const main = plan.decision.allocations.find((item) => item.candidate.id === share?.candidate);
  if (share === undefined || evaluated === undefined || operating === undefined || main === undefined)
    return undefined;
  const drawn = curveSubject(plan, workload, evaluated.capacity.limitedBy);
  const known = new Map<number, LoadEvidence>([
    [share.rate, operating],
    [evaluated.capacity.rate.value, evaluated.capacity.evidence],
  ]);
  if (model !== undefined) addSimulated(known, model, main.plannedRatePerReplica);
  const limit = limitOf(plan, workload, drawn);
  return {
    metric: drawn.metric,
    percentile: percentOf(drawn.percentile),
    ...(limit === undefined ? {} : { limit }),
    points: [...known]
      .filter(([, evidence]) => evidence.isStationary && evidence.requests > 0)
      .sort(([a], [b]) => a - b)
      .map(([rate, evidence]) => pointOf(rate, evidence.latency[drawn.metric][drawn.percentile])),
    operatingRate: sixDigits(share.rate),
    plannedRate: sixDigits(main.plannedRatePerReplica),
    evidence: evidenceOf(plan, workload),
  };
}

function addSimulated(known: Map<number, LoadEvidence>, model: ModelBench, plannedRate: number): void {
  const { bench, subject } = model;
  if (subject.kind === 'fleet') return;
  for (const load of LOADS) {
    const rate = load * plannedRate;
    if ([...known.keys()].some((other) => Math.abs(other - rate) < LIKE_RATES * plannedRate)) continue;
    const { evidence } = bench.simulateAt(subject.shape, subject.batch, rate);
    if (!evidence.isStationary) return;
    known.set(rate, evidence);
  }
}

function pointOf(rate: number, { value, low, high }: Estimate): CapacityCurve['points'][number] {
  return { rate: sixDigits(rate), seconds: sixDigits(value), low: sixDigits(low), high: sixDigits(high) };
}

/** The limit that a replica meets first; where stability is, or no limit is set, the tightest one, or the p99 of the first token. */
function curveSubject(plan: PlanDocument, workload: string, limitedBy: string): CurveSubject {
  const [, metric, percentile] = /^(ttft|tpot|e2e)\.(p50|p90|p95|p99)$/.exec(limitedBy) ?? [];
  if (metric !== undefined) return { metric: metric as LatencyMetric, percentile: percentile as Percentile };
  const [tightest] = sloHeadroom(plan)
    .filter((item) => item.workload === workload)
    .sort((a, b) => a.headroom - b.headroom);
  return tightest?.limit ?? { metric: 'ttft', percentile: 'p99' };
}

function limitOf(plan: PlanDocument, workload: string, drawn: CurveSubject): number | undefined {
  const declared = plan.problem.workloads.find((item) => item.id === workload);
  return declared === undefined
    ? undefined
    : declaredLimits(declared.slo).find(
        ({ metric, percentile }) => metric === drawn.metric && percentile === drawn.percentile,
      )?.limit;
}
