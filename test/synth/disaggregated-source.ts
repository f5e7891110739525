import type { Allocation, Capacity, Decision, ProblemDocument } from '../../src/model/index.ts';
import { NO_PARALLELISM } from '../../src/model/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import { gib } from '../../src/units/index.ts';
import { GCP_POOL, H100, L40S, allocation, candidate } from './plan-parts.ts';
import { PLAN_SOURCE, decision } from './plan-source.ts';

/*
 * A plan written by hand whose workloads are served by prefill and decode pools: chat by vLLM with a decode pool on demand
 * and one on spot that follows the working day; search by SGLang, both roles on nodes of one pool, decode over two nodes.
 */

const EVERY_WINDOW = (zones: Readonly<Record<string, number>>): Allocation['replicas'] => ({
  w0: zones,
  w1: zones,
});

const CHAT_PREFILL = candidate('chat', H100, {
  id: 'chat/h100/vllm-fp8-prefill-tp4-b16384x64',
  role: 'prefill',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 4 },
  batch: { maxBatchedTokens: 16_384, maxSequences: 64 },
  podGroup: {
    nodes: 1,
    acceleratorsPerNode: 4,
    cpuMillicores: 20_000,
    memory: gib(96),
    sharedMemory: gib(12),
  },
});

const CHAT_DECODE = candidate('chat', H100, {
  id: 'chat/h100/vllm-fp8-decode-tp8-b2048x256',
  role: 'decode',
  batch: { maxBatchedTokens: 2048, maxSequences: 256 },
});

const CHAT_SURGE = candidate('chat', L40S, {
  id: 'chat/l40s/vllm-fp8-decode-tp4-b2048x128',
  role: 'decode',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 4 },
  batch: { maxBatchedTokens: 2048, maxSequences: 128 },
  podGroup: {
    nodes: 1,
    acceleratorsPerNode: 4,
    cpuMillicores: 15_500,
    memory: gib(128),
    sharedMemory: gib(16),
  },
});

const SEARCH_PREFILL = candidate('search', GCP_POOL, {
  id: 'search/a3/sglang-bf16-prefill-tp4·pp2-b8192x64',
  engine: 'sglang',
  engineVersion: '0.5.14',
  role: 'prefill',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 4, pipelineParallel: 2 },
  weightPrecision: 'bf16',
  kvPrecision: 'bf16',
  stages: [38, 42].map((layers) => ({
    pool: 'a3',
    instanceType: 'a3-highgpu-8g',
    accelerator: 'h100-sxm',
    layers,
  })),
});

const SEARCH_DECODE = candidate('search', GCP_POOL, {
  id: 'search/a3/sglang-bf16-decode-tp4·dp4-b2048x128',
  engine: 'sglang',
  engineVersion: '0.5.14',
  role: 'decode',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 4, dataParallel: 4, feedForwardParallel: 16 },
  weightPrecision: 'bf16',
  kvPrecision: 'bf16',
  podGroup: {
    nodes: 2,
    acceleratorsPerNode: 8,
    cpuMillicores: 64_000,
    memory: gib(512),
    sharedMemory: gib(64),
  },
});

/** The allocations; those of `search` have ids that do not say their role. */
export const SPLIT_ALLOCATIONS: readonly Allocation[] = [
  {
    ...allocation(CHAT_PREFILL, {
      tier: 'base',
      capacityType: 'on-demand',
      replicas: EVERY_WINDOW({ 'us-east-1a': 1, 'us-east-1b': 1 }),
      ratePerReplica: 6,
    }),
    id: 'chat-prefill-h100-on-demand',
  },
  {
    ...allocation(CHAT_DECODE, {
      tier: 'base',
      capacityType: 'on-demand',
      replicas: { w0: { 'us-east-1a': 2, 'us-east-1b': 2 }, w1: { 'us-east-1a': 1, 'us-east-1b': 1 } },
      ratePerReplica: 3,
    }),
    id: 'chat-decode-h100-on-demand',
  },
  {
    ...allocation(CHAT_SURGE, {
      tier: 'surge',
      capacityType: 'spot',
      replicas: { w0: { 'us-east-1a': 1, 'us-east-1b': 1 }, w1: {} },
      ratePerReplica: 1,
    }),
    id: 'chat-decode-l40s-spot',
  },
  ...[SEARCH_PREFILL, SEARCH_DECODE].map((of) => ({
    ...allocation(of, {
      tier: 'surge',
      capacityType: 'spot',
      replicas: EVERY_WINDOW({ 'us-central1-a': 1 }),
      ratePerReplica: 2,
    }),
    id: `search-a3-spot${of.role === 'decode' ? '-dp4' : ''}`,
  })),
];

const USED = new Set(['chat', 'search']);

const PROBLEM: ProblemDocument = {
  ...PLAN_SOURCE.problem,
  name: 'split',
  pools: PLAN_SOURCE.problem.pools.filter((pool) => pool.id !== 'nd'),
  workloads: PLAN_SOURCE.problem.workloads.filter((workload) => USED.has(workload.id)),
};

export const SPLIT_SOURCE: SynthesisSource = splitPlan(SPLIT_ALLOCATIONS);

/** The plan with other allocations. */
export function splitPlan(allocations: readonly Allocation[]): SynthesisSource {
  return {
    stack: 'split',
    problem: PROBLEM,
    offerings: PLAN_SOURCE.offerings.filter((offering) => offering.pool !== 'nd'),
    traffic: PLAN_SOURCE.traffic.filter((traffic) => USED.has(traffic.workload)),
    decision: withFirstTokens(decision(allocations)),
  };
}

/** The decision with first tokens after a fifth of the whole time, as prefill pools give them. */
function withFirstTokens(decided: Decision): Decision {
  return {
    ...decided,
    workloads: decided.workloads.map((workload) => ({
      ...workload,
      chosen: workload.chosen.map((item) => ({ ...item, capacity: withEarlyTtft(item.capacity) })),
    })),
  };
}

function withEarlyTtft(capacity: Capacity): Capacity {
  const { evidence } = capacity;
  const { e2e } = evidence.latency;
  const ttft = {
    ...e2e,
    mean: { value: e2e.mean.value / 5, low: e2e.mean.low / 5, high: e2e.mean.high / 5 },
  };
  return { ...capacity, evidence: { ...evidence, latency: { ...evidence.latency, ttft } } };
}
