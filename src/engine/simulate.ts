import { failure, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { LatencyLimit } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import type { SimulationReport } from '../report/index.ts';
import { simulateFleet } from '../sim/index.ts';
import type { RoutingPolicy } from '../sim/index.ts';
import { deploy, fleetOptions } from './deployment.ts';
import type { Deployment, DeploymentOptions } from './deployment.ts';
import { isStackPath } from './diff.ts';
import { breathe, progress } from './messages.ts';
import type { EngineHost } from './messages.ts';
import { modelContext } from './model-context.ts';
import { readPlan } from './plan-folder.ts';
import { planStack } from './plan-stack.ts';
import { plannedDeployments } from './simulate-plan.ts';
import { simulatedRequests } from './simulated-requests.ts';
import type { DeclaredTraffic, TrafficOptions } from './simulated-requests.ts';
import { simulationDiagnostics, simulationReport } from './simulation-report.ts';

/** How requests are simulated on replicas. */
export interface SimulationOptions extends TrafficOptions {
  /** Default `least-loaded`; of a plan what its workload declares. */
  readonly routing?: RoutingPolicy;
  /** Whether engines keep the KV of prefixes; default true. */
  readonly prefixCache?: boolean;
  /** Limits to judge by; of a plan default its SLO. */
  readonly limits?: readonly LatencyLimit[];
  /** Seed of lengths and arrivals; default 1, of a plan its own. */
  readonly seed?: number;
}

/** How the workloads of a plan or stack are simulated. */
export interface PlanSimulationOptions extends SimulationOptions {
  /** Workload id; default all. */
  readonly workload?: string;
  /** Text of standard input, when the stack is `-`. */
  readonly stdin?: string;
}

/** Simulates one configuration. Errors: those of `deploy` and of reading traffic; warnings `sim-not-stationary`, `traffic-too-long`. */
export async function simulateConfiguration(
  deployment: DeploymentOptions,
  options: SimulationOptions,
  host: EngineHost,
): Promise<Outcome<SimulationReport>> {
  const context = await modelContext(deployment, host);
  if (!context.ok) return context;
  const { catalog, coefficients } = context.value;
  const deployed = deploy(deployment, catalog, coefficients);
  const early = [...context.diagnostics, ...deployed.diagnostics];
  if (!deployed.ok) return failure(...early);
  const subject = { subject: deployment.model, deployment: deployed.value, coefficients };
  const outcome = await run(subject, options, host);
  return outcome.ok
    ? success(outcome.value, [...early, ...outcome.diagnostics])
    : failure(...early, ...outcome.diagnostics);
}

/**
 * Simulates the busiest window of a plan (file, folder, name under `plans/`), or of a stack, which is planned first: its
 * replicas against its traffic or the traffic stated. One report per workload.
 * Errors: those of planning and reading plans, `plan-unknown-workload`, and those of reading traffic.
 */
export async function simulatePlan(
  target: string,
  options: PlanSimulationOptions,
  host: EngineHost,
): Promise<Outcome<readonly SimulationReport[]>> {
  const { stdin } = options;
  const plan = isStackPath(target, host)
    ? await planStack(target, stdin === undefined ? {} : { stdin }, host)
    : await readPlan(target, host);
  if (!plan.ok) return plan;
  const planned = await plannedDeployments(plan.value.plan, options.workload, host);
  if (!planned.ok) return failure(...plan.diagnostics, ...planned.diagnostics);
  const diagnostics = [...plan.diagnostics, ...planned.diagnostics];
  const reports: SimulationReport[] = [];
  for (const subject of planned.value) {
    const outcome = await run(subject, { seed: plan.value.plan.inputs.seed, ...options }, host);
    diagnostics.push(...outcome.diagnostics);
    if (!outcome.ok) return failure(...diagnostics);
    reports.push(outcome.value);
  }
  return success(reports, diagnostics);
}

/** What is simulated: a deployment, and what a plan says of its traffic and promise. */
export interface SimulationSubject {
  readonly subject: string;
  readonly deployment: Deployment;
  readonly coefficients: OperatorCoefficients;
  readonly traffic?: DeclaredTraffic;
  readonly limits?: readonly LatencyLimit[];
  readonly routing?: RoutingPolicy;
}

async function run(
  { subject, deployment, coefficients, traffic, ...declared }: SimulationSubject,
  options: SimulationOptions,
  host: EngineHost,
): Promise<Outcome<SimulationReport>> {
  const seed = options.seed ?? 1;
  const requests = await simulatedRequests(options, {
    seed,
    host,
    ...(traffic === undefined ? {} : { declared: traffic }),
  });
  if (!requests.ok) return requests;
  const routing = options.routing ?? declared.routing ?? 'least-loaded';
  const limits = options.limits ?? declared.limits ?? [];
  const count = requests.value.columns.arrival.length;
  const tell = (arrived: number): void =>
    progress(host, 'simulate', `${subject}: ${count} requests`, [0, 0, arrived / count]);
  tell(0);
  await breathe();
  const fleet = fleetOptions(deployment, {
    routing: { policy: routing },
    prefixCache: options.prefixCache ?? true,
    limits,
  });
  const simulation = simulateFleet({ ...fleet, requests: requests.value.columns, onArrivals: tell });
  const measured = { deployment, coefficients, requests: requests.value, run: simulation };
  const parts = { subject, ...measured, routing, limits, seed };
  return success(simulationReport(parts), [...requests.diagnostics, ...simulationDiagnostics(parts)]);
}
