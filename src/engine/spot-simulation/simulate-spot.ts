import path from 'node:path';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { LatencyLimit, PlanDocument } from '../../model/index.ts';
import { adaptiveFleet } from '../../optimize/index.ts';
import type { SpotSimulationReport } from '../../report/index.ts';
import { plannedFleet, repeatRequests, simulateSpotFleet } from '../../sim/index.ts';
import type { FleetPolicy, RequestLimits, RequestStream, SpotFleetReport } from '../../sim/index.ts';
import type { AvailabilityTrace } from '../../spot/index.ts';
import { atRate, sampleShape } from '../../traffic/index.ts';
import { SECONDS_PER_WEEK } from './run-length.ts';
import { isStackPath } from '../diff.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { readPlan } from '../plan-folder.ts';
import { planStack } from '../plan-stack.ts';
import { plannedDeployments } from '../simulate-plan.ts';
import type { SimulationSubject } from '../simulate.ts';
import { matchTraces } from '../spot-records/match-traces.ts';
import type { TraceMapping } from '../spot-records/match-traces.ts';
import { evaluatedOf, hourOfWeek, plannedOfferings, spotOfferings } from './planned-offerings.ts';
import type { PlannedFleet } from './planned-offerings.ts';
import { readTraceFile } from '../spot-records/read-record-file.ts';
import { plannedLaw } from './replica-law.ts';
import { spotReport } from './spot-report-of.ts';
import { narrowTraces, noSpot, rolesApart } from './spot-problems.ts';

/** Who steers the fleet of a plan during a replay. */
export type ReplayPolicy = 'plan' | 'adaptive';

/** How a plan is replayed against availability traces. */
export interface SpotSimulationOptions {
  /** File of availability traces, relative to the working directory. */
  readonly spotTrace: string;
  readonly mappings?: readonly TraceMapping[];
  /** Default `plan`: what a node autoscaler does with the plan's replicas. */
  readonly policy?: ReplayPolicy;
  /** Seconds at most; default a week, or the shortest trace. */
  readonly duration?: number;
  /** Default the plan's SLO. */
  readonly limits?: readonly LatencyLimit[];
  /** Default the plan's. */
  readonly seed?: number;
  readonly workload?: string;
  /** Text of standard input, when the stack is `-`. */
  readonly stdin?: string;
}

/** Requests of a workload's profile that are drawn and used again and again. */
const SAMPLE = 50_000;
/** Seconds after a start-up that the first requests come (*assumed*). */
const START_MARGIN = 60;
/** Seconds that a request may wait where no limit on the first token says it (*assumed*). */
const DEFAULT_PATIENCE = 3;

/**
 * Replays availability traces against a plan (file, folder, name under `plans/`) or a stack, which is planned first. One report
 * per workload that holds spot capacity.
 * Errors: those of plans and of reading files, `spot-plan-none`, `spot-plan-role`, `spot-trace-unmatched`, `spot-map-unknown`.
 * Warnings: `spot-trace-narrow`, and those of reading traces.
 */
export async function simulatePlanOnSpot(
  target: string,
  options: SpotSimulationOptions,
  host: EngineHost,
): Promise<Outcome<readonly SpotSimulationReport[]>> {
  const traces = await readTraceFile(options.spotTrace, host);
  if (!traces.ok) return traces;
  const { stdin, workload } = options;
  const plan = isStackPath(target, host)
    ? await planStack(target, stdin === undefined ? {} : { stdin }, host)
    : await readPlan(target, host);
  if (!plan.ok) return failure(...traces.diagnostics, ...plan.diagnostics);
  const document = plan.value.plan;
  const planned = await plannedDeployments(document, workload, host);
  const diagnostics = [...traces.diagnostics, ...plan.diagnostics, ...planned.diagnostics];
  if (!planned.ok) return failure(...diagnostics);
  const subjects = planned.value.filter(({ subject }) => spotOfferings(document, subject).length > 0);
  if (subjects.length === 0) return failure(...diagnostics, noSpot(document));
  const reports: SpotSimulationReport[] = [];
  for (const subject of subjects) {
    progress(host, 'simulate', `${subject.subject}: replay of ${path.basename(options.spotTrace)}`);
    const outcome = replayOnSpot({ plan: document, subject, traces: traces.value }, options);
    diagnostics.push(...outcome.diagnostics);
    if (!outcome.ok) return failure(...diagnostics);
    reports.push(outcome.value);
  }
  return success(reports, diagnostics);
}

/** A workload of a plan, and the traces that stand for its spot capacity. */
export interface ReplayedWorkload {
  readonly plan: PlanDocument;
  readonly subject: SimulationSubject;
  readonly traces: readonly AvailabilityTrace[];
}

