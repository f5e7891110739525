import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WIDEST_BATCH } from '../candidates/batch-limits.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { modelNamed, smallField } from '../testing/small-field.ts';
import { GRID_ERROR } from './capacity-bound.ts';
import { stepCosts } from './step-costs.ts';
import type { StepCosts } from './step-costs.ts';

const DENSE = smallField({ accelerators: 4 });
const EXPERTS = smallField({
  accelerators: 4,
  architecture: modelNamed('Qwen/Qwen3-30B-A3B'),
  facts: { precisions: ['fp8-block'] },
});
/** Replicas whose pipeline stages, where there are any, are alike. */
const REPLICAS = [
  ...['tp1', 'tp4', 'tp1-dp2-ff2'].map((cut) => ({ field: DENSE, shape: DENSE.shape(`bf16-${cut}`) })),
  ...['tp1', 'tp2-ep2', 'tp1-dp4-ep4'].map((cut) => {
    return { field: EXPERTS, shape: EXPERTS.shape(`fp8-block-${cut}`) };
  }),
].map(({ field, shape }) => {
  const { steps } = new MeasuringBench(field.subject).performanceOf(shape);
  const costs = stepCosts(steps, WIDEST_BATCH);
  return { id: shape.id, steps, costs, grid: gridOf(costs) };
});
const replica = fc.constantFrom(...REPLICAS);
const prompt = fc.integer({ min: 0, max: WIDEST_BATCH.maxBatchedTokens });
const sequences = fc.integer({ min: 0, max: WIDEST_BATCH.maxSequences });

interface Grid {
  readonly prompts: readonly number[];
  readonly sequences: readonly number[];
  readonly time: ReadonlyMap<string, number>;
}

function gridOf(costs: StepCosts): Grid {
  const ascending = (values: Float64Array): readonly number[] => [...new Set(values)].sort((a, b) => a - b);
  const time = new Map([...costs.time].map((t, i) => [`${costs.prompt[i]} ${costs.sequences[i]}`, t]));
  return { prompts: ascending(costs.prompt), sequences: ascending(costs.sequences), time };
}

/** The straight line through the grid points around a step, by prompt and by sequences. */
function onGrid(grid: Grid, p: number, n: number): number {
  let sum = 0;
  for (const [x, ofPrompt] of around(grid.prompts, p)) {
    for (const [y, ofSequences] of around(grid.sequences, n)) {
      const weight = ofPrompt * ofSequences;
      if (weight > 0) sum += weight * (grid.time.get(`${x} ${y}`) ?? 0);
    }
  }
  return sum;
}

/** The grid's values around one, each with its weight. */
function around(
  sorted: readonly number[],
  at: number,
): readonly (readonly [value: number, weight: number])[] {
  const low = sorted.findLast((value) => value <= at) ?? 0;
  const high = sorted.find((value) => value >= at) ?? low;
  const share = high > low ? (at - low) / (high - low) : 0;
  return [
    [low, 1 - share],
    [high, share],
  ];
}

describe('stepCosts', () => {
  it('are no more than the grid error above the step times of the shipped laws, between the points too', () => {
    fc.assert(
      fc.property(replica, prompt, sequences, ({ steps, grid }, p, n) => {
        if (p + n === 0) return;
        expect(steps.stepTime(p, 0, n, 0) * GRID_ERROR).toBeGreaterThanOrEqual(onGrid(grid, p, n));
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  it('tell seconds per attended pair and per cached read that every further one takes at least', () => {
    const context = fc.integer({ min: 0, max: 131_072 });
    fc.assert(
      fc.property(replica, prompt, sequences, context, ({ steps, costs }, p, n, tokens) => {
        if (p + n === 0) return;
        const [pairs, reads] = [p * tokens, n * tokens];
        const least = steps.stepTime(p, 0, n, 0) + costs.perPair * pairs + costs.perRead * reads;
        expect(steps.stepTime(p, pairs, n, reads)).toBeGreaterThanOrEqual(least * (1 - 1e-9));
      }),
      { numRuns: 2000, seed: 3 },
    );
    expect(REPLICAS.every(({ costs }) => costs.perPair > 0 && costs.perRead > 0)).toBe(true);
  });

  it('cover the limits, and less than a token of a rank where ranks meet in every step', () => {
    for (const { id, steps, costs } of REPLICAS) {
      expect(Math.max(...costs.prompt)).toBe(WIDEST_BATCH.maxBatchedTokens);
      expect(Math.max(...costs.sequences)).toBe(WIDEST_BATCH.maxSequences);
      const least = Math.min(...costs.sequences.filter((n) => n > 0));
      expect(least, id).toBe(steps.rankStepping === 'lockstep' ? 1 / steps.dataParallel : 1);
      expect(costs.time.every((time) => time > 0)).toBe(true);
    }
    expect(REPLICAS.some(({ steps }) => steps.rankStepping === 'lockstep')).toBe(true);
  });

  it('know what a token takes through all stages of a pipeline, over the stage counted', () => {
    const { steps } = new MeasuringBench(DENSE.subject).performanceOf(DENSE.shape('bf16-tp1-pp4'));
    const costs = stepCosts(steps, WIDEST_BATCH);
    const times = new Float64Array(steps.pipelineDepth);
    for (const n of [1, 8, 100, 1000]) {
      steps.stageTimes!(
        { prefillTokens: 0, prefillAttended: 0, decodeSequences: n, decodeKvTokens: 0 },
        times,
      );
      const pass = times.reduce((sum, time) => sum + time, 0);
      expect(pass / Math.max(...times)).toBeGreaterThanOrEqual(costs.pass * (1 - 1e-9));
    }
    expect(costs.pass).toBeGreaterThan(3);
    expect(costs.pass).toBeLessThanOrEqual(4);
    expect(REPLICAS.every((item) => item.costs.pass === 1)).toBe(true);
  });
});
