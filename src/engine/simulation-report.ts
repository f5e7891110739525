import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import type { LatencyLimit, LatencyMetric, RequestColumns } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { SIMULATION_FORMAT_VERSION } from '../report/index.ts';
import type {
  LengthFacts,
  SimulatedPool,
  SimulatedTimeline,
  SimulatedTraffic,
  SimulationReport,
} from '../report/index.ts';
import { evaluateSlo } from '../sim/index.ts';
import type { FleetSimulation } from '../sim/index.ts';
import { formatNumber } from '../units/index.ts';
import type { Deployment } from './deployment.ts';
import { certaintiesOf, ttftShareOf } from './certainties.ts';
import type { Certainty } from './figure.ts';
import type { SimulatedRequests } from './simulated-requests.ts';

/** What a report of a simulation is made of. */
export interface SimulationParts {
  readonly subject: string;
  readonly deployment: Deployment;
  readonly requests: SimulatedRequests;
  readonly run: FleetSimulation;
  readonly coefficients: OperatorCoefficients;
  readonly routing: string;
  readonly limits: readonly LatencyLimit[];
  readonly seed: number;
}

/** Probabilities of `distribution`: whole percents. */
const STEPS = 100;

/** The report of a finished simulation. */
export function simulationReport(parts: SimulationParts): SimulationReport {
  const { run, limits, deployment } = parts;
  const { evidence } = run;
  return {
    formatVersion: SIMULATION_FORMAT_VERSION,
    subject: parts.subject,
    pools: deployment.pools.map((_, index) => simulatedPool(parts, index)),
    traffic: trafficFacts(parts.requests),
    routing: parts.routing,
    seed: parts.seed,
    latency: evidence.latency,
    modelFactors: modelFactors(parts),
    limits: limits.map((limit) => {
      const { value, low, high } = evidence.latency[limit.metric][limit.percentile];
      return { ...limit, value, low, high, met: value <= limit.limit };
    }),
    meetsSlo: evaluateSlo(evidence, limits).met,
    goodputShare: evidence.goodputShare,
    goodput: evidence.goodputShare * evidence.requestRate,
    requestRate: evidence.requestRate,
    outputTokensPerSecond: evidence.outputTokensPerSecond,
    measuredRequests: evidence.requests,
    rejected: run.rejected,
    isStationary: evidence.isStationary,
    makespan: run.makespan,
    steps: run.steps,
    ...(run.transfer === undefined
      ? {}
      : {
          transfer: {
            bytes: run.transfer.bytes,
            meanSeconds: run.transfer.meanSeconds,
            shareOfLatency: run.transfer.shareOfLatency,
          },
        }),
    distribution: distributionOf(run),
    timeline: timelineOf(run),
    assumptions: deployment.assumptions,
  };
}

function modelFactors({ deployment, coefficients, run }: SimulationParts): SimulationReport['modelFactors'] {
  const { ttft, tpot, e2e } = certaintiesOf(
    deployment.pools,
    coefficients,
    ttftShareOf(run.evidence.latency),
  );
  const factors = ({ low, high }: Certainty): { readonly low: number; readonly high: number } => ({
    low,
    high,
  });
  return { ttft: factors(ttft), tpot: factors(tpot), e2e: factors(e2e) };
}

/** Warnings that belong to a finished simulation: a load that was not served, requests that were refused. */
export function simulationDiagnostics({ subject, run }: SimulationParts): readonly Diagnostic[] {
  const { evidence, rejected, perRequest } = run;
  const isAnyServed = rejected < perRequest.arrival.length;
  return [
    ...(evidence.isStationary || !isAnyServed
      ? []
      : [
          diagnostic('sim-not-stationary', {
            summary: `Requests came faster than they were served: ${formatNumber(evidence.requestRate, 3)}/s. Latencies grow as long as the load lasts; the percentiles hold for this run only.`,
            path: subject,
            fix: 'Simulate more replicas (--replicas) or a lower rate (--rate, --rate-scale).',
          }),
        ]),
    ...(rejected === 0
      ? []
      : [
          diagnostic('traffic-too-long', {
            summary: `${isAnyServed ? String(rejected) : `All ${rejected}`} requests are longer than the sequences that are served; they were refused and count as outside the SLO.`,
            path: subject,
            fix: 'Raise --max-model-length, or give the KV cache more memory.',
          }),
        ]),
  ];
}

function simulatedPool({ deployment, run }: SimulationParts, index: number): SimulatedPool {
  const configuration = deployment.pools[index]!.facts;
  const { pool: _pool, replicas, ...use } = run.pools[index]!;
  const busy = replicas.map((replica) => replica.busyShare);
  return { configuration, ...use, leastBusy: Math.min(...busy), mostBusy: Math.max(...busy) };
}

function trafficFacts({ columns, source }: SimulatedRequests): SimulatedTraffic {
  const { arrival, isl, osl, cachedTokens } = columns;
  const span = (arrival.at(-1) ?? 0) - (arrival[0] ?? 0);
  const count = arrival.length;
  return {
    source,
    requests: count,
    seconds: span,
    meanRate: span > 0 ? (count - 1) / span : 0,
    isl: lengthFacts(isl),
    osl: lengthFacts(osl),
    prefixShare: sum(cachedTokens) / Math.max(1, sum(isl)),
  };
}

function lengthFacts(lengths: RequestColumns['isl']): LengthFacts {
  const sorted = lengths.slice().sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { mean: sum(lengths) / Math.max(1, lengths.length), p50: at(0.5), p99: at(0.99) };
}

function sum(values: Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function distributionOf({ perRequest, evidence }: FleetSimulation): SimulationReport['distribution'] {
  const quantiles = (metric: LatencyMetric): readonly number[] => {
    const column = perRequest[metric];
    const sorted = column
      .subarray(column.length - evidence.requests)
      .filter((value) => value >= 0)
      .sort();
    if (sorted.length === 0) return [];
    return Array.from({ length: STEPS + 1 }, (_, step) => {
      const rank = Math.max(1, Math.ceil((step / STEPS) * sorted.length));
      return sorted[rank - 1] ?? 0;
    });
  };
  return { ttft: quantiles('ttft'), tpot: quantiles('tpot'), e2e: quantiles('e2e') };
}

function timelineOf({ timeline }: FleetSimulation): SimulatedTimeline {
  return {
    bucketSeconds: timeline.bucketSeconds,
    pools: timeline.pools.map(({ pool, running, waiting, kvShare, outputTokensPerSecond }) => ({
      pool,
      running: rounded(running),
      waiting: rounded(waiting),
      kvShare: rounded(kvShare),
      outputTokensPerSecond: rounded(outputTokensPerSecond),
    })),
  };
}

/** Six digits are more than a chart shows and keep the JSON small. */
function rounded(values: readonly number[]): readonly number[] {
  return values.map((value) => Number(value.toPrecision(6)));
}
