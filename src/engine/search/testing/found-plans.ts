import { NO_PARALLELISM } from '../../../model/index.ts';
import type { LatencySummary, LoadEvidence, ServingPlan } from '../../../model/index.ts';
import type { SearchOptions, SearchRequest, SearchResult } from '../../../optimize/index.ts';
import { gib, joules, microUsd, requestsPerSecond, seconds, watts } from '../../../units/index.ts';
import type { SearchPlans } from '../run-search.ts';

function summary(value: number): LatencySummary {
  const estimate = { value, low: value * 0.9, high: value * 1.1 };
  return { mean: estimate, p50: estimate, p90: estimate, p95: estimate, p99: estimate };
}

const EVIDENCE: LoadEvidence = {
  requestRate: requestsPerSecond(4),
  requests: 16_000,
  latency: { ttft: summary(0.2), tpot: summary(0.02), e2e: summary(6) },
  goodputShare: 0.999,
  outputTokensPerSecond: 1200,
  busyShare: 0.8,
  meanBatch: 24,
  peakKvShare: 0.3,
  preemptions: 0,
  isStationary: true,
};

/** A plan of one replica on the first pool of a request that costs `costPerMonth` dollars. For tests only. */
export function onePlan({ workload, offerings }: SearchRequest, costPerMonth: number): ServingPlan {
  const [offering] = offerings;
  const accelerator = offering?.accelerator?.name ?? '';
  return {
    id: '1xtest',
    mode: 'aggregated',
    parts: [
      {
        candidate: {
          id: 'test',
          workload: workload.workload.id,
          pool: offering?.pool ?? '',
          instanceType: offering?.instanceType.name ?? '',
          accelerator,
          engine: workload.workload.engines[0] ?? 'vllm',
          engineVersion: '0.19.0',
          role: 'aggregated',
          parallelism: { ...NO_PARALLELISM, tensorParallel: 2 },
          weightPrecision: 'fp8',
          kvPrecision: 'bf16',
          batch: { maxBatchedTokens: 8192, maxSequences: 256 },
          maxModelLength: workload.workload.maxModelLength,
          podGroup: {
            nodes: 1,
            acceleratorsPerNode: 2,
            cpuMillicores: 1000,
            memory: gib(10),
            sharedMemory: gib(1),
          },
        },
        replicas: 1,
        memory: {
          capacity: gib(80),
          weights: gib(40),
          activations: gib(1),
          reserve: gib(8),
          kvCache: 30 * 2 ** 30,
          kvBlocks: 1000,
          blockTokens: 16,
        },
      },
    ],
    accelerators: 2,
    capacity: { value: 5, low: 4.8, high: 5.2 },
    limitedBy: 'tpot.p99',
    load: 4,
    evidence: EVIDENCE,
    merits: {
      costPerMonth: microUsd(costPerMonth * 1e6),
      costPerMillionTokens: microUsd(0.8e6),
      throughputPerAccelerator: 420,
      latency: seconds(6),
      energyPerOutputToken: joules(2),
      power: watts(1400),
    },
    performance: { evidence: 'fitted', modelError: 0.1 },
  };
}

/** A result with these changes to one that found nothing. For tests only. */
export function resultOf(changes: Partial<SearchResult>): SearchResult {
  return {
    plans: [],
    pareto: [],
    rejected: [],
    proof: {
      enumerated: 10,
      left: {},
      simulated: 2,
      simulations: 20,
      requests: 40_000,
      isComplete: true,
    },
    binding: [],
    ...changes,
  };
}

/** A search that answers at once and remembers what it was asked. For tests only. */
export function recordingSearch(
  answer: (request: SearchRequest, options: SearchOptions) => Partial<SearchResult>,
): { readonly searchPlans: SearchPlans; readonly asked: (readonly [SearchRequest, SearchOptions])[] } {
  const asked: (readonly [SearchRequest, SearchOptions])[] = [];
  const searchPlans: SearchPlans = (request, options) => {
    asked.push([request, options]);
    return Promise.resolve(resultOf(answer(request, options)));
  };
  return { searchPlans, asked };
}
