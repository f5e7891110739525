import type {
  Allocation,
  Candidate,
  CostLineItem,
  EvaluatedCandidate,
  LatencySummary,
  LoadEvidence,
  PlanDocument,
  PolicyVerdict,
} from '../../src/model/index.ts';
import { NO_PARALLELISM } from '../../src/model/index.ts';
import { buildPlan } from '../../src/plan/index.ts';
import type { PlanParts } from '../../src/plan/index.ts';
import {
  gib,
  joules,
  microUsd,
  requestsPerSecond,
  seconds,
  usd,
  usdPerHour,
  watts,
} from '../../src/units/index.ts';

const HASH = 'a'.repeat(64);

/** A latency whose percentiles are all `value` seconds, with an interval of ±10 %. */
export function flatLatency(value: number): LatencySummary {
  const estimate = { value, low: value * 0.9, high: value * 1.1 };
  return { mean: estimate, p50: estimate, p90: estimate, p95: estimate, p99: estimate };
}

export const EVIDENCE: LoadEvidence = {
  requestRate: requestsPerSecond(4),
  requests: 15_000,
  latency: { ttft: flatLatency(0.6), tpot: flatLatency(0.03), e2e: flatLatency(6.9) },
  goodputShare: 0.998,
  outputTokensPerSecond: 840,
  busyShare: 0.7,
  meanBatch: 24,
  peakKvShare: 0.4,
  preemptions: 0,
  isStationary: true,
};

export const CANDIDATE: Candidate = {
  id: 'chat/h100/vllm-fp8-tp4-b8192x256',
  workload: 'chat',
  pool: 'h100',
  instanceType: 'p5.48xlarge',
  accelerator: 'h100-sxm',
  engine: 'vllm',
  engineVersion: '0.19.0',
  role: 'aggregated',
  parallelism: { ...NO_PARALLELISM, tensorParallel: 4 },
  weightPrecision: 'fp8',
  kvPrecision: 'bf16',
  batch: { maxBatchedTokens: 8192, maxSequences: 256 },
  maxModelLength: 16_384,
  podGroup: {
    nodes: 1,
    acceleratorsPerNode: 4,
    cpuMillicores: 32_000,
    memory: gib(512),
    sharedMemory: gib(16),
  },
};

export const EVALUATED: EvaluatedCandidate = {
  candidate: CANDIDATE,
  memory: {
    capacity: gib(80),
    weights: gib(18),
    activations: gib(2),
    reserve: gib(8),
    kvCache: gib(52),
    kvBlocks: 10_000,
    blockTokens: 16,
  },
  capacity: { rate: { value: 5, low: 4.6, high: 5.4 }, limitedBy: 'ttft.p99', evidence: EVIDENCE },
  power: watts(2400),
  energyPerOutputToken: joules(2.8),
  startup: seconds(180),
  listCostPerHour: 27_520_000,
  evidence: 'fitted',
  modelError: 0.2,
};

function allocation(capacityType: 'on-demand' | 'spot', replicas: number): Allocation {
  return {
    id: `chat-h100-${capacityType}`,
    workload: 'chat',
    candidate: CANDIDATE,
    pool: 'h100',
    instanceType: 'p5.48xlarge',
    capacityType,
    tier: capacityType === 'spot' ? 'surge' : 'base',
    replicas: { w0: { 'us-east-1a': replicas }, w1: { 'us-east-1a': 1 } },
    plannedRatePerReplica: requestsPerSecond(4.6),
  };
}

function lineItem(capacityType: 'on-demand' | 'spot', price: number, nodeHours: number): CostLineItem {
  return {
    id: `h100/us-east-1a/${capacityType}/chat`,
    workload: 'chat',
    team: 'assistants',
    pool: 'h100',
    provider: 'aws',
    region: 'us-east-1',
    zone: 'us-east-1a',
    instanceType: 'p5.48xlarge',
    capacityType,
    nodeHours,
    listUnitPrice: usdPerHour(55.04),
    unitPrice: usdPerHour(price),
    listCost: usd(55.04 * nodeHours),
    effectiveCost: usd(price * nodeHours),
    priceProvenance: { evidence: 'published', source: 'price table', date: '2026-07-20' },
  };
}

export const VIOLATION: PolicyVerdict = {
  rule: 'budget',
  pack: 'cost-guardrails',
  level: 'mandatory',
  title: 'The plan stays within its budget',
  subject: 'plan chat',
  outcome: 'violation',
  message: 'costs <b>more</b> & "too much"',
  remediation: 'Raise the budget.',
  reference: 'https://example.org/budget',
};

