import {
  gib,
  requestsPerSecond,
  seconds,
  tokens,
  usd,
  usdPerHour,
  joules,
  watts,
  bytes,
} from '../../units/index.ts';
import type {
  Allocation,
  Candidate,
  CapacityType,
  CostLineItem,
  Estimate,
  EvaluatedCandidate,
  LatencySummary,
  LoadEvidence,
  Offering,
  ProblemDocument,
} from '../../model/index.ts';
import type { PlanFacts } from '../views.ts';

/** The day on which tests judge. */
export const TODAY = '2026-03-01';

/** A chat service on one H100 pool in two zones, within a budget of 1,000 USD a month. */
export const PROBLEM: ProblemDocument = {
  apiVersion: 'plimsoll.dev/v1alpha1',
  name: 'demo',
  pools: [
    {
      id: 'h100',
      provider: 'aws',
      region: 'us-east-1',
      zones: ['us-east-1b', 'us-east-1a'],
      instanceType: 'p5.48xlarge',
      capacityTypes: ['spot', 'on-demand'],
    },
  ],
  workloads: [
    {
      kind: 'llm',
      id: 'chat',
      model: 'llama-3.1-70b',
      traffic: { profile: 'any' },
      slo: { ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' },
      maxSpotShare: '50%',
      team: 'search',
    },
  ],
  budgets: [{ id: 'fleet', limit: '1000 USD/month' }],
};

const estimate = (value: number): Estimate => ({ value, low: value * 0.9, high: value * 1.1 });
const summary = (p99: number): LatencySummary => ({
  mean: estimate(p99 / 4),
  p50: estimate(p99 / 3),
  p90: estimate(p99 / 2),
  p95: estimate(p99 / 1.5),
  p99: estimate(p99),
});

/** A stationary run with p99 TTFT 1.2 s and TPOT 45 ms. */
export const EVIDENCE: LoadEvidence = {
  requestRate: requestsPerSecond(2),
  requests: 1000,
  latency: { ttft: summary(1.2), tpot: summary(0.045), e2e: summary(12) },
  goodputShare: 0.995,
  outputTokensPerSecond: 400,
  busyShare: 0.8,
  meanBatch: 12,
  peakKvShare: 0.5,
  preemptions: 0,
  isStationary: true,
};

const CANDIDATE: Candidate = {
  id: 'chat/h100/vllm-fp8-tp4-b8192x256',
  workload: 'chat',
  pool: 'h100',
  instanceType: 'p5.48xlarge',
  accelerator: 'h100-sxm',
  engine: 'vllm',
  engineVersion: '0.11.0',
  role: 'aggregated',
  parallelism: {
    tensorParallel: 4,
    pipelineParallel: 1,
    dataParallel: 1,
    expertParallel: 1,
    contextParallel: 1,
  },
  weightPrecision: 'fp8',
  kvPrecision: 'fp8',
  batch: { maxBatchedTokens: 8192, maxSequences: 256 },
  maxModelLength: 16_384,
  podGroup: {
    nodes: 1,
    acceleratorsPerNode: 4,
    cpuMillicores: 32_000,
    memory: gib(256),
    sharedMemory: gib(16),
  },
};

const CHOSEN: EvaluatedCandidate = {
  candidate: CANDIDATE,
  memory: {
    capacity: gib(80),
    weights: gib(18),
    activations: gib(4),
    reserve: gib(4),
    kvCache: gib(50),
    kvBlocks: 4000,
    blockTokens: tokens(16),
  },
  capacity: { rate: estimate(3), limitedBy: 'tpot.p99', evidence: EVIDENCE },
  power: watts(2800),
  energyPerOutputToken: joules(3),
  startup: seconds(180),
  listCostPerHour: 27_520_000,
  evidence: 'fitted',
  modelError: 0.1,
};

function allocation(
  tier: Allocation['tier'],
  capacityType: CapacityType,
  replicas: Allocation['replicas'],
): Allocation {
  return {
    id: `chat-h100-${capacityType}`,
    workload: 'chat',
    candidate: CANDIDATE,
    pool: 'h100',
    instanceType: 'p5.48xlarge',
    capacityType,
    tier,
    replicas,
    plannedRatePerReplica: requestsPerSecond(2),
  };
}

function offering(zone: string, capacityType: CapacityType, price: number): Offering {
  const provenance = { evidence: 'published', source: 'price list', date: '2026-01-01' } as const;
  return {
    id: `h100/${zone}/${capacityType}`,
    pool: 'h100',
    provider: 'aws',
    region: 'us-east-1',
    zone,
    instanceType: {
      name: 'p5.48xlarge',
      provider: 'aws',
      family: 'p5',
      cpuArchitecture: 'amd64',
      vcpus: 192,
      memory: bytes(2 ** 41),
      networkBandwidth: 4e11 as Offering['interNodeBandwidth'],
      allocatable: { cpuMillicores: 190_000, memory: bytes(2 ** 41), pods: 100 },
      provenance,
    },
    capacityType,
    price: usdPerHour(price),
    priceProvenance: capacityType === 'spot' ? { evidence: 'assumed', source: 'estimate' } : provenance,
    listPrice: usdPerHour(55),
    interruption: { monthlyLow: 0.05, monthlyHigh: 0.1, notice: seconds(120), provenance },
    correlationGroup: 'node',
    nodeStartup: seconds(300),
    interNodeBandwidth: 5e10 as Offering['interNodeBandwidth'],
  };
}

function line(workload: string, capacityType: CapacityType, dollars: number): CostLineItem {
  return {
    id: `h100/us-east-1a/${capacityType}/${workload}`,
    workload,
    team: workload === 'chat' ? 'search' : '',
    pool: 'h100',
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instanceType: 'p5.48xlarge',
    capacityType,
    nodeHours: 730,
    listUnitPrice: usdPerHour(55),
    unitPrice: usdPerHour(55),
    listCost: usd(dollars),
    effectiveCost: usd(dollars),
    priceProvenance: { evidence: 'published', source: 'price list', date: '2026-01-01' },
  };
}

/**
 * Two windows: w0 (40 h, 5 requests/s) with two on-demand replicas in two zones and one spot replica, w1 (128 h,
 * 1 request/s) with one on-demand replica. Cost 800 USD a month, of which 200 USD are idle.
 */
export const PLAN: PlanFacts = {
  formatVersion: '1.0',
  stack: 'demo',
  inputs: {
    toolVersion: '0.0.0',
    stackFile: 'stack.ts',
    seed: 1,
    flags: {},
    hashes: { problem: '', catalog: '', prices: '', coefficients: '', traffic: '', policies: '' },
    priceDates: { oldest: '2026-01-01', newest: '2026-01-01' },
  },
  problem: PROBLEM,
  offerings: [
    offering('us-east-1a', 'on-demand', 55),
    offering('us-east-1a', 'spot', 20),
    offering('us-east-1b', 'on-demand', 55),
  ],
  traffic: [
    {
      workload: 'chat',
      profile: 'any',
      source: 'test',
      meanRate: 2,
      peakRate: 5,
      burstiness: 1,
      prefixHitRate: 0,
      isl: { mean: 1000, p50: 900, p99: 4000 },
      osl: { mean: 200, p50: 150, p99: 800 },
    },
  ],
  decision: {
    status: 'feasible-with-gap',
    solver: 'highs',
    objectivePerMonth: usd(800),
    boundPerMonth: usd(784),
    gap: 0.02,
    windows: [
      { id: 'w1', hours: hoursFrom(40, 128), peakRate: { chat: requestsPerSecond(1) } },
      { id: 'w0', hours: hoursFrom(0, 40), peakRate: { chat: requestsPerSecond(5) } },
    ],
    allocations: [
      allocation('surge', 'spot', { w0: { 'us-east-1a': 1 } }),
      allocation('base', 'on-demand', {
        w0: { 'us-east-1a': 1, 'us-east-1b': 1 },
        w1: { 'us-east-1a': 1 },
      }),
    ],
    nodes: [
      node('us-east-1a', 'on-demand', { w0: 1, w1: 1 }),
      node('us-east-1b', 'on-demand', { w0: 1, w1: 0 }),
      node('us-east-1a', 'spot', { w0: 1, w1: 0 }),
    ],
    workloads: [
      {
        workload: 'chat',
        chosen: [CHOSEN],
        pareto: [CHOSEN],
        rejected: [],
        counts: { enumerated: 1, simulated: 1, simulations: 1 },
        operatingPoint: EVIDENCE,
        availability: { workload: 'chat', target: 0.999, achieved: 0.9995, scenarios: [] },
      },
    ],
    checks: [{ constraint: 'demand/chat/w0', holds: true, used: 5, limit: 6, unit: 'requests/s' }],
    constraintPrices: [],
    bindingConstraints: [],
  },
  cost: {
    lineItems: [line('chat', 'on-demand', 500), line('chat', 'spot', 100), line('(idle)', 'on-demand', 200)],
    totalPerMonth: usd(800),
    listPerMonth: usd(1100),
    workloads: [
      {
        workload: 'chat',
        team: 'search',
        perMonth: usd(600),
        perThousandRequests: usd(0.12),
        perMillionTokens: usd(1.5),
        requestsPerMonth: 5e6,
        tokensPerMonth: 4e8,
      },
    ],
  },
  assumptions: [],
};

function node(
  zone: string,
  capacityType: CapacityType,
  nodes: Readonly<Record<string, number>>,
): PlanFacts['decision']['nodes'][number] {
  const place = { pool: 'h100', zone, instanceType: 'p5.48xlarge', capacityType };
  return { offering: `h100/${zone}/${capacityType}`, ...place, nodes };
}

function hoursFrom(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}
