import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchLimits, LatencyLimit } from '../../model/index.ts';
import { simulateClosedLoop, simulateEngine } from '../../sim/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';
import { seconds } from '../../units/index.ts';
import { capacityBound } from './capacity-bound.ts';
import { BoundedLoads } from './bounded-loads.ts';
import { LoneLatency } from './latency-bound.ts';
import { stepCosts } from './step-costs.ts';

/** Seconds of a stage: a base, per token, per attended pair, per cached token read. */
const stage = fc.record({
  base: fc.double({ min: 1e-3, max: 2e-2, noNaN: true }),
  perToken: fc.double({ min: 0, max: 1e-4, noNaN: true }),
  perPair: fc.double({ min: 0, max: 1e-8, noNaN: true }),
  perRead: fc.double({ min: 0, max: 1e-7, noNaN: true }),
});
type StageLaw = typeof stage extends fc.Arbitrary<infer T> ? T : never;
const stages = fc.array(stage, { minLength: 2, maxLength: 4 });

type Batch = Parameters<NonNullable<StepTimeModel['stageTimes']>>[0];

function pipeline(laws: readonly StageLaw[]): StepTimeModel {
  const timeOf = (law: StageLaw, batch: Batch): number =>
    batch.prefillTokens + batch.decodeSequences === 0
      ? 0
      : law.base +
        law.perToken * (batch.prefillTokens + batch.decodeSequences) +
        law.perPair * batch.prefillAttended +
        law.perRead * batch.decodeKvTokens;
  const stepTime: StepTimeModel['stepTime'] = (
    prefillTokens,
    prefillAttended,
    decodeSequences,
    decodeKvTokens,
  ) => {
    const batch = { prefillTokens, prefillAttended, decodeSequences, decodeKvTokens };
    return seconds(Math.max(...laws.map((law) => timeOf(law, batch))));
  };
  return {
    stepTime,
    decodeRun: () => seconds(0),
    stageTimes: (batch, into) => {
      for (const [index, law] of laws.entries()) into[index] = timeOf(law, batch);
    },
    pipelineDepth: laws.length,
    kvBlocks: 100_000,
    blockTokens: 16,
    dataParallel: 1,
    ingest: { base: seconds(0), perInputToken: seconds(0) },
    outputLatency: seconds(0),
  };
}

const LIMITS: BatchLimits = { maxBatchedTokens: 512, maxSequences: 32 };

function requestsOf(count: number, isl: number, osl: number) {
  return {
    isl: new Int32Array(count).fill(isl),
    osl: new Int32Array(count).fill(osl),
    cachedTokens: new Int32Array(count),
  };
}

const tpotWithin = (limit: number): readonly LatencyLimit[] => [
  { metric: 'tpot', percentile: 'p99', limit: seconds(limit) },
];

describe('bounds of pipelines whose stages differ', () => {
  it('lie at or above the rate of a full pipeline, with and without a limit on TPOT', () => {
    let limited = 0;
    fc.assert(
      fc.property(
        stages,
        fc.integer({ min: 20, max: 1500 }),
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 64 }),
        (laws, isl, osl, concurrency) => {
          const steps = pipeline(laws);
          const requests = requestsOf(300, isl, osl);
          const run = simulateClosedLoop({
            steps,
            requests,
            limits: LIMITS,
            concurrency,
            prefixCache: false,
            limitsOfSlo: [],
          });
          const rate = requests.isl.length / run.makespan;
          const replica = { steps, costs: stepCosts(steps, LIMITS), batch: LIMITS };
          const tightest = run.evidence.latency.tpot.p99.value * 1.0001;
          for (const limits of [[], tpotWithin(tightest)]) {
            const [load] = new BoundedLoads(requests).under(limits);
            expect(capacityBound(replica, load!)).toBeGreaterThanOrEqual(rate);
            if (limits.length > 0 && capacityBound(replica, load!) < 2 * rate) limited++;
          }
        },
      ),
      { numRuns: 100, seed: 3 },
    );
    // The bound says something.
    expect(limited).toBeGreaterThan(30);
  });

  it('on latencies are never above what a lone request takes', () => {
    fc.assert(
      fc.property(
        stages,
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 2, max: 30 }),
        (laws, isl, osl) => {
          const steps = pipeline(laws);
          const requests = requestsOf(1, isl, osl);
          const { perRequest } = simulateEngine({
            steps,
            requests: { ...requests, arrival: new Float64Array(1) },
            limits: LIMITS,
            prefixCache: false,
            limitsOfSlo: [],
          });
          const bound = new LoneLatency(requests);
          const within = (metric: 'ttft' | 'e2e', limit: number) =>
            bound.brokenLimit(steps, [{ metric, percentile: 'p99', limit: seconds(limit) }], LIMITS);
          expect(within('ttft', perRequest.ttft[0]! * 1.0001)).toBeUndefined();
          expect(within('e2e', perRequest.e2e[0]! * 1.0001)).toBeUndefined();
          if (isl > LIMITS.maxBatchedTokens) return;
          expect(within('ttft', perRequest.ttft[0]! * 0.999)).toBeDefined();
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });
});