/** The parts of a plan of one workload on two pod sets; every figure is made up and consistent. */
export function sampleParts(): PlanParts {
  const items = [lineItem('on-demand', 55.04, 730), lineItem('spot', 26.4192, 365)];
  const total = microUsd(items.reduce((sum, item) => sum + item.effectiveCost, 0));
  return {
    stack: 'chat',
    inputs: {
      toolVersion: '0.1.0',
      stackFile: 'examples/chat/stack.ts',
      seed: 1,
      flags: {},
      hashes: {
        problem: HASH,
        catalog: HASH,
        prices: HASH,
        coefficients: HASH,
        traffic: HASH,
        policies: HASH,
      },
      priceDates: { oldest: '2025-06-28', newest: '2026-07-20' },
    },
    problem: {
      apiVersion: 'plimsoll.dev/v1alpha1',
      name: 'chat',
      pools: [
        {
          id: 'h100',
          provider: 'aws',
          region: 'us-east-1',
          zones: ['us-east-1a'],
          instanceType: 'p5.48xlarge',
        },
      ],
      workloads: [
        {
          kind: 'llm',
          id: 'chat',
          model: 'meta-llama/Llama-3.1-70B-Instruct',
          traffic: { profile: 'azure-llm-2023-conversation' },
          slo: { ttft: { p99: '1.5s' }, tpot: { p99: '60ms' }, availability: '99.9%' },
        },
      ],
    },
    offerings: [],
    traffic: [
      {
        workload: 'chat',
        profile: 'azure-llm-2023-conversation',
        source: 'Azure public dataset',
        meanRate: 12,
        peakRate: 19.2,
        burstiness: 1.1,
        prefixHitRate: 0,
        isl: { mean: 1155, p50: 1020, p99: 4142 },
        osl: { mean: 211, p50: 129, p99: 601 },
      },
    ],
    decision: {
      status: 'optimal',
      solver: 'highs',
      objectivePerMonth: total,
      boundPerMonth: total,
      gap: 0,
      windows: [
        { id: 'w0', hours: [9, 10], peakRate: { chat: requestsPerSecond(19.2) } },
        { id: 'w1', hours: [0, 1], peakRate: { chat: requestsPerSecond(6) } },
      ],
      allocations: [allocation('on-demand', 3), allocation('spot', 2)],
      nodes: [],
      workloads: [
        {
          workload: 'chat',
          chosen: [EVALUATED],
          runnerUp: {
            candidate: 'chat/l40s/vllm-fp8-tp4-b2048x128',
            perMonth: microUsd(total + 1_000_000_000),
          },
          pareto: [EVALUATED],
          rejected: [
            {
              candidate: 'chat/l40s/x',
              workload: 'chat',
              pool: 'l40s',
              reason: 'out-of-memory',
              detail: 'needs 70 GiB of 44 GiB',
            },
            {
              candidate: 'chat/l40s/y',
              workload: 'chat',
              pool: 'l40s',
              reason: 'slo-not-met',
              detail: 'tpot.p99 70 ms of 60 ms',
            },
          ],
          counts: { enumerated: 40, simulated: 12, simulations: 96 },
          operatingPoint: EVIDENCE,
          availability: {
            workload: 'chat',
            target: 0.999,
            achieved: 0.9995,
            scenarios: [
              {
                failed: 'nothing',
                probability: 0.999,
                remainingRate: requestsPerSecond(23),
                meetsDemand: true,
              },
            ],
          },
        },
      ],
      checks: [{ constraint: 'demand/chat/w0', holds: true, used: 19.2, limit: 23, unit: 'requests/s' }],
      constraintPrices: [
        { constraint: 'tolerates/chat', description: 'Surviving the loss of a group', perMonth: usd(412) },
      ],
      bindingConstraints: [],
    },
    cost: {
      lineItems: items,
      totalPerMonth: total,
      listPerMonth: microUsd(items.reduce((sum, item) => sum + item.listCost, 0)),
      workloads: [
        {
          workload: 'chat',
          team: 'assistants',
          perMonth: total,
          perThousandRequests: usd(1.5),
          perMillionTokens: usd(1.1),
          requestsPerMonth: 31_536_000,
          tokensPerMonth: 4.3e10,
        },
      ],
    },
    policy: { verdicts: [], passes: true, rulesEvaluated: 12 },
    objects: [
      {
        path: 'manifests/b.yaml',
        apiVersion: 'v1',
        kind: 'Service',
        namespace: 'llm',
        name: 'chat',
        sha256: HASH,
      },
      {
        path: 'manifests/a.yaml',
        apiVersion: 'v1',
        kind: 'Namespace',
        namespace: '',
        name: 'llm',
        sha256: HASH,
      },
    ],
    assumptions: [{ subject: 'chat', statement: 'Hours are alike', evidence: 'assumed' }],
  };
}

/** The sample plan, with parts replaced. */
export function samplePlan(changes: Partial<PlanParts> = {}): PlanDocument {
  return buildPlan({ ...sampleParts(), ...changes });
}
