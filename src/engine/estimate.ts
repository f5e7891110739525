import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { EstimateReport, EstimatedLoad } from '../report/index.ts';
import { simulateFleet, simulateFleetClosedLoop } from '../sim/index.ts';
import type { FleetOptions, FleetSimulation } from '../sim/index.ts';
import { atRate, sampleShape } from '../traffic/index.ts';
import type { RequestShape } from '../traffic/index.ts';
import { formatNumber } from '../units/index.ts';
import { deploy, fleetOptions } from './deployment.ts';
import type { Deployment, DeploymentOptions } from './deployment.ts';
import { acceleratorPrice } from './estimate-price.ts';
import type { PriceOptions } from './estimate-price.ts';
import { estimateReport } from './estimate-report.ts';
import type { EngineHost } from './messages.ts';
import { modelContext } from './model-context.ts';
import type { ModelContext } from './model-context.ts';
import { evenLengths, flatProfile } from './simulated-requests.ts';

/** A configuration and the load to estimate it under: clients with one request each, or a rate. */
export interface EstimateOptions extends DeploymentOptions, PriceOptions {
  /** Mean lengths, tokens, ≥ 1. */
  readonly isl: number;
  readonly osl: number;
  /** Share by which lengths vary evenly to both sides; default 0.2. */
  readonly lengthSpread?: number;
  readonly concurrency?: number;
  readonly requestRate?: number;
  /** Default 0. */
  readonly prefixHitRate?: number;
  /** Seed of lengths and arrivals; default 1. */
  readonly seed?: number;
}

/** Lengths of a benchmark vary; *assumed* by as much as InferenceX's do. */
const LENGTH_SPREAD = 0.2;
/** Requests simulated: rounds of all clients, at least so many (a p99 needs hundreds; *assumed*). */
const ROUNDS = 10;
const LEAST_REQUESTS = 1000;
/** Most clients: beyond, ten rounds of requests take tens of seconds (*assumed* to exceed any one deployment). */
const MOST_CLIENTS = 100_000;
const RATE_REQUESTS = 5000;

/**
 * Estimates one configuration under one load: latencies, throughput, memory, power, start-up, cost, each with an 80 %
 * interval. The load is simulated by the engine simulation; nothing is measured.
 * Errors: those of `modelContext` and `deploy`, `engine-usage` for a load that is stated twice, not at all, or too long for the model;
 * warning `sim-not-stationary` with the rate that can be served.
 */
export async function estimateConfiguration(
  options: EstimateOptions,
  host: EngineHost,
): Promise<Outcome<EstimateReport>> {
  const context = await modelContext(options, host);
  if (!context.ok) return context;
  const estimated = estimateWith(options, context.value);
  const diagnostics = [...context.diagnostics, ...estimated.diagnostics];
  return estimated.ok ? success(estimated.value, diagnostics) : failure(...diagnostics);
}

function estimateWith(
  options: EstimateOptions,
  { catalog, coefficients }: ModelContext,
): Outcome<EstimateReport> {
  const wrong = wrongLoad(options);
  const deployed = deploy(options, catalog, coefficients);
  const priced = acceleratorPrice(options, deployed.ok ? deployed.value.instanceType : undefined, catalog);
  const early = [...wrong, ...deployed.diagnostics, ...priced.diagnostics];
  if (!deployed.ok || !priced.ok || wrong.length > 0) return failure(...early);
  const deployment = deployed.value;
  const long = tooLong(options, deployment);
  if (long !== undefined) return failure(...early, long);
  const load = loadOf(options);
  const requests = sampleOf(load, options.seed ?? 1);
  const fleet = fleetOptions(deployment, {
    routing: { policy: 'least-loaded' },
    prefixCache: true,
    limits: [],
  });
  const run =
    load.requestRate === undefined
      ? simulateFleetClosedLoop({ ...fleet, requests, concurrency: load.concurrency ?? 1 })
      : simulateFleet({ ...fleet, requests: atRate(requests, load.requestRate) });
  const report = estimateReport({ deployment, load, run, price: priced.value, coefficients });
  return success(report, [...early, ...overload(run, fleet, requests)]);
}

