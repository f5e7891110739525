import type { Estimate, LatencyMetric, LatencySummary } from '../model/index.ts';
import type { OperatorCoefficients } from '../perf/index.ts';
import { loneStepTime, minimumStepTime, passTime } from '../perf/index.ts';
import { ESTIMATE_FORMAT_VERSION } from '../report/index.ts';
import type { EstimateReport, EstimatedCost, EstimatedLoad, Figure } from '../report/index.ts';
import type { FleetSimulation } from '../sim/index.ts';
import { formatNumber } from '../units/index.ts';
import type { DeployedPool, Deployment } from './deployment.ts';
import { estimatedPool } from './estimate-pool.ts';
import type { AcceleratorPrice } from './estimate-price.ts';
import { certaintiesOf, ttftShareOf } from './certainties.ts';
import type { Certainties } from './certainties.ts';
import { EXACT, POWER_CERTAINTY, combined, figureWithin } from './figure.ts';
import type { Certainty } from './figure.ts';

/** What an estimate is made of. */
export interface EstimateParts {
  readonly deployment: Deployment;
  readonly load: EstimatedLoad;
  readonly run: FleetSimulation;
  readonly price: AcceleratorPrice | undefined;
  readonly coefficients: OperatorCoefficients;
}

/** The report of an estimate from its simulation. */
export function estimateReport(parts: EstimateParts): EstimateReport {
  const { deployment, load, run } = parts;
  const { evidence } = run;
  const certainty = certaintiesOf(deployment.pools, parts.coefficients, ttftShareOf(evidence.latency));
  const summary = (metric: LatencyMetric): Record<'mean' | 'p50' | 'p99', Figure> =>
    latencyFigures(evidence.latency[metric], certainty[metric]);
  const pools = deployment.pools.map((pool, index) => estimatedPool(pool, parts, index));
  const throughput = throughputOf(parts, certainty.throughput);
  const watts = pools.reduce((sum, pool) => sum + pool.power.value * pool.configuration.replicas, 0);
  const perToken = watts / Math.max(1e-9, throughput.outputTokensPerSecond.value);
  const cost = parts.price === undefined ? {} : { cost: costOf(parts.price, deployment, throughput, load) };
  return {
    formatVersion: ESTIMATE_FORMAT_VERSION,
    pools,
    load,
    latency: { ttft: summary('ttft'), tpot: summary('tpot'), e2e: summary('e2e') },
    lowerBounds: lowerBoundsOf(parts, certainty),
    throughput,
    energyPerOutputToken: figureWithin(
      perToken,
      load.requestRate === undefined
        ? combined(POWER_CERTAINTY, certainty.throughput, 'assumed')
        : POWER_CERTAINTY,
    ),
    ...cost,
    isStationary: evidence.isStationary,
    ...(run.transfer === undefined ? {} : { transferSeconds: run.transfer.meanSeconds }),
    assumptions: [...deployment.assumptions, ...loadAssumptions(load)],
  };
}

function latencyFigures(
  summary: LatencySummary,
  certainty: Certainty,
): Record<'mean' | 'p50' | 'p99', Figure> {
  const figure = ({ value }: Estimate): Figure => figureWithin(value, certainty);
  return { mean: figure(summary.mean), p50: figure(summary.p50), p99: figure(summary.p99) };
}

/** Requests at a rate that is served come out as they go in; clients get what latency leaves them. */
function throughputOf(
  { deployment, load, run }: EstimateParts,
  certainty: Certainty,
): EstimateReport['throughput'] {
  const { requestRate, outputTokensPerSecond, isStationary } = run.evidence;
  const isOffered = load.requestRate !== undefined && isStationary;
  const known = isOffered ? { ...certainty, ...EXACT } : certainty;
  // More requests than are served do not come out: the tokens tell the rate.
  const served = isStationary ? requestRate : outputTokensPerSecond / load.osl;
  return {
    requestsPerSecond: figureWithin(served, known),
    outputTokensPerSecond: figureWithin(outputTokensPerSecond, known),
    tokensPerSecond: figureWithin(outputTokensPerSecond + served * load.isl, known),
    outputTokensPerSecondPerAccelerator: figureWithin(
      outputTokensPerSecond / acceleratorsOf(deployment),
      known,
    ),
  };
}

