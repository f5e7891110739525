import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_PARALLELISM } from '../../model/index.ts';
import type { Decision, LatencySummary, Role, ServingPart, ServingPlan } from '../../model/index.ts';
import { shippedCoefficients } from '../../perf/index.ts';
import { gib, joules, microUsd, requestsPerSecond, seconds, watts } from '../../units/index.ts';
import { chatProfile, h100, resolvedProblem } from '../testing/resolved.ts';
import { brokenConstraints } from '../verify-decision.ts';
import { decisionOfPlan } from './decision-of-plan.ts';
import type { SearchResult } from './request.ts';

const RATE = 4;
const PER_NODE = 8;
const NODE_PRICE = 80;

function problemOf(maxNodes = Infinity) {
  const offering = h100({
    pool: 'h',
    zone: 'z1',
    capacityType: 'on-demand',
    price: NODE_PRICE,
    accelerators: PER_NODE,
  });
  return resolvedProblem({
    offerings: [offering],
    workloads: [{ id: 'chat', profile: chatProfile(RATE) }],
    maxNodes: { h: maxNodes },
  });
}

function partOf(tensorParallel: number, replicas: number, role: Role = 'aggregated'): ServingPart {
  return {
    candidate: {
      id: `chat/h/vllm-bf16-tp${tensorParallel}-${role}`,
      workload: 'chat',
      pool: 'h',
      instanceType: 'h.large',
      accelerator: 'h100-sxm',
      engine: 'vllm',
      engineVersion: '0.19.0',
      role,
      parallelism: { ...NO_PARALLELISM, tensorParallel },
      weightPrecision: 'bf16',
      kvPrecision: 'bf16',
      batch: { maxBatchedTokens: 4096, maxSequences: 256 },
      maxModelLength: 4096,
      podGroup: {
        nodes: 1,
        acceleratorsPerNode: tensorParallel,
        cpuMillicores: 1000 * tensorParallel,
        memory: gib(8 * tensorParallel),
        sharedMemory: gib(1),
      },
    },
    replicas,
    memory: {
      capacity: gib(80),
      weights: gib(16),
      activations: gib(1),
      reserve: gib(8),
      kvCache: 2 ** 35,
      kvBlocks: 1000,
      blockTokens: 16,
    },
  };
}

function summary(value: number): LatencySummary {
  const estimate = { value, low: value, high: value };
  return { mean: estimate, p50: estimate, p90: estimate, p95: estimate, p99: estimate };
}

function planOf(parts: readonly ServingPart[], changes: Partial<ServingPlan> = {}): ServingPlan {
  const accelerators = parts.reduce(
    (sum, part) => sum + part.replicas * part.candidate.parallelism.tensorParallel,
    0,
  );
  return {
    id: 'plan',
    mode: parts.length === 1 ? 'aggregated' : 'disaggregated',
    parts,
    accelerators,
    capacity: { value: 6, low: 5, high: 7 },
    limitedBy: 'tpot.p99',
    load: RATE,
    evidence: {
      requestRate: requestsPerSecond(RATE),
      requests: 16_000,
      latency: { ttft: summary(0.2), tpot: summary(0.02), e2e: summary(5) },
      goodputShare: 1,
      outputTokensPerSecond: 800,
      busyShare: 0.5,
      meanBatch: 10,
      peakKvShare: 0.2,
      preemptions: 0,
      isStationary: true,
    },
    merits: {
      costPerMonth: microUsd(accelerators * 10 * 730e6),
      costPerMillionTokens: microUsd(1e6),
      throughputPerAccelerator: 100,
      latency: seconds(5),
      energyPerOutputToken: joules(2),
      power: watts(500 * accelerators),
    },
    performance: { evidence: 'fitted', modelError: 0.1 },
    ...changes,
  };
}

const RESULT: SearchResult = {
  plans: [],
  pareto: [],
  rejected: [],
  proof: { enumerated: 9, left: {}, simulated: 3, simulations: 7, requests: 900, isComplete: true },
  binding: [],
};

const decide = (plan: ServingPlan, maxNodes?: number, isClosedLoop = false): Decision =>
  decisionOfPlan(plan, {
    isClosedLoop,
    problem: problemOf(maxNodes),
    coefficients: shippedCoefficients(),
    result: RESULT,
  });