function wrongLoad({ concurrency, requestRate }: EstimateOptions): readonly Diagnostic[] {
  if (concurrency !== undefined && concurrency > MOST_CLIENTS) {
    return [
      diagnostic('engine-usage', {
        summary: `${concurrency} clients are more than the ${MOST_CLIENTS} that an estimate simulates.`,
        path: '--concurrency',
        fix: 'Estimate a part of the deployment, such as one replica with its share of the clients.',
      }),
    ];
  }
  if ((concurrency === undefined) !== (requestRate === undefined)) return [];
  return [
    diagnostic('engine-usage', {
      summary:
        concurrency === undefined
          ? 'The load is not stated.'
          : '--concurrency and --rate exclude each other.',
      fix: 'State one of them: --concurrency 32 (clients) or --rate 4 (requests per second).',
    }),
  ];
}

/** Not even one request of the load can be served. */
function tooLong(
  { isl, osl, lengthSpread = LENGTH_SPREAD }: EstimateOptions,
  { pools }: Deployment,
): Diagnostic | undefined {
  const longest = Math.ceil((isl + osl) * (1 + lengthSpread));
  const short = pools.find(({ configuration }) => configuration.maxModelLength < longest);
  if (short === undefined) return undefined;
  const served = short.configuration.maxModelLength;
  return diagnostic('traffic-too-long', {
    severity: 'error',
    summary: `Requests of up to ${longest} tokens (${isl} + ${osl}, ${formatNumber(lengthSpread * 100)} % more at most) exceed the ${served} that are served.`,
    path: '--isl, --osl',
    fix: `Raise --max-model-length (the model's own limit is ${short.configuration.architecture.maxContext}), or add memory for the KV cache: more accelerators, --kv fp8, or a smaller weight format.`,
  });
}

function loadOf(options: EstimateOptions): EstimatedLoad {
  const { isl, osl, concurrency, requestRate } = options;
  return {
    isl,
    osl,
    lengthSpread: options.lengthSpread ?? LENGTH_SPREAD,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(requestRate === undefined ? {} : { requestRate }),
    prefixHitRate: options.prefixHitRate ?? 0,
  };
}

function sampleOf(load: EstimatedLoad, seed: number): RequestShape {
  const { concurrency, prefixHitRate } = load;
  const count = concurrency === undefined ? RATE_REQUESTS : Math.max(LEAST_REQUESTS, ROUNDS * concurrency);
  const lengths = evenLengths(load.isl, load.osl, load.lengthSpread);
  const profile = flatProfile(lengths, { requestRate: load.requestRate ?? 1, prefixHitRate });
  return sampleShape(profile, { count, seed, name: 'estimate' });
}

/** A warning with the rate that full batches reach, when requests come faster than they are served. */
function overload(run: FleetSimulation, fleet: FleetOptions, requests: RequestShape): readonly Diagnostic[] {
  if (run.evidence.isStationary) return [];
  const slots = fleet.pools
    .filter(({ role }) => role !== 'prefill')
    .reduce((sum, pool) => sum + pool.limits.maxSequences * pool.replicas.length, 0);
  const full = simulateFleetClosedLoop({
    ...fleet,
    requests,
    concurrency: Math.min(slots, requests.isl.length),
  });
  return [
    diagnostic('sim-not-stationary', {
      summary: `Requests come faster than they are served: ${formatNumber(run.evidence.requestRate, 3)}/s against about ${formatNumber(full.evidence.requestRate, 3)}/s with full batches. Latencies grow as long as the load lasts.`,
      path: '--rate',
      fix: 'Lower --rate, or add replicas or accelerators.',
    }),
  ];
}
