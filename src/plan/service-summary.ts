import type {
  CapacityType,
  Percentile,
  PlanDocument,
  ServiceAllocation,
  ServiceDecision,
  ServiceShape,
  TimeWindow,
} from '../model/index.ts';
import { microUsd } from '../units/index.ts';
import type { MicroUsd } from '../units/index.ts';
import { responseHeadroom } from './slo-headroom.ts';

/** What a plan says of one service, in the figures that people compare: at its peak, the window in which most of its replicas are planned. */
export interface ServiceSummary {
  readonly workload: string;
  /** Empty where none is declared. */
  readonly team: string;
  readonly shape: ServiceShape;
  /** At its peak: requests per second, replicas that carry them, replicas planned. */
  readonly requestRate: number;
  readonly needed: number;
  readonly planned: number;
  /** Fewest replicas planned in any window. */
  readonly fewest: number;
  /** Replicas of its peak on spot capacity, and on all other. */
  readonly spot: number;
  readonly base: number;
  /** Zones with replicas at its peak, sorted. */
  readonly zones: readonly string[];
  /** Response time of the highest percentile known, with the limit on it where there is one; absent where nothing is known. */
  readonly response?: {
    readonly percentile: Percentile;
    readonly value: number;
    readonly limit?: number;
  };
  readonly availability: { readonly target: number; readonly achieved: number };
  readonly perMonth: MicroUsd;
}

/** The busiest window of a plan; undefined when nothing was planned. */
export function busiestWindow({
  windows,
}: Pick<PlanDocument['decision'], 'windows'>): TimeWindow | undefined {
  return windows.find((window) => window.id === 'w0') ?? windows[0];
}

/** Every service of a plan in short, sorted by id; none for a plan of language models alone. */
export function serviceSummaries(
  plan: Pick<PlanDocument, 'problem' | 'decision' | 'cost'>,
): readonly ServiceSummary[] {
  const declared = new Map(plan.problem.services?.map((item) => [item.id, item]));
  const cost = new Map(plan.cost.workloads.map((item) => [item.workload, item.perMonth]));
  const podSets = Map.groupBy(plan.decision.serviceAllocations ?? [], (item) => item.workload);
  const limits = Map.groupBy(responseHeadroom(plan), (item) => item.workload);
  return (plan.decision.services ?? []).map((item): ServiceSummary => {
    const own = podSets.get(item.workload) ?? [];
    const planned = Object.values(item.load).map((load) => load.planned);
    const peak = peakWindow(plan.decision, item);
    const load = item.load[peak];
    const spot = replicasOn(own, peak, (type) => type === 'spot');
    const response = responseOf(item.response?.latency, limits.get(item.workload) ?? []);
    return {
      workload: item.workload,
      team: declared.get(item.workload)?.team ?? '',
      shape: item.shape,
      requestRate: load?.requestRate ?? 0,
      needed: load?.needed ?? 0,
      planned: load?.planned ?? 0,
      fewest: Math.min(...planned, Infinity),
      spot,
      base: replicasOn(own, peak, (type) => type !== 'spot'),
      zones: [...new Set(own.flatMap((podSet) => Object.keys(podSet.replicas[peak] ?? {})))].sort(),
      ...(response === undefined ? {} : { response }),
      availability: { target: item.availability.target, achieved: item.availability.achieved },
      perMonth: cost.get(item.workload) ?? microUsd(0),
    };
  });
}

/** The window in which most replicas of a service are planned; of equal ones that with most requests, then the first. */
function peakWindow({ windows }: PlanDocument['decision'], { load }: ServiceDecision): string {
  const [peak] = windows
    .flatMap(({ id }) => (load[id] === undefined ? [] : [{ id, ...load[id] }]))
    .sort((a, b) => b.planned - a.planned || b.requestRate - a.requestRate);
  return peak?.id ?? '';
}

function replicasOn(
  podSets: readonly ServiceAllocation[],
  window: string,
  counts: (type: CapacityType) => boolean,
): number {
  return podSets
    .filter((podSet) => counts(podSet.capacityType))
    .flatMap((podSet) => Object.values(podSet.replicas[window] ?? {}))
    .reduce((sum, count) => sum + count, 0);
}

const DESCENDING: readonly Percentile[] = ['p99', 'p95', 'p90', 'p50'];

/** The tightest of the limited percentiles, or the highest one known. */
function responseOf(
  latency: Readonly<Partial<Record<Percentile, number>>> | undefined,
  limits: ReturnType<typeof responseHeadroom>,
): ServiceSummary['response'] {
  const [tightest] = limits.toSorted((a, b) => a.headroom - b.headroom);
  if (tightest !== undefined) {
    return { percentile: tightest.percentile, value: tightest.value, limit: tightest.limit };
  }
  const percentile = DESCENDING.find((item) => latency?.[item] !== undefined);
  const value = percentile === undefined ? undefined : latency?.[percentile];
  return percentile === undefined || value === undefined ? undefined : { percentile, value };
}
