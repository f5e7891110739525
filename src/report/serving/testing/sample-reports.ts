import { NO_PARALLELISM } from '../../../model/index.ts';
import type { LatencySummary } from '../../../model/index.ts';
import { bytes, gib, seconds } from '../../../units/index.ts';
import type { ConfigurationFacts } from '../configuration-facts.ts';
import type { EstimateReport, Figure } from '../estimate-report.ts';
import type { SimulationReport } from '../simulation-report.ts';

function configuration(pool: string): ConfigurationFacts {
  return {
    pool,
    role: 'aggregated',
    replicas: 2,
    model: 'example/model',
    accelerator: 'h100-sxm',
    accelerators: 1,
    acceleratorsPerNode: 8,
    parallelism: NO_PARALLELISM,
    engine: 'vllm',
    engineVersion: '0.19.0',
    weightPrecision: 'fp8',
    kvPrecision: 'bf16',
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 8192,
  };
}

const figure = (value: number): Figure => ({ value, low: value / 2, high: value * 2, evidence: 'fitted' });
const summary = { mean: figure(0.1), p50: figure(0.1), p99: figure(0.1) };

/** A small estimate with round figures. */
export function sampleEstimate(changes: Partial<EstimateReport> = {}): EstimateReport {
  return {
    formatVersion: '1.0',
    pools: [
      {
        configuration: configuration('replicas'),
        memory: {
          capacity: gib(80),
          weights: gib(40),
          activations: gib(1),
          reserve: gib(9),
          kvCache: bytes(30 * 2 ** 30),
          kvBlocks: 1000,
          blockTokens: 16,
          kvTokens: figure(16_000),
          sequences: figure(10),
          peakKvShare: 0.5,
        },
        busyShare: 1,
        meanBatch: 8,
        power: figure(500),
        startup: figure(100),
        steps: [
          {
            kind: 'decode',
            prefillTokens: 0,
            decodeSequences: 8,
            decodeKvTokens: 8000,
            time: figure(0.01),
            operators: [
              { operator: 'experts', seconds: 0.008, share: 0.8, bound: 'memory' },
              { operator: 'all-reduce', seconds: 0.002, share: 0.2, bound: 'link' },
            ],
          },
        ],
      },
    ],
    load: { isl: 1000, osl: 100, lengthSpread: 0.2, concurrency: 8, prefixHitRate: 0 },
    latency: { ttft: summary, tpot: summary, e2e: summary },
    lowerBounds: { ttft: figure(0.05), tpot: figure(0.005) },
    throughput: {
      requestsPerSecond: figure(1),
      outputTokensPerSecond: figure(100),
      tokensPerSecond: figure(1100),
      outputTokensPerSecondPerAccelerator: figure(50),
    },
    energyPerOutputToken: figure(10),
    isStationary: true,
    assumptions: ['Lengths vary.'],
    ...changes,
  };
}

const estimate = { value: 0.3, low: 0.2, high: 0.4 };
const latency: LatencySummary = {
  mean: estimate,
  p50: estimate,
  p90: estimate,
  p95: estimate,
  p99: estimate,
};
const factors = { low: 0.8, high: 1.2 };
const quantiles = Array.from({ length: 101 }, (_, i) => 0.1 + i / 500);

/** A small simulation of two replicas; `pool` names their pool. */
export function sampleSimulation(
  changes: Partial<SimulationReport> & { readonly pool?: string } = {},
): SimulationReport {
  const { pool = 'replicas', ...rest } = changes;
  return {
    formatVersion: '1.0',
    subject: 'chat',
    pools: [
      {
        configuration: configuration(pool),
        role: 'aggregated',
        requests: 100,
        busyShare: 0.5,
        meanBatch: 3,
        outputTokensPerSecond: 100,
        peakKvShare: 0.1,
        preemptions: 0,
        prefixHitRate: 0,
        leastBusy: 0.4,
        mostBusy: 0.6,
        steps: 1000,
      },
    ],
    traffic: {
      source: 'profile example',
      requests: 100,
      seconds: 100,
      meanRate: 1,
      isl: { mean: 1000, p50: 1000, p99: 2000 },
      osl: { mean: 100, p50: 100, p99: 200 },
      prefixShare: 0,
    },
    routing: 'least-loaded',
    seed: 1,
    latency: { ttft: latency, tpot: latency, e2e: latency },
    modelFactors: { ttft: factors, tpot: factors, e2e: factors },
    limits: [{ metric: 'ttft', percentile: 'p99', limit: seconds(1), ...estimate, met: true }],
    meetsSlo: true,
    goodputShare: 1,
    goodput: 1,
    requestRate: 1,
    outputTokensPerSecond: 100,
    measuredRequests: 90,
    rejected: 0,
    isStationary: true,
    makespan: 101,
    steps: 1000,
    distribution: { ttft: quantiles, tpot: quantiles, e2e: quantiles },
    timeline: {
      bucketSeconds: 25,
      pools: [
        {
          pool,
          running: [1, 2, 3, 4],
          waiting: [0, 0, 1, 0],
          kvShare: [0.1, 0.2, 0.3, 0.4],
          outputTokensPerSecond: [10, 20, 30, 40],
        },
      ],
    },
    assumptions: [],
    ...rest,
  };
}
