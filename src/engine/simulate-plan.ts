import path from 'node:path';
import { mergeCatalog, resolveModels, shippedCatalog } from '../catalog/index.ts';
import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { Allocation, LlmWorkload, ModelArchitecture, PlanDocument, TimeWindow } from '../model/index.ts';
import { deployedPool } from './deployment.ts';
import type { DeployedPool } from './deployment.ts';
import { loadStack } from './load-stack.ts';
import type { LoadedStack } from './load-stack.ts';
import type { EngineHost } from './messages.ts';
import { recordedFlags } from './plan-flags.ts';
import { stackFolder } from './plan-stack.ts';
import { plannedConfiguration } from './planned-configuration.ts';
import { resolveTraffic } from './resolve-traffic.ts';
import type { ResolvedTraffic } from './resolve-traffic.ts';
import type { SimulationSubject } from './simulate.ts';

/**
 * What a plan deploys in its busiest window, per workload: replicas, traffic, promise and routing. The declared problem is
 * taken from the plan itself; catalogue files and traces that it names are read again.
 * Errors: `plan-unknown-workload`, `plan-invalid` when the plan lacks what its own parts name, and those of reading files.
 */
export async function plannedDeployments(
  plan: PlanDocument,
  workload: string | undefined,
  host: EngineHost,
): Promise<Outcome<readonly SimulationSubject[]>> {
  const unknown = unknownWorkload(plan, workload);
  if (unknown !== undefined) return failure(unknown);
  const problem = await plannedProblem(plan, host);
  if (!problem.ok) return problem;
  const diagnostics: Diagnostic[] = [];
  const subjects: SimulationSubject[] = [];
  for (const item of problem.value.workloads) {
    if (workload !== undefined && item.workload.id !== workload) continue;
    const traffic = await trafficOfPlan(item, host);
    const outcome = traffic.ok ? plannedSubject(item, traffic.value) : traffic;
    if (traffic.ok) diagnostics.push(...traffic.diagnostics);
    diagnostics.push(...outcome.diagnostics);
    if (outcome.ok) subjects.push(outcome.value);
    else return failure(...diagnostics);
  }
  return success(subjects, diagnostics);
}

/** The problem of a plan, read again, with its language models ready to be simulated. */
export interface PlannedProblem {
  readonly stack: LoadedStack;
  readonly workloads: readonly PlannedWorkload[];
}

/** Reads the problem that a plan holds, and the files that it names. Errors: those of `loadStack`, `catalog-*`. */
export async function plannedProblem(plan: PlanDocument, host: EngineHost): Promise<Outcome<PlannedProblem>> {
  const stack = await loadStack(
    '-',
    { ...host, workingDirectory: stackFolder(plan, host) },
    JSON.stringify(plan.problem),
  );
  if (!stack.ok) return stack;
  const { problem } = stack.value;
  const catalog = mergeCatalog(shippedCatalog(), problem.catalog);
  if (!catalog.ok) return catalog;
  const models = resolveModels(problem, catalog.value);
  if (!models.ok) return models;
  const workloads = problem.workloads.flatMap((workload): PlannedWorkload[] => {
    const architecture = models.value.get(workload.id);
    return architecture === undefined ? [] : [{ plan, stack: stack.value, workload, architecture }];
  });
  return success({ stack: stack.value, workloads });
}

function unknownWorkload(plan: PlanDocument, workload: string | undefined): Diagnostic | undefined {
  const names = plan.decision.workloads.map((item) => item.workload);
  const services = plan.decision.services?.map((item) => item.workload) ?? [];
  const isService = workload === undefined ? names.length === 0 : services.includes(workload);
  if (isService && services.length > 0) {
    return diagnostic('plan-unknown-workload', {
      summary: `${workload ?? `The plan of ${plan.stack}`} is of services, which are not simulated request by request; language models are.`,
      path: '--workload',
      fix: 'Read `plimsoll explain SERVICE` for the response times that its formulas expect.',
    });
  }
  if (workload === undefined || names.includes(workload)) return undefined;
  return diagnostic('plan-unknown-workload', {
    summary: `The plan of ${plan.stack} holds no workload "${workload}".`,
    path: '--workload',
    fix: suggestion(workload, names, `Name one of: ${names.join(', ')}.`),
  });
}

