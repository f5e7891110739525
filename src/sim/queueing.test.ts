import { describe, expect, it } from 'vitest';
import {
  EIGHT_BILLION,
  constantSteps,
  linearSteps,
  randomRequests,
} from '../../test/support/engine-fixtures.ts';
import { simulateClosedLoop, simulateEngine } from './engine-simulation.ts';
import { SimulationWorkspace } from './workspace.ts';

/** One sequence at a time, one token each, every step 10 ms: an M/D/1 queue with service time D = 10 ms. */
function singleServer(seed: number, load: number): ReturnType<typeof simulateEngine> {
  return simulateEngine({
    steps: constantSteps(0.01),
    requests: randomRequests({ seed, count: 5000, rate: load / 0.01, cv: 1, isl: 8, osl: 1, lengthCv: 0 }),
    limits: { maxBatchedTokens: 64, maxSequences: 1 },
    prefixCache: false,
    limitsOfSlo: [],
    warmupShare: 0.1,
  });
}

describe('an engine that serves one token at a time', () => {
  it.each([0.3, 0.6, 0.8])('waits as M/D/1 says (ρD/2(1−ρ)) at load %d, inside most intervals', (load) => {
    const expected = 0.01 + (load * 0.01) / (2 * (1 - load));
    let held = 0;
    let mean = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { evidence } = singleServer(seed, load);
      const estimate = evidence.latency.ttft.mean;
      mean += estimate.value / 60;
      if (estimate.low <= expected && expected <= estimate.high) held++;
    }
    expect(Math.abs(mean / expected - 1)).toBeLessThan(0.03);
    expect(held / 60).toBeGreaterThanOrEqual(0.85);
  });

  it('is busy for the share of time that its load says', () => {
    const { evidence } = singleServer(1, 0.6);
    expect(evidence.busyShare).toBeCloseTo(evidence.requestRate * 0.01, 2);
    expect(evidence.meanBatch).toBe(1);
  });
});

describe('a closed loop', () => {
  const requests = randomRequests({
    seed: 5,
    count: 6000,
    rate: 1,
    cv: 1,
    isl: 500,
    osl: 100,
    lengthCv: 0.8,
  });
  const engine = {
    steps: linearSteps(EIGHT_BILLION),
    requests,
    limits: { maxBatchedTokens: 2048, maxSequences: 64 },
    prefixCache: false,
    limitsOfSlo: [],
  };

  it.each([1, 16, 100])('of %d clients obeys Little’s law: clients = throughput × latency', (concurrency) => {
    const { evidence } = simulateClosedLoop({ ...engine, concurrency });
    const present = evidence.requestRate * evidence.latency.e2e.mean.value;
    expect(Math.abs(present / concurrency - 1)).toBeLessThan(0.02);
    expect(evidence.isStationary).toBe(true);
    expect(evidence.busyShare).toBeCloseTo(1, 6);
  });

  it('of one client takes the sum of its requests', () => {
    const steps = constantSteps(0.01);
    const { makespan, perRequest } = simulateClosedLoop({ ...engine, steps, concurrency: 1 });
    // A prompt takes a step per 2048 tokens; its last chunk gives the first token.
    const stepsOf = (id: number): number => Math.ceil(requests.isl[id]! / 2048) + requests.osl[id]! - 1;
    const total = [...requests.isl.keys()].reduce((sum, id) => sum + stepsOf(id), 0);
    expect(makespan).toBeCloseTo(total * 0.01, 6);
    expect(perRequest.e2e[7]).toBeCloseTo(stepsOf(7) * 0.01, 9);
  });

  it('spreads its clients over data-parallel ranks', () => {
    const one = simulateClosedLoop({ ...engine, concurrency: 8 });
    const two = simulateClosedLoop({
      ...engine,
      steps: linearSteps(EIGHT_BILLION, { dataParallel: 2 }),
      concurrency: 16,
    });
    expect(two.evidence.outputTokensPerSecond / one.evidence.outputTokensPerSecond).toBeCloseTo(2, 1);
  });

  it('refuses to run without clients', () => {
    expect(() => simulateClosedLoop({ ...engine, concurrency: 0 })).toThrow(RangeError);
  });
});

describe('an open loop', () => {
  const engine = {
    steps: linearSteps(EIGHT_BILLION, { kvBlocks: 27_000 }),
    limits: { maxBatchedTokens: 2048, maxSequences: 128 },
    prefixCache: false,
    limitsOfSlo: [],
  };
  const shape = { count: 10_000, cv: 1, isl: 1000, osl: 200, lengthCv: 0.8 };

  it('gives out as many tokens per second as are asked for when it is stable', () => {
    const requests = randomRequests({ ...shape, seed: 2, rate: 10 });
    const { evidence } = simulateEngine({ ...engine, requests });
    const meanOutput = requests.osl.reduce((sum, osl) => sum + osl, 0) / requests.osl.length;
    expect(evidence.outputTokensPerSecond / (evidence.requestRate * meanOutput)).toBeCloseTo(1, 1);
    expect(evidence.isStationary).toBe(true);
  });

  it('is never faster at a higher rate of the same requests, on average', () => {
    const latency = [2, 6, 10, 14].map((rate) => {
      const requests = randomRequests({ ...shape, seed: 3, rate });
      const { ttft, tpot } = simulateEngine({ ...engine, requests }).evidence.latency;
      return [ttft.mean.value, tpot.mean.value] as const;
    });
    for (let i = 1; i < latency.length; i++) {
      expect(latency[i]![0]).toBeGreaterThan(latency[i - 1]![0]);
      expect(latency[i]![1]).toBeGreaterThan(latency[i - 1]![1]);
    }
  });

  it('gives the same result again with a workspace that other runs have used', () => {
    const workspace = new SimulationWorkspace();
    const requests = randomRequests({ ...shape, seed: 4, rate: 12 });
    const fresh = simulateEngine({ ...engine, requests });
    simulateEngine({
      ...engine,
      requests: randomRequests({ ...shape, seed: 5, count: 300, rate: 60 }),
      workspace,
    });
    const limitsOfSlo = [{ metric: 'ttft', percentile: 'p50', limit: 1e-6 }] as never;
    simulateEngine({ ...engine, requests, workspace, limitsOfSlo, abortOnHopeless: true });
    const reused = simulateEngine({ ...engine, requests, workspace });
    expect(reused).toEqual(fresh);
  });
});