function acceleratorsOf({ pools }: Deployment): number {
  return pools.reduce((sum, { facts }) => sum + facts.replicas * facts.accelerators, 0);
}

function lowerBoundsOf(
  { deployment, load, coefficients }: EstimateParts,
  certainty: Certainties,
): EstimateReport['lowerBounds'] {
  const entry = deployment.pools.find(({ facts }) => facts.role !== 'decode');
  const last = deployment.pools.findLast(({ facts }) => facts.role !== 'prefill');
  return {
    ttft: figureWithin(entry === undefined ? 0 : promptAlone(entry, load), certainty.ttft),
    tpot: figureWithin(
      last === undefined ? 0 : minimumStepTime(last.configuration, coefficients),
      certainty.tpot,
    ),
  };
}

/** TTFT of one prompt on an idle replica: ingest, the steps of its tokens that are not cached, the way out. */
function promptAlone({ performance, configuration }: DeployedPool, load: EstimatedLoad): number {
  const { steps } = performance;
  const { isl, prefixHitRate } = load;
  const budget = configuration.batch.maxBatchedTokens;
  let time = steps.ingest.base + steps.ingest.perInputToken * isl + steps.outputLatency;
  for (let done = Math.min(isl - 1, Math.floor(isl * prefixHitRate)); done < isl; done += budget) {
    const tokens = Math.min(budget, isl - done);
    const prefillAttended = tokens * (done + tokens / 2);
    const batch = { prefillTokens: tokens, prefillAttended, decodeSequences: 0, decodeKvTokens: 0 };
    // Chunks follow each other through the stages; only the last one has to pass all of them.
    time += done + tokens < isl ? loneStepTime(steps, batch) : passTime(steps, batch);
  }
  return time;
}

function costOf(
  price: AcceleratorPrice,
  deployment: Deployment,
  throughput: EstimateReport['throughput'],
  load: EstimatedLoad,
): EstimatedCost {
  const perHour = price.perHour * acceleratorsOf(deployment);
  const per = (amount: number, { value, low, high }: Figure): Figure => ({
    value: (perHour * amount) / (value * 3600),
    low: (perHour * amount) / (high * 3600),
    high: (perHour * amount) / (low * 3600),
    evidence: throughput.requestsPerSecond.evidence,
  });
  const { outputTokensPerSecond, tokensPerSecond, requestsPerSecond } = throughput;
  return {
    pricePerAcceleratorHour: price.perHour,
    source: price.source,
    perHour,
    perMillionOutputTokens: per(1e6, outputTokensPerSecond),
    perMillionTokens: per(1e6, load.isl + load.osl > 0 ? tokensPerSecond : outputTokensPerSecond),
    perThousandRequests: per(1e3, requestsPerSecond),
  };
}

function loadAssumptions({ lengthSpread, requestRate, prefixHitRate }: EstimatedLoad): readonly string[] {
  return [
    lengthSpread === 0
      ? 'All requests have the same lengths.'
      : `Lengths vary evenly by ${formatNumber(lengthSpread * 100)} % to both sides.`,
    requestRate === undefined
      ? 'Clients send the next request as soon as the last one is answered.'
      : 'Requests arrive as a Poisson process.',
    ...(prefixHitRate === 0
      ? ['No prompt finds a cached prefix.']
      : [`Every prompt finds ${formatNumber(prefixHitRate * 100)} % of its tokens cached.`]),
    'Power within 20 %, start-up within a factor of 1.5 (assumed).',
  ];
}