const size = fc.constantFrom(1, 2, 4, 8);
const count = fc.integer({ min: 1, max: 12 });

describe('decisionOfPlan', () => {
  it('places equal replicas on as few whole nodes as hold them, with every constraint kept', () => {
    fc.assert(
      fc.property(size, count, (tensorParallel, replicas) => {
        const decision = decide(planOf([partOf(tensorParallel, replicas)]));
        const nodes = Math.ceil((tensorParallel * replicas) / PER_NODE);
        expect(decision.nodes.map((item) => item.nodes)).toEqual([{ w0: nodes }]);
        expect(decision.objectivePerMonth).toBe(nodes * NODE_PRICE * 730e6);
        expect(brokenConstraints(decision.checks)).toEqual([]);
        const [allocation] = decision.allocations;
        expect(allocation?.replicas).toEqual({ w0: { z1: replicas } });
        expect((allocation?.plannedRatePerReplica ?? 0) * replicas).toBeCloseTo(5, 9);
        const [workload] = decision.workloads;
        expect((workload?.operatingPoint.requestRate ?? 0) * replicas).toBeCloseTo(RATE, 9);
      }),
      { numRuns: 40 },
    );
  });

  it('lets both roles of a plan share nodes; a request needs both', () => {
    fc.assert(
      fc.property(fc.tuple(size, count), fc.tuple(size, count), ([p, prefills], [d, decodes]) => {
        const decision = decide(planOf([partOf(p, prefills, 'prefill'), partOf(d, decodes, 'decode')]));
        const bought = decision.nodes.reduce((sum, item) => sum + (item.nodes['w0'] ?? 0), 0);
        expect(bought).toBe(Math.ceil((p * prefills + d * decodes) / PER_NODE));
        expect(decision.allocations.map((item) => item.candidate.role).sort()).toEqual(['decode', 'prefill']);
        expect(brokenConstraints(decision.checks)).toEqual([]);
        expect(decision.workloads[0]?.chosen).toHaveLength(2);
        expect(decision.workloads[0]?.operatingPoint.requestRate).toBe(RATE);
      }),
      { numRuns: 40 },
    );
  });

  it('tells what does not hold instead of hiding it', () => {
    const quota = decide(planOf([partOf(8, 3)]), 2);
    expect(brokenConstraints(quota.checks).map((check) => check.constraint)).toEqual(['quota/h']);
    const short = decide(planOf([partOf(1, 1)], { capacity: { value: 3.5, low: 3, high: 4 } }));
    expect(brokenConstraints(short.checks).map((check) => check.constraint)).toContain('demand/chat/w0');
  });

  it('plans for the load that was simulated where that lies within the interval of the capacity', () => {
    const decision = decide(planOf([partOf(1, 2)], { capacity: { value: 4.5, low: 3.8, high: 5 } }));
    expect(brokenConstraints(decision.checks)).toEqual([]);
    expect((decision.allocations[0]?.plannedRatePerReplica ?? 0) * 2).toBeCloseTo(RATE, 9);
  });

  it('counts clients of a closed loop as the requests that they make', () => {
    const closed = planOf([partOf(1, 2)], { load: 40, capacity: { value: 60, low: 50, high: 70 } });
    const rate = decide(closed, Infinity, true).allocations[0]?.plannedRatePerReplica ?? 0;
    expect(rate * 2).toBeCloseTo((RATE * 50) / 40, 9);
  });

  it('keeps the proof, the rejections and what the search compared', () => {
    const plan = planOf([partOf(2, 1)]);
    const decision = decisionOfPlan(plan, {
      problem: problemOf(),
      coefficients: shippedCoefficients(),
      result: { ...RESULT, pareto: [plan, planOf([partOf(4, 2)])] },
      confidence: { level: 0.9, factors: { ttft: 1.5, tpot: 1.1, e2e: 1.2 } },
    });
    const [workload] = decision.workloads;
    expect(workload?.proof).toEqual(RESULT.proof);
    expect(workload?.pareto.map((item) => item.candidate.parallelism.tensorParallel)).toEqual([2, 4]);
    expect(workload?.confidence?.level).toBe(0.9);
    expect(workload?.availability.achieved).toBeGreaterThan(0.999);
  });
});
