import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishedMelangeExample, solveMelange } from '../bench/baselines/melange.ts';
import type { MelangeProblem } from '../bench/baselines/melange.ts';
import { solveMix } from '../src/optimize/gpu-mix/solve-mix.ts';
import type { MixProblem } from '../src/optimize/gpu-mix/mix-problem.ts';

/** The same buckets, throughputs and prices as a mix: one accelerator per node, one replica per accelerator. */
function asMix({ rates, gpus }: MelangeProblem): MixProblem {
  return {
    classes: Array.from(rates, (rate, index) => ({ id: `bucket ${index}`, rate })),
    nodes: gpus.map(({ name, cost }) => ({ id: name, price: Math.round(cost * 1e6), accelerators: 1 })),
    options: gpus.map(({ name, throughput }) => ({
      id: `${name} replica`,
      node: name,
      accelerators: 1,
      loads: [Float64Array.from(throughput, (each) => (each > 0 ? 1 / each : Infinity))],
    })),
  };
}

const problems = fc
  .record({ buckets: fc.integer({ min: 1, max: 5 }), types: fc.integer({ min: 1, max: 4 }) })
  .chain(({ buckets, types }) =>
    fc.record({
      rates: fc.array(
        fc.integer({ min: 0, max: 40 }).map((x) => x / 8),
        { minLength: buckets, maxLength: buckets },
      ),
      gpus: fc.array(
        fc.record({
          name: fc.constant(''),
          cost: fc.integer({ min: 50, max: 800 }).map((x) => x / 100),
          throughput: fc.array(
            fc.integer({ min: 0, max: 40 }).map((x) => x / 4),
            {
              minLength: buckets,
              maxLength: buckets,
            },
          ),
        }),
        { minLength: types, maxLength: types },
      ),
      sliceFactor: fc.constantFrom(1, 2, 8),
    }),
  )
  .map((problem) => ({ ...problem, gpus: problem.gpus.map((gpu, g) => ({ ...gpu, name: `gpu-${g}` })) }));

describe('the program of Mélange', () => {
  it('gives the answer that its README prints for its example', async () => {
    const { problem, answer } = publishedMelangeExample;
    const found = await solveMelange(problem);
    expect(found?.counts).toEqual(answer.counts);
    expect(found?.cost).toBeCloseTo(answer.cost, 9);
  });

  it('is beaten by a split that is not of whole slices on that example', async () => {
    const { problem } = publishedMelangeExample;
    const answer = await solveMix(asMix(problem));
    expect(answer).toMatchObject({ status: 'optimal', gap: 0, mix: { cost: 4.68e6 } });
  });

  it('never gives less cost than the exact mix of the same problem', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        const theirs = await solveMelange(problem);
        const ours = await solveMix(asMix(problem));
        if (theirs === undefined) expect(ours.status).toBe('infeasible');
        else {
          expect(ours.status).toBe('optimal');
          if (ours.status === 'optimal') {
            expect(ours.mix.cost).toBeLessThanOrEqual(theirs.cost * 1e6 + 1);
            expect(ours.bound).toBeLessThanOrEqual(theirs.cost * 1e6 + 1);
          }
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
