import type {
  Allocation,
  Decision,
  Offering,
  PlannedTraffic,
  ProblemDocument,
  TimeWindow,
} from '../../src/model/index.ts';
import { NO_PARALLELISM } from '../../src/model/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import { gib, microUsd, requestsPerSecond } from '../../src/units/index.ts';
import {
  AZURE_POOL,
  EVIDENCE,
  GCP_POOL,
  H100,
  L40S,
  allocation,
  candidate,
  evaluated,
  offering,
} from './plan-parts.ts';

/*
 * A plan written by hand: a chat service on on-demand base and spot surge whose replicas follow the working day, a
 * model over two nodes, an SGLang service on GCP and a TensorRT-LLM service on Azure.
 */

/** Working hours (Monday to Friday 08:00 to 18:00 UTC) are `w0`, the others `w1`. */
export const WINDOWS: readonly TimeWindow[] = (() => {
  const hours = Array.from({ length: 168 }, (_, hour) => hour);
  const isWorking = (hour: number): boolean => hour < 120 && hour % 24 >= 8 && hour % 24 < 18;
  return [
    { id: 'w0', hours: hours.filter(isWorking), peakRate: { chat: requestsPerSecond(14) } },
    {
      id: 'w1',
      hours: hours.filter((hour) => !isWorking(hour)),
      peakRate: { chat: requestsPerSecond(4) },
    },
  ];
})();

export const ALLOCATIONS: readonly Allocation[] = [
  allocation(candidate('chat', H100, {}), {
    tier: 'base',
    capacityType: 'on-demand',
    replicas: { w0: { 'us-east-1a': 2, 'us-east-1b': 2 }, w1: { 'us-east-1a': 1, 'us-east-1b': 1 } },
    ratePerReplica: 2.4,
  }),
  allocation(
    candidate('chat', L40S, {
      id: 'chat/l40s/vllm-fp8-tp4-b4096x128',
      parallelism: { ...NO_PARALLELISM, tensorParallel: 4 },
      kvPrecision: 'bf16',
      batch: { maxBatchedTokens: 4096, maxSequences: 128 },
      podGroup: {
        nodes: 1,
        acceleratorsPerNode: 4,
        cpuMillicores: 15_500,
        memory: gib(128),
        sharedMemory: gib(16),
      },
    }),
    {
      tier: 'surge',
      capacityType: 'spot',
      replicas: { w0: { 'us-east-1a': 3, 'us-east-1b': 1, 'us-east-1c': 2 }, w1: {} },
      ratePerReplica: 0.9,
    },
  ),
  allocation(
    candidate('deep', H100, {
      id: 'deep/h100/vllm-fp8-block-tp8·pp2-b8192x256',
      parallelism: { ...NO_PARALLELISM, tensorParallel: 8, pipelineParallel: 2 },
      weightPrecision: 'fp8-block',
      kvPrecision: 'bf16',
      podGroup: {
        nodes: 2,
        acceleratorsPerNode: 8,
        cpuMillicores: 64_000,
        memory: gib(512),
        sharedMemory: gib(64),
      },
    }),
    {
      tier: 'base',
      capacityType: 'on-demand',
      replicas: { w0: { 'us-east-1a': 1, 'us-east-1b': 1 }, w1: { 'us-east-1a': 1, 'us-east-1b': 1 } },
      ratePerReplica: 1.1,
    },
  ),
  allocation(
    candidate('search', GCP_POOL, {
      id: 'search/a3/sglang-bf16-tp8-b8192x256',
      engine: 'sglang',
      engineVersion: '0.5.5',
      weightPrecision: 'bf16',
      kvPrecision: 'bf16',
    }),
    {
      tier: 'surge',
      capacityType: 'spot',
      replicas: { w0: { 'us-central1-a': 1 }, w1: { 'us-central1-a': 1 } },
      ratePerReplica: 3,
    },
  ),
  allocation(
    candidate('code', AZURE_POOL, {
      id: 'code/nd/tensorrt-llm-fp8-tp8-b8192x256',
      engine: 'tensorrt-llm',
      engineVersion: '1.2.0',
    }),
    {
      tier: 'base',
      capacityType: 'on-demand',
      replicas: { w0: { '1': 3 }, w1: { '1': 2 } },
      ratePerReplica: 4,
    },
  ),
];

const FP8_CHECKPOINT = 'RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8';

