import type {
  LatencyMetric,
  LatencySummary,
  PlannedServiceTraffic,
  ServiceAllocation,
  ServiceDecision,
  TimeWindow,
} from '../model/index.ts';
import { busiestWindow } from './allocation-view.ts';
import { METRICS } from './latency-names.ts';
import type {
  DeclaredWorkloadView,
  LimitEvidenceView,
  PlanFacts,
  WorkloadView,
  WorkloadWindowView,
} from './views.ts';
import { costView, percentiles, share } from './workload-view.ts';

/** What was decided for one service. */
export interface ServiceFacts {
  readonly decision: ServiceDecision;
  readonly podSets: readonly ServiceAllocation[];
  readonly traffic: PlannedServiceTraffic | undefined;
}

/** The services of a plan by id: gathered once, since a fleet may have hundreds. */
export function serviceFacts(plan: PlanFacts): ReadonlyMap<string, ServiceFacts> {
  const traffic = new Map(plan.serviceTraffic?.map((item) => [item.workload, item]));
  const podSets = Map.groupBy(plan.decision.serviceAllocations ?? [], (item) => item.workload);
  return new Map(
    (plan.decision.services ?? []).map((decision): [string, ServiceFacts] => [
      decision.workload,
      {
        decision,
        podSets: podSets.get(decision.workload) ?? [],
        traffic: traffic.get(decision.workload),
      },
    ]),
  );
}

/**
 * A service as rules see it: as a workload of kind `service`. Its evidence is by formulas, not by simulation: it counts as stationary, its limits
 * have no interval, and what only language models have is empty or zero.
 */
export function serviceView(
  declared: DeclaredWorkloadView,
  facts: ServiceFacts | undefined,
  plan: PlanFacts,
): WorkloadView {
  const busiest = busiestWindow(plan.decision);
  const windows = [...plan.decision.windows]
    .sort((a, b) => Number(b === busiest) - Number(a === busiest))
    .map((window) => windowView(facts, window));
  const [peak] = windows;
  const { resources } = facts?.decision.shape ?? {};
  return {
    ...declared,
    traffic: trafficView(facts),
    peakReplicas: peak?.replicas ?? 0,
    minReplicas: windows.length === 0 ? 0 : Math.min(...windows.map((window) => window.replicas)),
    spotShare: Math.max(0, ...windows.map((window) => share(window.spotReplicas, window.replicas))),
    onDemandShare: share(replicasOf(facts, busiest?.id ?? '', 'on-demand'), peak?.replicas ?? 0),
    zones: peak?.zones ?? [],
    windows,
    candidates: [],
    latency: Object.fromEntries(METRICS.map((metric) => [metric, percentiles(undefined)])) as Record<
      LatencyMetric,
      Record<keyof LatencySummary, number>
    >,
    limits: limitViews(declared, facts),
    stationary: true,
    goodputShare: 0,
    busyShare: facts?.decision.shape.evidence?.utilisation ?? 0,
    peakKvShare: 0,
    availability: {
      target: facts?.decision.availability.target ?? declared.slo.availability,
      achieved: facts?.decision.availability.achieved ?? 0,
    },
    cost: costView(declared.id, plan),
    pod: {
      cpu: (resources?.cpuMillicores ?? 0) / 1000,
      cpuLimit: (resources?.cpuLimitMillicores ?? 0) / 1000,
      memory: resources?.memory ?? 0,
      memoryLimit: resources?.memoryLimit ?? 0,
      response: facts?.decision.response?.latency ?? {},
    },
  };
}

/** Limits about which something is known; of services that nobody outside calls nothing is. */
function limitViews(
  declared: DeclaredWorkloadView,
  facts: ServiceFacts | undefined,
): readonly LimitEvidenceView[] {
  return declared.slo.limits.flatMap((limit): readonly LimitEvidenceView[] => {
    const value = facts?.decision.response?.latency[limit.percentile];
    return value === undefined ? [] : [{ ...limit, value, high: value, margin: 1 - value / limit.limit }];
  });
}

function windowView(facts: ServiceFacts | undefined, window: TimeWindow): WorkloadWindowView {
  const load = facts?.decision.load[window.id];
  const demand = load?.requestRate ?? 0;
  const rate = facts?.decision.shape.ratePerReplica ?? 0;
  const planned = load?.planned ?? 0;
  // A replica whose rate is never the limit is used as far as it is needed.
  const capacity = Number.isFinite(rate)
    ? planned * rate
    : (demand * planned) / Math.max(1, load?.needed ?? 1);
  return {
    id: window.id,
    hours: window.hours.length,
    replicas: planned,
    spotReplicas: replicasOf(facts, window.id, 'spot'),
    zones: [
      ...new Set((facts?.podSets ?? []).flatMap((item) => Object.keys(item.replicas[window.id] ?? {}))),
    ].sort(),
    demand,
    capacity,
    utilisation: share(demand, capacity),
  };
}

function replicasOf(facts: ServiceFacts | undefined, window: string, capacityType: string): number {
  return (facts?.podSets ?? [])
    .filter((item) => item.capacityType === capacityType)
    .flatMap((item) => Object.values(item.replicas[window] ?? {}))
    .reduce((sum, count) => sum + count, 0);
}

function trafficView(facts: ServiceFacts | undefined): WorkloadView['traffic'] {
  const traffic = facts?.traffic;
  return {
    profile: '',
    meanRate: traffic?.meanRate ?? 0,
    peakRate: traffic?.peakRate ?? 0,
    burstiness: Math.max(0, ...(traffic?.classes ?? []).map((item) => item.burstiness)),
    prefixHitRate: 0,
  };
}
