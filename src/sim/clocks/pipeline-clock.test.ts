import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constantSteps,
  linearSteps,
  requestColumns,
  unlikeStages,
} from '../../../test/support/engine-fixtures.ts';
import { referencePipeline } from '../../../test/support/reference-pipeline.ts';
import { simulateEngine } from '../engine-simulation.ts';
import type { EngineSimulation } from '../engine-options.ts';
import type { StepTimeModel } from '../step-time-model.ts';

function simulate(
  steps: StepTimeModel,
  rows: readonly (readonly [number, number, number])[],
  maxBatchedTokens = 8,
): EngineSimulation {
  return simulateEngine({
    steps,
    requests: requestColumns(rows),
    limits: { maxBatchedTokens, maxSequences: 64 },
    prefixCache: false,
    limitsOfSlo: [],
    warmupShare: 0,
  });
}

/** Requests by rising arrival. */
const workload = fc
  .array(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 40 }),
    ),
    { minLength: 1, maxLength: 30, size: 'max' },
  )
  .map((rows) => rows.toSorted((a, b) => a[0] - b[0]));

const FOUR_STAGES = constantSteps(0.01, { pipelineDepth: 4 });
const rounded = (column: Float64Array): number[] => [...column].map((value) => Number(value.toFixed(9)));

