import type {
  Allocation,
  EngineName,
  LatencyLimit,
  LatencyMetric,
  LatencySummary,
  Percentile,
  PlanDocument,
  PlannedTraffic,
  Role,
  ServiceDecision,
} from '../../../model/index.ts';
import { busiestWindow, declaredLimits, responseHeadroom } from '../../../plan/index.ts';
import { ALLOCATION_LABEL, WORKLOAD_LABEL, hourlyReplicas } from '../../../synth/index.ts';
import { HOURS_PER_WEEK, parseDuration, toDollars } from '../../../units/index.ts';
import { plainOf, textFields, valueAt } from '../live/plain.ts';
import type { PlainObject } from '../live/plain.ts';
import { escapeRegExp } from './queries.ts';
import type { PodSelection } from './queries.ts';

/** The pods of one allocation, as its manifest makes them. */
export interface PlannedPodSet {
  readonly namespace: string;
  readonly name: string;
  /** Regular expression of the names of its pods. */
  readonly pods: string;
  readonly engine?: EngineName;
  readonly role?: Role;
  /** Pods of one replica. */
  readonly podsPerReplica: number;
}

/** What a plan says of one workload, in the figures that can be measured. */
export interface PlannedWorkload {
  readonly workload: string;
  readonly kind: 'llm' | 'service';
  readonly podSets: readonly PlannedPodSet[];
  /** Requests per second planned for at most in each hour of the week (peak of its window), and the mean over the week; 0 where unknown. */
  readonly hourlyPeak: readonly number[];
  readonly meanRate: number;
  /** Coefficient of variation of the gaps between requests. */
  readonly burstiness: number;
  /** Hours of the busiest window. */
  readonly busyHours: readonly number[];
  /** Pods planned in each hour of the week. */
  readonly hourlyPods: readonly number[];
  readonly lengths?: Pick<PlannedTraffic, 'isl' | 'osl' | 'prefixHitRate'>;
  /** Prediction at the busiest window, and its relative error at 80 %. */
  readonly latency?: Readonly<Record<LatencyMetric, LatencySummary>>;
  readonly modelError: number;
  readonly limits: readonly LatencyLimit[];
  /** Expected of services at the busiest window: response time by percentile and CPU seconds of one request. */
  readonly response?: Readonly<Partial<Record<Percentile, number>>>;
  readonly cpuSecondsPerRequest?: number;
  readonly peakKvShare?: number;
  readonly busyShare?: number;
  /** US dollars a month, at the planned prices, without idle nodes. */
  readonly costPerMonth: number;
  /** Accelerators (of services: cores asked for) in use on average over the week. */
  readonly meanUnits: number;
}

/** Everything measurable that a plan says, by workload in the order of the plan. */
export function plannedWorkloads(
  plan: PlanDocument,
  manifests: readonly PlainObject[],
): readonly PlannedWorkload[] {
  return [
    ...plan.decision.workloads.map(({ workload }) => plannedLlm(plan, manifests, workload)),
    ...(plan.decision.services ?? []).map(({ workload }) => plannedService(plan, manifests, workload)),
  ];
}

/** Pods of some pod sets of a workload; undefined where the plan wrote no manifest of them. */
export function selectionOf(podSets: readonly PlannedPodSet[]): PodSelection | undefined {
  const [first] = podSets;
  if (first === undefined) return undefined;
  return {
    namespace: first.namespace,
    pods: podSets.map(({ pods }) => pods),
    workloads: podSets.map(({ name }) => name),
  };
}

function plannedLlm(
  plan: PlanDocument,
  manifests: readonly PlainObject[],
  workload: string,
): PlannedWorkload {
  const { decision } = plan;
  const allocations = decision.allocations.filter((item) => item.workload === workload);
  const traffic = plan.traffic.find((item) => item.workload === workload);
  const decided = decision.workloads.find((item) => item.workload === workload)!;
  const declared = plan.problem.workloads.find((item) => item.id === workload);
  const evidence = decided.operatingPoint;
  return {
    workload,
    kind: 'llm',
    podSets: podSetsOf(manifests, workload, (name) => allocations.find((item) => item.id === name)),
    hourlyPeak: hourly(plan, (window) => window.peakRate[workload] ?? 0),
    meanRate: traffic?.meanRate ?? 0,
    burstiness: traffic?.burstiness ?? 1,
    busyHours: busiestWindow(decision)?.hours ?? [],
    hourlyPods: summed(allocations, plan, (item) => item.candidate.podGroup.nodes),
    ...(traffic === undefined ? {} : { lengths: traffic }),
    latency: evidence.latency,
    modelError: Math.max(0, ...decided.chosen.map(({ modelError }) => modelError)),
    limits: declared === undefined ? [] : declaredLimits(declared.slo),
    peakKvShare: evidence.peakKvShare,
    busyShare: evidence.busyShare,
    costPerMonth: costOf(plan, workload),
    meanUnits: mean(
      summed(
        allocations,
        plan,
        ({ candidate: { podGroup } }) => podGroup.nodes * podGroup.acceleratorsPerNode,
      ),
    ),
  };
}