/** One language model of a plan. */
export interface PlannedWorkload {
  readonly plan: PlanDocument;
  readonly stack: LoadedStack;
  readonly workload: LlmWorkload;
  readonly architecture: ModelArchitecture;
}

/** The traffic that a language model was planned for, read again. Errors: those of reading traffic. */
export function trafficOfPlan(planned: PlannedWorkload, host: EngineHost): Promise<Outcome<ResolvedTraffic>> {
  return resolveTraffic(withRecordedTrace(planned, host), planned.stack.folder, host);
}

/** What a plan deploys for a language model in its busiest window, under its traffic. Errors: `plan-invalid`. */
export function plannedSubject(
  planned: PlannedWorkload,
  { profile, trace }: ResolvedTraffic,
): Outcome<SimulationSubject> {
  const { plan, stack, workload } = planned;
  const window = busiestWindow(plan, workload.id);
  const pools = plan.decision.allocations
    .filter((allocation) => allocation.workload === workload.id && replicasIn(allocation, window) > 0)
    .map((allocation) => poolOf(allocation, planned, window));
  const known = pools.filter((pool) => pool !== undefined);
  if (window === undefined || known.length === 0 || known.length < pools.length) {
    return failure(
      diagnostic('plan-invalid', {
        summary: `The plan of ${plan.stack} deploys nothing for ${workload.id} in its busiest window, or on offerings it does not hold.`,
        path: workload.id,
        fix: 'Plan the stack again.',
      }),
    );
  }
  const isScaled = Object.keys(workload.traffic.scaling).length > 0;
  return success({
    subject: workload.id,
    deployment: { pools: known, assumptions: assumptionsOf(workload) },
    coefficients: stack.coefficients,
    traffic: {
      profile,
      requestRate: window.peakRate[workload.id] ?? 0,
      // A scaled trace no longer has its own times: requests are then drawn from the profile fitted to it.
      ...(trace === undefined || isScaled ? {} : { trace }),
    },
    limits: workload.slo.limits,
    routing: workload.routing === 'even' ? 'round-robin' : 'least-loaded',
  });
}

function assumptionsOf({ routing }: LlmWorkload): readonly string[] {
  return [
    'Replicas of the busiest window of the plan, none of them failed or reclaimed.',
    routing === 'even'
      ? 'Requests go to the replicas in turn, as the plan routes them evenly.'
      : 'Requests go to the replica with the least load: the plan routes them by capacity.',
  ];
}

/** A plan made with `--trace` was made for that trace. */
function withRecordedTrace({ plan, workload }: PlannedWorkload, host: EngineHost): LlmWorkload {
  const { trace } = recordedFlags(plan.inputs.flags);
  if (trace === undefined) return workload;
  return {
    ...workload,
    traffic: {
      source: 'trace',
      file: path.resolve(host.workingDirectory, trace),
      format: 'auto',
      scaling: workload.traffic.source === 'trace' ? workload.traffic.scaling : {},
    },
  };
}

function busiestWindow({ decision }: PlanDocument, workload: string): TimeWindow | undefined {
  return decision.windows.reduce<TimeWindow | undefined>(
    (busiest, window) =>
      busiest === undefined || (window.peakRate[workload] ?? 0) > (busiest.peakRate[workload] ?? 0)
        ? window
        : busiest,
    undefined,
  );
}

function replicasIn(allocation: Allocation, window: TimeWindow | undefined): number {
  const zones = window === undefined ? {} : (allocation.replicas[window.id] ?? {});
  return Object.values(zones).reduce((sum, count) => sum + count, 0);
}

function poolOf(
  allocation: Allocation,
  { plan, stack, architecture }: PlannedWorkload,
  window: TimeWindow | undefined,
): DeployedPool | undefined {
  const { candidate } = allocation;
  const configuration = plannedConfiguration(candidate, architecture, plan.offerings);
  if (configuration === undefined) return undefined;
  return deployedPool(configuration, {
    coefficients: stack.coefficients,
    pool: allocation.id,
    role: candidate.role,
    replicas: replicasIn(allocation, window),
    engineVersion: candidate.engineVersion,
  });
}