describe('an engine of four pipeline stages', () => {
  it('gives a lone sequence a token every four stage times', () => {
    const { perRequest, steps } = simulate(FOUR_STAGES, [[1, 8, 3]]);
    expect(rounded(perRequest.ttft)).toEqual([0.04]);
    expect(rounded(perRequest.tpot)).toEqual([0.04]);
    expect(steps).toBe(3);
  });

  it('completes one batch per stage time when it is full', () => {
    const { perRequest, makespan, evidence } = simulate(FOUR_STAGES, [
      [0, 8, 30],
      [0, 8, 30],
      [0, 8, 30],
      [0, 8, 30],
    ]);
    // Prompts enter at 0, 10, 20, 30 ms; then each of the four returns every 40 ms.
    expect(rounded(perRequest.ttft)).toEqual([0.04, 0.05, 0.06, 0.07]);
    for (const tpot of perRequest.tpot) expect(tpot).toBeCloseTo(0.04, 12);
    expect(makespan).toBeCloseTo(0.07 + 29 * 0.04, 12);
    expect(evidence.busyShare).toBeCloseTo((120 * 0.01) / makespan, 9);
  });

  it('sends the chunks of one prompt through the pipeline one behind the other', () => {
    const { perRequest } = simulate(FOUR_STAGES, [[0, 32, 1]]);
    expect(rounded(perRequest.ttft)).toEqual([0.07]);
  });

  it('takes a new request into an idle stage while another decodes', () => {
    const { perRequest } = simulate(FOUR_STAGES, [
      [0, 8, 10],
      [0.005, 8, 2],
    ]);
    expect(rounded(perRequest.ttft)).toEqual([0.04, 0.045]);
  });

  it('equals the engine without pipeline when its depth is one, and finishes everything under preemption', () => {
    let preempting = 0;
    fc.assert(
      fc.property(workload, fc.integer({ min: 2, max: 5 }), (sorted, depth) => {
        const law = { base: 0.01, perToken: 1e-4, perKvToken: 1e-6 };
        const { unfinished, evidence, perRequest } = simulate(
          linearSteps(law, { pipelineDepth: depth, kvBlocks: 25, blockTokens: 4 }),
          sorted,
          32,
        );
        expect(unfinished).toBe(0);
        if (evidence.preemptions > 0) preempting++;
        for (const [id, [, , osl]] of sorted.entries()) {
          // No token leaves earlier than through an empty pipeline.
          expect(perRequest.e2e[id]).toBeGreaterThanOrEqual(osl * depth * 0.01);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(preempting).toBeGreaterThan(30);
  });
});

const constant = (base: number) => ({ base, perToken: 0, perKvToken: 0 });

describe('an engine of unlike pipeline stages', () => {
  const UNEVEN = unlikeStages([constant(0.01), constant(0.03), constant(0.02)]);

  it('gives a lone sequence a token every sum of the stage times', () => {
    const { perRequest } = simulate(UNEVEN, [[1, 8, 3]]);
    expect(rounded(perRequest.ttft)).toEqual([0.06]);
    expect(rounded(perRequest.tpot)).toEqual([0.06]);
  });

  it('completes one batch per time of the slowest stage when it is full', () => {
    const rows = Array.from({ length: 3 }, () => [0, 8, 40] as const);
    const { perRequest, makespan, evidence } = simulate(UNEVEN, rows);
    for (const tpot of perRequest.tpot) expect(tpot).toBeCloseTo(0.09, 3);
    // 120 batches at the pace of the slowest stage, and the first one's way.
    expect(makespan).toBeCloseTo(119 * 0.03 + 0.06, 9);
    // In the mean of the stages: 60 of 90 ms.
    expect(evidence.busyShare).toBeCloseTo((120 * 0.02) / makespan, 9);
  });

  it('keeps its pace with the slowest stage wherever that stands', () => {
    const rows = Array.from({ length: 3 }, () => [0, 8, 40] as const);
    const spans = [
      [0.03, 0.01, 0.02],
      [0.01, 0.02, 0.03],
    ].map((bases) => simulate(unlikeStages(bases.map(constant)), rows).makespan);
    expect(spans[0]).toBeCloseTo(spans[1]!, 12);
  });

  it('refuses a stage whose time is no number', () => {
    expect(() => simulate(unlikeStages([constant(0.01), constant(NaN)]), [[0, 8, 3]])).toThrow(/step time/);
  });

  it('equals the engine of alike stages where all take the same', () => {
    const law = { base: 0.0123, perToken: 1.1e-4, perPair: 1e-7, perKvToken: 1.3e-6 };
    fc.assert(
      fc.property(workload, fc.integer({ min: 2, max: 5 }), (rows, depth) => {
        const facts = { pipelineDepth: depth, kvBlocks: 25, blockTokens: 4 };
        const alike = simulate(linearSteps(law, facts), rows, 32);
        const stages = Array.from({ length: depth }, () => law);
        const unlike = simulate(unlikeStages(stages, facts), rows, 32);
        expect(unlike.perRequest).toEqual(alike.perRequest);
        expect(unlike.evidence.preemptions).toBe(alike.evidence.preemptions);
        expect(unlike.evidence.busyShare).toBeCloseTo(alike.evidence.busyShare, 12);
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it('gives every request the times of a plain pipeline that follows each batch through each stage', () => {
    const stage = fc.record({
      base: fc.double({ min: 0.003, max: 0.03, noNaN: true }),
      perToken: fc.constantFrom(0, 1.234567e-4),
      perPair: fc.constantFrom(0, 1.1e-7),
      perKvToken: fc.constantFrom(0, 3.456789e-6),
    });
    let waited = 0;
    fc.assert(
      fc.property(
        workload,
        fc.array(stage, { minLength: 2, maxLength: 5 }),
        fc.constantFrom(8, 32, 256),
        fc.integer({ min: 1, max: 8 }),
        (rows, laws, maxBatchedTokens, maxSequences) => {
          const steps = unlikeStages(laws);
          const requests = requestColumns(rows);
          const limits = { maxBatchedTokens, maxSequences };
          const { perRequest, unfinished } = simulateEngine({
            steps,
            requests,
            limits,
            prefixCache: false,
            limitsOfSlo: [],
            warmupShare: 0,
          });
          const reference = referencePipeline(steps, requests, limits);
          expect(unfinished).toBe(0);
          if (rows.length > maxSequences) waited++;
          for (const [id, [arrival]] of rows.entries()) {
            expect(perRequest.ttft[id]).toBeCloseTo(reference.firstToken[id]! - arrival, 9);
            expect(perRequest.e2e[id]).toBeCloseTo(reference.lastToken[id]! - arrival, 9);
          }
        },
      ),
      { numRuns: 500, seed: 13 },
    );
    expect(waited).toBeGreaterThan(200);
  });
});
