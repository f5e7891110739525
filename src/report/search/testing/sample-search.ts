import { NO_PARALLELISM } from '../../../model/index.ts';
import type { LatencySummary } from '../../../model/index.ts';
import { seconds } from '../../../units/index.ts';
import type { SearchReport, SearchedPart, SearchedPlan } from '../search-report.ts';

/** A part of round figures. */
export function samplePart(changes: Partial<SearchedPart> = {}): SearchedPart {
  return {
    role: 'aggregated',
    replicas: 2,
    pool: 'h100-sxm',
    accelerator: 'h100-sxm',
    parallelism: { ...NO_PARALLELISM, tensorParallel: 2 },
    engine: 'vllm',
    engineVersion: '0.19.0',
    weightPrecision: 'fp8',
    kvPrecision: 'bf16',
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 2048,
    acceleratorsPerReplica: 2,
    ...changes,
  };
}

function summary(value: number): LatencySummary {
  const estimate = { value, low: value * 0.9, high: value * 1.1 };
  return { mean: estimate, p50: estimate, p90: estimate, p95: estimate, p99: estimate };
}

/** A plan with these merits; the rest is round. */
export function samplePlan(
  facts: { readonly id: string; readonly cost: number; readonly e2e: number; readonly energy: number },
  changes: Partial<SearchedPlan> = {},
): SearchedPlan {
  return {
    id: facts.id,
    mode: 'aggregated',
    parts: [samplePart()],
    accelerators: 4,
    costPerMonth: facts.cost,
    costPerMillionTokens: 0.8,
    throughputPerAccelerator: 420,
    energyPerOutputToken: facts.energy,
    power: 2000,
    load: 4,
    latency: { ttft: summary(0.2), tpot: summary(0.02), e2e: summary(facts.e2e) },
    goodputShare: 0.995,
    outputTokensPerSecond: 1200,
    capacity: { value: 5, low: 4.8, high: 5.2 },
    limitedBy: 'tpot.p99',
    evidence: 'fitted',
    modelError: 0.1,
    ...changes,
  };
}

/** A small search: two aggregated plans and a disaggregated one on eight H100. */
export function sampleSearch(changes: Partial<SearchReport> = {}): SearchReport {
  const cheap = samplePlan({ id: 'a', cost: 20_000, e2e: 8, energy: 2 });
  const fast = samplePlan(
    { id: 'b', cost: 40_000, e2e: 5, energy: 4 },
    {
      accelerators: 8,
      parts: [samplePart({ replicas: 1, parallelism: { ...NO_PARALLELISM, tensorParallel: 8 } })],
    },
  );
  const apart = samplePlan(
    { id: 'c', cost: 30_000, e2e: 7, energy: 3 },
    {
      mode: 'disaggregated',
      accelerators: 6,
      parts: [samplePart({ role: 'prefill', replicas: 1 }), samplePart({ role: 'decode' })],
    },
  );
  return {
    formatVersion: '1.0',
    model: 'example/model',
    cluster: [
      {
        pool: 'h100-sxm',
        accelerator: 'h100-sxm',
        accelerators: 8,
        acceleratorsPerNode: 8,
        instanceType: 'p5.48xlarge',
        pricePerAcceleratorHour: 6.88,
        priceSource: 'p5.48xlarge on demand in us-east-1',
      },
    ],
    load: {
      source: 'stated lengths',
      kind: 'rate',
      requestRate: 4,
      isl: { mean: 1000, p99: 1000 },
      osl: { mean: 300, p99: 300 },
      burstiness: 1,
      prefixHitRate: 0,
    },
    slo: [
      { metric: 'tpot', percentile: 'p99', limit: seconds(0.05) },
      { metric: 'ttft', percentile: 'p99', limit: seconds(1) },
    ],
    objective: 'cost',
    limits: [],
    modes: ['aggregated', 'disaggregated'],
    seed: 1,
    isPriced: true,
    plans: [cheap, apart, fast],
    pareto: [cheap, apart, fast],
    leastLatency: fast,
    leastEnergy: cheap,
    proof: {
      enumerated: 1296,
      left: { 'out-of-memory': 640, costlier: 12 },
      simulated: 56,
      simulations: 240,
      requests: 480_000,
      bound: 19_000,
      gap: 0.05,
      isComplete: true,
    },
    rejected: [],
    assumptions: ['Formats of the weights: bf16, fp8.'],
    ...changes,
  };
}