export const PROBLEM: ProblemDocument = {
  apiVersion: 'plimsoll.dev/v1alpha1',
  name: 'prod',
  pools: [H100, L40S, GCP_POOL, AZURE_POOL],
  workloads: [
    {
      kind: 'llm',
      id: 'chat',
      model: 'meta-llama/Llama-3.1-70B-Instruct',
      checkpoints: { fp8: FP8_CHECKPOINT },
      traffic: { profile: 'azure-llm-2023-conv' },
      slo: { ttft: { p99: '1.5s' }, tolerates: 'correlation-group' },
      team: 'assistants',
      namespace: 'llm',
    },
    {
      kind: 'llm',
      id: 'deep',
      model: 'deepseek-ai/DeepSeek-V3',
      checkpoints: { 'fp8-block': 'deepseek-ai/DeepSeek-V3' },
      traffic: { profile: 'azure-llm-2023-conv' },
      slo: { tolerates: 'node' },
      namespace: 'research',
    },
    {
      kind: 'llm',
      id: 'search',
      model: 'Qwen/Qwen2.5-72B-Instruct',
      traffic: { profile: 'azure-llm-2023-conv' },
      slo: { tolerates: 'nothing' },
      namespace: 'llm',
    },
    {
      kind: 'llm',
      id: 'code',
      model: 'meta-llama/Llama-3.1-70B-Instruct',
      checkpoints: { fp8: FP8_CHECKPOINT },
      traffic: { profile: 'azure-llm-2023-code' },
      slo: {},
    },
  ],
};

const OFFERINGS: readonly Offering[] = [
  ...['us-east-1a', 'us-east-1b'].map((zone) =>
    offering({
      pool: H100,
      zone,
      capacityType: 'on-demand',
      dollarsPerHour: 55.04,
      accelerators: 8,
      noticeSeconds: 0,
    }),
  ),
  ...(
    [
      ['us-east-1a', 4.1],
      ['us-east-1b', 4.35],
      ['us-east-1c', 4.123456],
    ] as const
  ).map(([zone, dollarsPerHour]) =>
    offering({ pool: L40S, zone, capacityType: 'spot', dollarsPerHour, accelerators: 4, noticeSeconds: 120 }),
  ),
  offering({
    pool: GCP_POOL,
    zone: 'us-central1-a',
    capacityType: 'spot',
    dollarsPerHour: 30,
    accelerators: 8,
    noticeSeconds: 30,
  }),
  offering({
    pool: AZURE_POOL,
    zone: '1',
    capacityType: 'on-demand',
    dollarsPerHour: 98.32,
    accelerators: 8,
    noticeSeconds: 0,
  }),
];

const TRAFFIC: readonly PlannedTraffic[] = PROBLEM.workloads.map((workload) => ({
  workload: workload.id,
  profile: 'azure-llm-2023-conv',
  source: 'written for a test',
  meanRate: 5,
  peakRate: 14,
  burstiness: 1,
  prefixHitRate: 0.2,
  isl: { mean: 1000, p50: 900, p99: 4000 },
  osl: { mean: 200, p50: 150, p99: 800 },
}));

/** A decision with these allocations and a node per replica and zone. */
export function decision(allocations: readonly Allocation[]): Decision {
  return {
    status: 'optimal',
    solver: 'highs',
    objectivePerMonth: microUsd(1e12),
    boundPerMonth: microUsd(1e12),
    gap: 0,
    windows: WINDOWS,
    allocations,
    nodes: allocations.flatMap((item) =>
      [...new Set(Object.values(item.replicas).flatMap((zones) => Object.keys(zones)))].map((zone) => ({
        offering: `${item.pool}/${zone}/${item.capacityType}`,
        pool: item.pool,
        zone,
        instanceType: item.instanceType,
        capacityType: item.capacityType,
        nodes: { w0: item.replicas['w0']?.[zone] ?? 0, w1: item.replicas['w1']?.[zone] ?? 0 },
      })),
    ),
    workloads: [...new Set(allocations.map((item) => item.workload))].map((workload) => ({
      workload,
      chosen: allocations
        .filter((item) => item.workload === workload)
        .map((item) => evaluated(item.candidate)),
      pareto: [],
      rejected: [],
      counts: { enumerated: 1, simulated: 1, simulations: 1 },
      operatingPoint: EVIDENCE,
      availability: { workload, target: 0.999, achieved: 0.9995, scenarios: [] },
    })),
    checks: [],
    constraintPrices: [],
    bindingConstraints: [],
  };
}

export const PLAN_SOURCE: SynthesisSource = {
  stack: 'prod',
  problem: PROBLEM,
  offerings: OFFERINGS,
  traffic: TRAFFIC,
  decision: decision(ALLOCATIONS),
};

/** The plan with other allocations. */
export function planWith(
  allocations: readonly Allocation[],
  changes: Partial<SynthesisSource> = {},
): SynthesisSource {
  return { ...PLAN_SOURCE, decision: decision(allocations), ...changes };
}

/** The hand-made allocation of an id. */
export function allocationOf(id: string): Allocation {
  const found = ALLOCATIONS.find((item) => item.id === id);
  if (found === undefined) throw new Error(`no allocation ${id}`);
  return found;
}
