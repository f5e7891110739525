import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EIGHT_BILLION,
  linearSteps,
  randomRequests,
  requestColumns,
} from '../../test/support/engine-fixtures.ts';
import type { LatencyLimit, LoadEvidence } from '../model/index.ts';
import { seconds } from '../units/index.ts';
import { simulateEngine } from './engine-simulation.ts';
import { evaluateSlo } from './slo-evaluation.ts';

const limit = (
  metric: LatencyLimit['metric'],
  percentile: LatencyLimit['percentile'],
  value: number,
): LatencyLimit => ({
  metric,
  percentile,
  limit: seconds(value),
});

const engine = {
  steps: linearSteps(EIGHT_BILLION, { kvBlocks: 27_000 }),
  limits: { maxBatchedTokens: 2048, maxSequences: 128 },
  prefixCache: false,
};

/** Five requests one after the other, 10 ms per step: ttft 10 ms; tpot 10 ms; e2e 10, 20, 30, 40, 50 ms. */
function fiveRequests(limitsOfSlo: readonly LatencyLimit[]): LoadEvidence {
  const steps = linearSteps({ base: 0.01, perToken: 0, perKvToken: 0 });
  const requests = requestColumns([1, 2, 3, 4, 5].map((osl) => [osl, 10, osl]));
  return simulateEngine({ ...engine, steps, requests, limitsOfSlo, warmupShare: 0 }).evidence;
}

describe('an SLO', () => {
  it('is met when every percentile is within its limit; the nearest limit is named', () => {
    const limits = [limit('e2e', 'p99', 0.1), limit('ttft', 'p99', 0.0125)];
    const { met, worst } = evaluateSlo(fiveRequests(limits), limits);
    expect(met).toBe(true);
    expect(worst.limit).toBe('ttft.p99');
    expect(worst.value).toBeCloseTo(0.01, 9);
    expect(worst.ratio).toBeCloseTo(0.8, 9);
  });

  it('is broken by one percentile; the limit broken worst is named', () => {
    const limits = [limit('e2e', 'p50', 0.02), limit('e2e', 'p99', 0.02), limit('ttft', 'p99', 1)];
    const { met, worst } = evaluateSlo(fiveRequests(limits), limits);
    expect(met).toBe(false);
    expect(worst.limit).toBe('e2e.p99');
    expect(worst.ratio).toBeCloseTo(2.5, 9);
  });

  it('can be judged by the upper end of the interval', () => {
    const limits = [limit('e2e', 'p50', 0.03)];
    const evidence = { ...fiveRequests(limits) };
    expect(evaluateSlo(evidence, limits).met).toBe(evidence.latency.e2e.p50.value <= 0.03);
    expect(evaluateSlo(evidence, limits, 'high').met).toBe(false);
  });

  it('is not met by a run that is not stationary, whatever its percentiles', () => {
    const evidence = { ...fiveRequests([]), isStationary: false };
    expect(evaluateSlo(evidence, [limit('ttft', 'p99', 10)])).toMatchObject({
      met: false,
      worst: { limit: 'stability', ratio: Infinity },
    });
    expect(evaluateSlo(evidence, [limit('ttft', 'p99', 1e-3)]).worst.limit).toBe('ttft.p99');
  });

  it('without limits is met by any stationary run', () => {
    expect(evaluateSlo(fiveRequests([]), []).met).toBe(true);
  });
});

describe('goodput', () => {
  it('is the share of requests within every limit; a request of one token has no tpot to break', () => {
    expect(fiveRequests([limit('e2e', 'p99', 0.0301)]).goodputShare).toBe(0.6);
    expect(fiveRequests([limit('tpot', 'p99', 0.001)]).goodputShare).toBe(0.2);
    expect(fiveRequests([limit('e2e', 'p99', 0.0301), limit('ttft', 'p50', 0.001)]).goodputShare).toBe(0);
    expect(fiveRequests([]).goodputShare).toBe(1);
  });
});

describe('stopping a hopeless run', () => {
  const limits = [limit('tpot', 'p99', 0.05), limit('ttft', 'p99', 0.5)];
  const requests = randomRequests({
    seed: 8,
    count: 5000,
    rate: 40,
    cv: 1,
    isl: 1000,
    osl: 200,
    lengthCv: 0.8,
  });

  it('ends an overload early, names the limit, and leaves evidence that breaks it', () => {
    const full = simulateEngine({ ...engine, requests, limitsOfSlo: limits });
    const stopped = simulateEngine({ ...engine, requests, limitsOfSlo: limits, abortOnHopeless: true });
    expect(stopped.steps).toBeLessThan(full.steps / 5);
    expect(stopped.unfinished).toBeGreaterThan(0);
    expect(['tpot.p99', 'ttft.p99']).toContain(stopped.abortedBy);
    expect(evaluateSlo(stopped.evidence, limits).met).toBe(false);
  });

  it('stops exactly the runs that would break a percentile', () => {
    const shape = fc.record({
      seed: fc.nat(1000),
      count: fc.constantFrom(50, 300),
      rate: fc.constantFrom(2, 10, 15, 25),
      tpot: fc.double({ min: 0.005, max: 0.08, noNaN: true }),
      percentile: fc.constantFrom('p50', 'p90', 'p99'),
    });
    const seen = { stopped: 0, kept: 0 };
    fc.assert(
      fc.property(shape, ({ seed, count, rate, tpot, percentile }) => {
        const sample = randomRequests({ seed, count, rate, cv: 1, isl: 500, osl: 60, lengthCv: 1 });
        const limitsOfSlo = [limit('tpot', percentile, tpot), limit('ttft', 'p90', 10 * tpot)];
        const run = { ...engine, requests: sample, limitsOfSlo };
        const full = simulateEngine(run);
        const watched = simulateEngine({ ...run, abortOnHopeless: true });
        const isBroken = evaluateSlo({ ...full.evidence, isStationary: true }, limitsOfSlo).worst.ratio > 1;
        expect(watched.abortedBy !== undefined).toBe(isBroken);
        if (watched.abortedBy === undefined) expect(watched).toEqual(full);
        else expect(evaluateSlo(watched.evidence, limitsOfSlo).met).toBe(false);
        seen[isBroken ? 'stopped' : 'kept']++;
      }),
      { numRuns: 150, seed: 5 },
    );
    expect(Math.min(seen.stopped, seen.kept)).toBeGreaterThan(20);
  });
});