/** Replays traces against the spot capacity of one workload, which has some. Errors and warnings: those of `simulatePlanOnSpot`, reading aside. */
export function replayOnSpot(
  { plan, subject, traces }: ReplayedWorkload,
  options: Omit<SpotSimulationOptions, 'spotTrace'>,
): Outcome<SpotSimulationReport> {
  const bought = spotOfferings(plan, subject.subject);
  const matched = matchTraces(bought, traces, options.mappings ?? []);
  if (!matched.ok) return matched;
  const { traffic } = subject;
  const isl = meanInput(subject);
  const laws = new Map<string, ReturnType<typeof plannedLaw>>();
  for (const allocation of plan.decision.allocations) {
    if (allocation.workload !== subject.subject) continue;
    if (allocation.candidate.role !== 'aggregated') return failure(rolesApart(subject.subject));
    const evaluated = evaluatedOf(plan, allocation);
    const pool =
      subject.deployment.pools.find(({ facts }) => facts.pool === allocation.id) ??
      subject.deployment.pools[0];
    if (evaluated === undefined || pool === undefined || traffic === undefined)
      return failure(lacking(plan, allocation.id));
    laws.set(allocation.id, plannedLaw(evaluated, pool.performance.steps, isl));
  }
  const fleet = plannedOfferings({ plan, workload: subject.subject, traces: matched.value, laws });
  const until = runSeconds([...matched.value.values()], options.duration);
  const limits = options.limits ?? subject.limits ?? [];
  const seed = options.seed ?? plan.inputs.seed;
  const shared = {
    seconds: until,
    seed,
    limits: requestLimits(limits),
    needed: (at: number) => fleet.needed[hourOfWeek(at)]!,
  };
  const run = simulateSpotFleet({
    ...shared,
    offerings: withFallback(fleet, options.policy),
    requests: requestsOf(subject, fleet, shared),
    policy: policyOf(fleet, subject, { plan, policy: options.policy, limits: shared.limits }),
  });
  const onDemand: SpotFleetReport = simulateSpotFleet({
    ...shared,
    offerings: fleet.listOfferings,
    requests: requestsOf(subject, fleet, shared),
    policy: plannedFleet(fleet.groups, 'on-demand'),
  });
  const report = spotReport({ plan, subject, bought, matched: matched.value, run, onDemand, limits, seed });
  return success(report, narrowTraces(report.traces));
}

/** The policy `adaptive` may also launch on demand wherever the plan holds spot, at list price. */
function withFallback(fleet: PlannedFleet, policy: ReplayPolicy | undefined): PlannedFleet['offerings'] {
  if (policy !== 'adaptive') return fleet.offerings;
  const fallback = fleet.offerings.flatMap(({ capacityType }, index) => {
    const list = fleet.listOfferings[index]!;
    return capacityType === 'spot' ? [{ ...list, id: `${list.id}/fallback` }] : [];
  });
  return [...fleet.offerings, ...fallback];
}

function policyOf(
  fleet: PlannedFleet,
  { subject, traffic }: SimulationSubject,
  { plan, policy, limits }: { plan: PlanDocument; policy: ReplayPolicy | undefined; limits: RequestLimits },
): FleetPolicy {
  if (policy !== 'adaptive') return plannedFleet(fleet.groups);
  const own = plan.decision.allocations.filter(({ workload }) => workload === subject);
  const capacity = Math.min(...own.map(({ plannedRatePerReplica }) => plannedRatePerReplica));
  const rate = traffic?.profile.hourlyRate[0] ?? capacity;
  const initial = Math.max(1, Math.ceil(rate / capacity));
  return adaptiveFleet({
    capacity,
    slots: fleet.offerings[0]!.law.slots,
    initialLoad: Math.max(0.1, rate / capacity),
    patience: limits.ttft ?? DEFAULT_PATIENCE,
    target: { ratePerReplica: capacity, initial },
  });
}

/** The requests of a week of the profile, hour by hour, again and again, from when the fleet can be up. */
function requestsOf(
  { traffic }: SimulationSubject,
  { offerings }: PlannedFleet,
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): RequestStream {
  const { profile } = traffic!;
  const mean = meanOf(profile.hourlyRate);
  const shape = sampleShape(profile, { count: SAMPLE, seed, name: 'simulate' });
  return repeatRequests({
    columns: atRate(shape, mean),
    from: Math.max(...offerings.map((item) => item.nodeStartup + item.replicaStartup)) + START_MARGIN,
    until: seconds,
    rate: mean,
    hourlyFactor: profile.hourlyRate.map((rate) => Math.max(1e-6, rate / mean)),
  });
}

function runSeconds(traces: readonly AvailabilityTrace[], duration: number | undefined): number {
  const shortest = Math.min(...traces.map(({ ticks, tickSeconds }) => ticks * tickSeconds));
  return Math.min(shortest, duration ?? SECONDS_PER_WEEK);
}

/** The tightest limit of each latency: what one request must keep to count. */
function requestLimits(limits: readonly LatencyLimit[]): RequestLimits {
  const least = (metric: LatencyLimit['metric']): number | undefined => {
    const own = limits.filter((item) => item.metric === metric).map(({ limit }) => limit);
    return own.length === 0 ? undefined : Math.min(...own);
  };
  const [ttft, tpot, e2e] = [least('ttft'), least('tpot'), least('e2e')];
  return {
    ...(ttft === undefined ? {} : { ttft }),
    ...(tpot === undefined ? {} : { tpot }),
    ...(e2e === undefined ? {} : { e2e }),
  };
}

function meanInput({ traffic }: SimulationSubject): number {
  return meanOf(traffic?.profile.lengths.inputQuantiles ?? [1]);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function lacking(plan: PlanDocument, allocation: string): Diagnostic {
  return diagnostic('plan-invalid', {
    summary: `The plan of ${plan.stack} lacks the evaluation of what ${allocation} runs.`,
    path: allocation,
    fix: 'Plan the stack again.',
  });
}
