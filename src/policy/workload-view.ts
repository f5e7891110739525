import { toDollars } from '../units/index.ts';
import type {
  Allocation,
  LatencyMetric,
  LatencySummary,
  LoadEvidence,
  TimeWindow,
  WorkloadDecision,
} from '../model/index.ts';
import { busiestWindow, candidateView, replicasIn, zonesIn } from './allocation-view.ts';
import { METRICS } from './latency-names.ts';
import type {
  DeclaredWorkloadView,
  LimitEvidenceView,
  PlanFacts,
  WorkloadCostView,
  WorkloadView,
  WorkloadWindowView,
} from './views.ts';

/** A workload as rules see it: its declaration joined with what the plan decided, showed and priced. */
export function workloadView(declared: DeclaredWorkloadView, plan: PlanFacts): WorkloadView {
  const allocations = plan.decision.allocations.filter((item) => item.workload === declared.id);
  const decision = plan.decision.workloads.find((item) => item.workload === declared.id);
  const windows = windowViews(declared.id, allocations, plan);
  const busiest = busiestWindow(plan.decision)?.id;
  const peak = windows.find((window) => window.id === busiest);
  const onDemand = allocations
    .filter((item) => item.capacityType === 'on-demand')
    .reduce((total, item) => total + replicasIn(item, busiest ?? ''), 0);
  return {
    ...declared,
    traffic: trafficView(declared.id, plan),
    peakReplicas: peak?.replicas ?? 0,
    minReplicas: windows.length === 0 ? 0 : Math.min(...windows.map((window) => window.replicas)),
    spotShare: Math.max(0, ...windows.map((window) => share(window.spotReplicas, window.replicas))),
    onDemandShare: share(onDemand, peak?.replicas ?? 0),
    zones: peak?.zones ?? [],
    windows,
    candidates: (decision?.chosen ?? []).map((item) => candidateView(item.candidate)),
    ...evidenceView(declared, decision),
    availability: {
      target: decision?.availability.target ?? declared.slo.availability,
      achieved: decision?.availability.achieved ?? 0,
    },
    cost: costView(declared.id, plan),
  };
}

function windowViews(
  workload: string,
  allocations: readonly Allocation[],
  plan: PlanFacts,
): readonly WorkloadWindowView[] {
  const busiest = busiestWindow(plan.decision);
  return [...plan.decision.windows]
    .sort((a, b) => Number(b === busiest) - Number(a === busiest))
    .map((window) => windowView(workload, allocations, window));
}

function windowView(
  workload: string,
  allocations: readonly Allocation[],
  window: TimeWindow,
): WorkloadWindowView {
  const counted = allocations.map((item) => ({ item, replicas: replicasIn(item, window.id) }));
  const sum = (weight: (item: Allocation) => number) =>
    counted.reduce((total, { item, replicas }) => total + replicas * weight(item), 0);
  const capacity = sum((item) => item.plannedRatePerReplica);
  const demand = window.peakRate[workload] ?? 0;
  return {
    id: window.id,
    hours: window.hours.length,
    replicas: sum(() => 1),
    spotReplicas: sum((item) => (item.capacityType === 'spot' ? 1 : 0)),
    zones: [...new Set(allocations.flatMap((item) => zonesIn(item, window.id)))].sort(),
    demand,
    capacity,
    utilisation: share(demand, capacity),
  };
}

type EvidenceView = Pick<
  WorkloadView,
  'latency' | 'limits' | 'stationary' | 'goodputShare' | 'busyShare' | 'peakKvShare'
>;

function evidenceView(declared: DeclaredWorkloadView, decision: WorkloadDecision | undefined): EvidenceView {
  const point = decision?.operatingPoint;
  const runs: readonly LoadEvidence[] =
    decision === undefined
      ? []
      : [
          decision.operatingPoint,
          ...decision.chosen.map((item) => item.capacity.evidence),
          ...(decision.replay === undefined ? [] : [decision.replay]),
        ];
  return {
    latency: Object.fromEntries(
      METRICS.map((metric) => [metric, percentiles(point?.latency[metric])]),
    ) as Record<LatencyMetric, Record<keyof LatencySummary, number>>,
    limits: declared.slo.limits.map((limit): LimitEvidenceView => {
      const estimate =
        limit.metric === 'response' ? undefined : point?.latency[limit.metric][limit.percentile];
      const value = estimate?.value ?? 0;
      return { ...limit, value, high: estimate?.high ?? 0, margin: 1 - value / limit.limit };
    }),
    stationary: runs.length > 0 && runs.every((run) => run.isStationary),
    goodputShare: point?.goodputShare ?? 0,
    busyShare: point?.busyShare ?? 0,
    peakKvShare: point?.peakKvShare ?? 0,
  };
}

/** Percentiles as numbers; zeros without evidence. */
export function percentiles(summary: LatencySummary | undefined): Record<keyof LatencySummary, number> {
  return {
    mean: summary?.mean.value ?? 0,
    p50: summary?.p50.value ?? 0,
    p90: summary?.p90.value ?? 0,
    p95: summary?.p95.value ?? 0,
    p99: summary?.p99.value ?? 0,
  };
}

function trafficView(workload: string, plan: PlanFacts): WorkloadView['traffic'] {
  const traffic = plan.traffic.find((item) => item.workload === workload);
  return {
    profile: traffic?.profile ?? '',
    meanRate: traffic?.meanRate ?? 0,
    peakRate: traffic?.peakRate ?? 0,
    burstiness: traffic?.burstiness ?? 0,
    prefixHitRate: traffic?.prefixHitRate ?? 0,
  };
}

/** What a workload costs, in US dollars. */
export function costView(workload: string, plan: PlanFacts): WorkloadCostView {
  const cost = plan.cost.workloads.find((item) => item.workload === workload);
  return {
    perMonth: cost === undefined ? 0 : toDollars(cost.perMonth),
    perThousandRequests: cost === undefined ? 0 : toDollars(cost.perThousandRequests),
    perMillionTokens: cost === undefined ? 0 : toDollars(cost.perMillionTokens),
  };
}

/** A part of a whole; 0 of nothing. */
export function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
