import type {
  Accelerator,
  Allocation,
  Candidate,
  CapacityType,
  EvaluatedCandidate,
  InstanceType,
  LatencySummary,
  LoadEvidence,
  Offering,
  PoolDocument,
} from '../../src/model/index.ts';
import { INDEPENDENT_NODES, NO_PARALLELISM } from '../../src/model/index.ts';
import {
  bytesPerSecond,
  gib,
  joules,
  requestsPerSecond,
  seconds,
  usdPerHour,
  watts,
} from '../../src/units/index.ts';

const SOURCE = { evidence: 'assumed', source: 'written for a test' } as const;

const SUMMARY: LatencySummary = {
  mean: { value: 8, low: 7, high: 9 },
  p50: { value: 7, low: 6, high: 8 },
  p90: { value: 14, low: 13, high: 15 },
  p95: { value: 18, low: 17, high: 19 },
  p99: { value: 30, low: 28, high: 31.5 },
};

export const EVIDENCE: LoadEvidence = {
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
    instanceType: instanceType(facts.pool.instanceType ?? '', facts.pool.provider, facts.accelerators),
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
    instanceType: pool.instanceType ?? '',
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
