import type {
  Accelerator,
  Allocation,
  Candidate,
  CapacityType,
  Decision,
  EvaluatedCandidate,
  InstanceType,
  LatencySummary,
  LoadEvidence,
  Offering,
  PlannedTraffic,
  PoolDocument,
  ProblemDocument,
  TimeWindow,
} from '../../src/model/index.ts';
import { INDEPENDENT_NODES, NO_PARALLELISM } from '../../src/model/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import {
  bytesPerSecond,
  gib,
  joules,
  microUsd,
  requestsPerSecond,
  seconds,
  usdPerHour,
  watts,
} from '../../src/units/index.ts';

/*
 * A plan written by hand: a chat service on on-demand base and spot surge whose replicas follow the working day, a
 * model over two nodes, an SGLang service on GCP and a TensorRT-LLM service on Azure.
 */

const SOURCE = { evidence: 'assumed', source: 'written for a test' } as const;

const SUMMARY: LatencySummary = {
  mean: { value: 8, low: 7, high: 9 },
  p50: { value: 7, low: 6, high: 8 },
  p90: { value: 14, low: 13, high: 15 },
  p95: { value: 18, low: 17, high: 19 },
  p99: { value: 30, low: 28, high: 31.5 },
};

const EVIDENCE: LoadEvidence = {
  requestRate: requestsPerSecond(2.5),
  requests: 5000,
  latency: { ttft: SUMMARY, tpot: SUMMARY, e2e: SUMMARY },
  goodputShare: 0.995,
  outputTokensPerSecond: 900,
  busyShare: 0.7,
  meanBatch: 20,
  peakKvShare: 0.6,
  preemptions: 0,
  isStationary: true,
};

export function evaluated(candidate: Candidate): EvaluatedCandidate {
  return {
    candidate,
    memory: {
      capacity: gib(80),
      weights: gib(8.75),
      activations: gib(2),
      reserve: gib(9),
      kvCache: 60.25 * 2 ** 30,
      kvBlocks: 10_000,
      blockTokens: 16,
    },
    capacity: { rate: { value: 2.5, low: 2.4, high: 2.6 }, limitedBy: 'tpot.p99', evidence: EVIDENCE },
    power: watts(5000),
    energyPerOutputToken: joules(5),
    startup: seconds(130),
    listCostPerHour: 55_040_000,
    evidence: 'fitted',
    modelError: 0.15,
  };
}

export function accelerator(name: string): Accelerator {
  return {
    name,
    aliases: [],
    vendor: 'NVIDIA',
    architecture: 'hopper',
    memory: gib(80),
    memoryBandwidth: bytesPerSecond(3.35e12),
    peakFlops: {},
    power: watts(700),
    link: { kind: 'nvlink', bandwidth: bytesPerSecond(450e9) },
    resourceName: 'nvidia.com/gpu',
    provenance: SOURCE,
  };
}

function instanceType(name: string, provider: string, accelerators: number): InstanceType {
  return {
    name,
    provider,
    family: name.split('.')[0] ?? name,
    cpuArchitecture: 'amd64',
    vcpus: 192,
    memory: gib(2048),
    accelerator: { name: 'h100-sxm', count: accelerators },
    networkBandwidth: bytesPerSecond(400e9),
    allocatable: { cpuMillicores: 190_000, memory: gib(1990), pods: 100 },
    provenance: SOURCE,
  };
}

export interface OfferingFacts {
  readonly pool: PoolDocument;
  readonly zone: string;
  readonly capacityType: CapacityType;
  readonly dollarsPerHour: number;
  readonly accelerators: number;
  readonly noticeSeconds: number;
}

export function offering(facts: OfferingFacts): Offering {
  return {
    id: `${facts.pool.id}/${facts.zone}/${facts.capacityType}`,
    pool: facts.pool.id,
    provider: facts.pool.provider,
    region: facts.pool.region,
    zone: facts.zone,
    instanceType: instanceType(facts.pool.instanceType, facts.pool.provider, facts.accelerators),
    accelerator: accelerator('h100-sxm'),
    capacityType: facts.capacityType,
    price: usdPerHour(facts.dollarsPerHour),
    priceProvenance: SOURCE,
    listPrice: usdPerHour(facts.dollarsPerHour),
    interruption: {
      monthlyLow: 0,
      monthlyHigh: 0.05,
      notice: seconds(facts.noticeSeconds),
      provenance: SOURCE,
    },
    correlationGroup: facts.capacityType === 'spot' ? `${facts.pool.id}/${facts.zone}` : INDEPENDENT_NODES,
    nodeStartup: seconds(300),
    interNodeBandwidth: bytesPerSecond(50e9),
  };
}

export const H100: PoolDocument = {
  id: 'h100',
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b'],
  instanceType: 'p5.48xlarge',
  capacityTypes: ['on-demand'],
  maxNodes: 8,
  labels: { 'example.com/on': 'on', 'example.com/rate': '1e3', 'example.com/mode': '0777' },
  taints: [{ key: 'example.com/reserved-for', value: 'yes', effect: 'NoSchedule' }],
};

export const L40S: PoolDocument = {
  id: 'l40s',
  provider: 'aws',
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  instanceType: 'g6e.12xlarge',
  capacityTypes: ['spot'],
};

export const GCP_POOL: PoolDocument = {
  id: 'a3',
  provider: 'gcp',
  region: 'us-central1',
  zones: ['us-central1-a'],
  instanceType: 'a3-highgpu-8g',
  capacityTypes: ['spot'],
};

export const AZURE_POOL: PoolDocument = {
  id: 'nd',
  provider: 'azure',
  region: 'eastus',
  zones: ['1'],
  instanceType: 'Standard_ND96isr_H100_v5',
};

export function candidate(workload: string, pool: PoolDocument, facts: Partial<Candidate>): Candidate {
  return {
    id: `${workload}/${pool.id}/vllm-fp8-tp8-b8192x256`,
    workload,
    pool: pool.id,
    instanceType: pool.instanceType,
    accelerator: 'h100-sxm',
    engine: 'vllm',
    engineVersion: '0.19.1',
    role: 'aggregated',
    parallelism: { ...NO_PARALLELISM, tensorParallel: 8 },
    weightPrecision: 'fp8',
    kvPrecision: 'fp8',
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 32_768,
    podGroup: {
      nodes: 1,
      acceleratorsPerNode: 8,
      cpuMillicores: 32_000,
      memory: gib(256),
      sharedMemory: gib(32),
    },
    ...facts,
  };
}

export interface AllocationFacts {
  readonly tier: Allocation['tier'];
  readonly capacityType: CapacityType;
  readonly replicas: Allocation['replicas'];
  readonly ratePerReplica: number;
}

export function allocation(of: Candidate, facts: AllocationFacts): Allocation {
  return {
    id: `${of.workload}-${of.pool}-${facts.capacityType}`,
    workload: of.workload,
    candidate: of,
    pool: of.pool,
    instanceType: of.instanceType,
    capacityType: facts.capacityType,
    tier: facts.tier,
    replicas: facts.replicas,
    plannedRatePerReplica: requestsPerSecond(facts.ratePerReplica),
  };
}

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
