import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantSteps, linearSteps, requestColumns } from '../../../test/support/engine-fixtures.ts';
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
    const row = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 40 }),
    );
    let preempting = 0;
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 2, max: 5 }),
        (rows, depth) => {
          const sorted = rows.sort((a, b) => a[0] - b[0]);
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
        },
      ),
      { numRuns: 300, seed: 7 },
    );
    expect(preempting).toBeGreaterThan(30);
  });
});