function plannedService(
  plan: PlanDocument,
  manifests: readonly PlainObject[],
  workload: string,
): PlannedWorkload {
  const { decision } = plan;
  const allocations = (decision.serviceAllocations ?? []).filter((item) => item.workload === workload);
  const decided = decision.services!.find((item) => item.workload === workload)!;
  const traffic = plan.serviceTraffic?.find((item) => item.workload === workload);
  const { resources } = decided.shape;
  const limits = responseHeadroom(plan).filter((item) => item.workload === workload);
  const cpuSeconds = cpuSecondsOf(plan, decided);
  return {
    workload,
    kind: 'service',
    podSets: podSetsOf(manifests, workload, () => undefined),
    hourlyPeak: hourly(plan, (window) => decided.load[window.id]?.requestRate ?? 0),
    meanRate: traffic?.meanRate ?? 0,
    burstiness: Math.max(1, ...(traffic?.classes ?? []).map(({ burstiness }) => burstiness)),
    busyHours: busiestWindow(decision)?.hours ?? [],
    hourlyPods: summed(allocations, plan, () => 1),
    modelError: 0,
    limits: limits.map(({ percentile, limit }) => ({ metric: 'e2e', percentile, limit }) as LatencyLimit),
    ...(decided.response === undefined ? {} : { response: decided.response.latency }),
    ...(cpuSeconds === undefined ? {} : { cpuSecondsPerRequest: cpuSeconds }),
    costPerMonth: costOf(plan, workload),
    meanUnits: mean(summed(allocations, plan, () => resources.cpuMillicores / 1000)),
  };
}

/** CPU seconds of one request: as declared for queueing, else the busy share of the CPU over the rate that it was measured at. */
function cpuSecondsOf({ problem }: PlanDocument, { workload, shape }: ServiceDecision): number | undefined {
  const declared = problem.services?.find((item) => item.id === workload)?.performance.queueing?.cpuTime;
  const parsed = parseDuration(declared);
  if (parsed.ok) return parsed.value;
  const { evidence, resources } = shape;
  if (evidence === undefined || evidence.requestRate <= 0) return undefined;
  return (evidence.utilisation * resources.cpuMillicores) / 1000 / evidence.requestRate;
}

type Hours = PlanDocument['decision']['windows'][number];

/** A figure of each hour's window; hours outside all windows get the highest. */
function hourly({ decision }: PlanDocument, of: (window: Hours) => number): readonly number[] {
  const hours = new Array<number>(HOURS_PER_WEEK).fill(Math.max(0, ...decision.windows.map(of)));
  for (const window of decision.windows) for (const hour of window.hours) hours[hour] = of(window);
  return hours;
}

function summed<T extends Pick<Allocation, 'replicas'>>(
  allocations: readonly T[],
  { decision }: PlanDocument,
  each: (allocation: T) => number,
): readonly number[] {
  const hours = new Array<number>(HOURS_PER_WEEK).fill(0);
  for (const item of allocations) {
    const replicas = hourlyReplicas(item, decision.windows);
    for (const [hour, count] of replicas.entries()) hours[hour] = hours[hour]! + count * each(item);
  }
  return hours;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function costOf(plan: PlanDocument, workload: string): number {
  const found = plan.cost.workloads.find((item) => item.workload === workload);
  return found === undefined ? 0 : toDollars(found.perMonth);
}

/** Kinds that make pods, and what follows their name in the names of pods. */
const POD_SUFFIX: Readonly<Record<string, string>> = {
  Deployment: '-[a-z0-9]+-[a-z0-9]+',
  StatefulSet: '-[0-9]+',
  LeaderWorkerSet: '-[0-9]+(-[0-9]+)?',
};

/** The pod sets of a workload among the manifests; objects of other kinds with our labels make pods named after them. */
function podSetsOf(
  manifests: readonly PlainObject[],
  workload: string,
  allocationOf: (name: string) => Allocation | undefined,
): readonly PlannedPodSet[] {
  return manifests.flatMap((manifest): PlannedPodSet[] => {
    const labels = textFields(valueAt(manifest, 'metadata', 'labels'));
    const allocation = labels[ALLOCATION_LABEL];
    const suffix = POD_SUFFIX[String(manifest['kind'])];
    if (allocation === undefined || labels[WORKLOAD_LABEL] !== workload || suffix === undefined) return [];
    const metadata = plainOf(manifest['metadata']);
    const name = String(metadata['name']);
    const candidate = allocationOf(allocation)?.candidate;
    return [
      {
        namespace: textFields(metadata)['namespace'] ?? 'default',
        name,
        pods: `${escapeRegExp(name)}${suffix}`,
        podsPerReplica: candidate?.podGroup.nodes ?? 1,
        ...(candidate === undefined ? {} : { engine: candidate.engine, role: candidate.role }),
      },
    ];
  });
}
