import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchLimits, LatencyLimit } from '../../model/index.ts';
import { simulateClosedLoop, simulateEngine } from '../../sim/index.ts';
import type { StepTimeModel } from '../../sim/index.ts';
import { seconds } from '../../units/index.ts';
import { BoundedLoads } from './bounded-loads.ts';
import { capacityBound } from './capacity-bound.ts';
import { LoneLatency } from './latency-bound.ts';
import { stepCosts } from './step-costs.ts';

/** Seconds of the own and of the shared part: a base of each, and per token. */
const law = fc.record({
  base: fc.double({ min: 1e-3, max: 2e-2, noNaN: true }),
  perToken: fc.double({ min: 0, max: 1e-4, noNaN: true }),
  sharedBase: fc.double({ min: 0, max: 2e-2, noNaN: true }),
  perSharedToken: fc.double({ min: 0, max: 3e-4, noNaN: true }),
  ranks: fc.constantFrom(2, 3, 8),
});
type RankLaw = typeof law extends fc.Arbitrary<infer T> ? T : never;

/** Ranks whose shared work reads more of its weights the more tokens there are, as experts do, until all are read. */
function lockstepRanks({ base, perToken, sharedBase, perSharedToken, ranks }: RankLaw): StepTimeModel {
  const own = (prefill: number, sequences: number): number => base + perToken * (prefill + sequences);
  const shared = (tokens: number): number =>
    sharedBase * Math.min(1, tokens * ranks * 0.1) + perSharedToken * tokens;
  const stepTime = (prefill: number, sequences: number): number =>
    prefill + sequences === 0 ? 0 : own(prefill, sequences) + shared(prefill + sequences);
  return {
    stepTime: (prefill, _attended, sequences) => seconds(stepTime(prefill, sequences)),
    decodeRun: (sequences, _cached, steps) => seconds(stepTime(0, sequences) * steps),
    lockstep: {
      ownTime: (prefill, _attended, sequences) => seconds(own(prefill, sequences)),
      sharedTime: (prefill, sequences) => seconds(shared(prefill + sequences)),
    },
    rankStepping: 'lockstep',
    dataParallel: ranks,
    pipelineDepth: 1,
    kvBlocks: 100_000,
    blockTokens: 16,
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

describe('bounds of data-parallel ranks in lockstep', () => {
  it('on the rate lie at or above what a closed loop reaches, within the TPOT limit it keeps and without one', () => {
    fc.assert(
      fc.property(
        law,
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 64 }),
        (drawn, isl, osl, concurrency) => {
          const steps = lockstepRanks(drawn);
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
          const limit = seconds(run.evidence.latency.tpot.p99.value * 1.0001);
          const within: readonly LatencyLimit[] = [{ metric: 'tpot', percentile: 'p99', limit }];
          for (const limits of [[], within]) {
            const [load] = new BoundedLoads(requests).under(limits);
            // A full replica is bounded by what it reaches, summed in another order.
            expect(capacityBound(replica, load!)).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
          }
        },
      ),
      { numRuns: 100, seed: 5 },
    );
  });

  it('on latencies are what a request takes while the other ranks are idle', () => {
    fc.assert(
      fc.property(
        law,
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 2, max: 30 }),
        (drawn, isl, osl) => {
          const steps = lockstepRanks(drawn);
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
          expect(within('ttft', perRequest.ttft[0]! * 0.999)).toBeDefined();
        },
      ),
      { numRuns: 200, seed: 6 },
    );
  });
});
