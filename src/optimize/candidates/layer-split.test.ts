import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_PARALLELISM } from '../../model/index.ts';
import type { Accelerator } from '../../model/index.ts';
import {
  checkConfiguration,
  replicaMemory,
  replicaPerformance,
  shippedCoefficients,
} from '../../perf/index.ts';
import type { ReplicaConfiguration, StageConfiguration } from '../../perf/index.ts';
import { gib, gigabytesPerSecond } from '../../units/index.ts';
import { LLAMA_8B, h100 } from '../testing/resolved.ts';
import { DEFAULT_BATCH } from './batch-limits.ts';
import { splitLayers } from './layer-split.ts';

const coefficients = shippedCoefficients();
const H100 = h100({
  pool: 'h',
  zone: 'z',
  capacityType: 'on-demand',
  price: 1,
  accelerators: 8,
}).accelerator!;
const A100: Accelerator = {
  ...H100,
  name: 'a100-80gb-sxm',
  architecture: 'ampere',
  memoryBandwidth: gigabytesPerSecond(2039),
  peakFlops: { bf16: 312e12 as NonNullable<Accelerator['peakFlops']['bf16']> },
};
const sized = (accelerator: Accelerator, memoryGib: number): Accelerator => ({
  ...accelerator,
  name: `${accelerator.name}-${memoryGib}`,
  memory: gib(memoryGib),
});

/** A model of few layers, small enough to try every split. */
function small(layers: number, stages: number): ReplicaConfiguration {
  return {
    architecture: {
      ...LLAMA_8B,
      layers,
      attention: { ...LLAMA_8B.attention, full: layers },
      dense: { ...LLAMA_8B.dense, layers },
      kvElementsPerToken: 2 * layers * 8 * 128,
      parameters: { total: 1.05e9 + layers * 0.218e9, active: 1.05e9 + layers * 0.218e9 },
    },
    accelerator: H100,
    parallelism: { ...NO_PARALLELISM, pipelineParallel: stages },
    acceleratorsPerNode: 8,
    interNodeBandwidth: gigabytesPerSecond(50),
    engine: 'vllm',
    weightPrecision: 'bf16',
    kvPrecision: 'bf16',
    batch: DEFAULT_BATCH,
    maxModelLength: 4096,
  };
}

const BATCH = { prefillTokens: 200, prefillAttended: 40_000, decodeSequences: 24, decodeKvTokens: 24_000 };

function times(c: ReplicaConfiguration, stages: readonly StageConfiguration[]): number[] {
  const { steps } = replicaPerformance({ ...c, stages }, coefficients);
  const into = new Float64Array(stages.length);
  steps.stageTimes!(BATCH, into);
  return [...into];
}

/** Every way to give `layers` to `stages`, each one or more. */
function splitsOf(layers: number, stages: number): number[][] {
  if (stages === 1) return [[layers]];
  return Array.from({ length: layers - stages + 1 }, (_, index) => index + 1).flatMap((first) =>
    splitsOf(layers - first, stages - 1).map((rest) => [first, ...rest]),
  );
}

describe('splitLayers', () => {
  it('is as fast as the best of all splits that hold the tokens', () => {
    const kinds = [H100, A100, sized(H100, 6), sized(A100, 5), sized(H100, 4)];
    let bound = 0;
    let balanced = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...kinds), { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 4, max: 14 }),
        fc.constantFrom(4096, 20_000, 200_000),
        (accelerators, layers, cachedTokens) => {
          const c = small(layers, accelerators.length);
          const named = (split: readonly number[]) =>
            split.map((own, index) => ({ accelerator: accelerators[index]!, layers: own }));
          const all = splitsOf(layers, accelerators.length).map(named);
          const holding = all.filter(
            (stages) => replicaMemory({ ...c, stages }).kvBlocks * 16 >= cachedTokens,
          );
          const split = splitLayers(
            c,
            accelerators.map((accelerator) => ({ accelerator })),
            { coefficients, batch: BATCH, cachedTokens },
          );
          const most = Math.max(...all.map((stages) => replicaMemory({ ...c, stages }).kvBlocks));
          if (most < 1) {
            expect(split).toBeUndefined();
          } else if (holding.length === 0) {
            bound++;
            expect(replicaMemory({ ...c, stages: split! }).kvBlocks).toBe(most);
          } else {
            balanced++;
            const best = Math.min(...holding.map((stages) => Math.max(...times(c, stages))));
            expect(Math.max(...times(c, split!))).toBeCloseTo(best, 6);
            expect(replicaMemory({ ...c, stages: split! }).kvBlocks * 16).toBeGreaterThanOrEqual(
              cachedTokens,
            );
          }
        },
      ),
      { numRuns: 40, seed: 5 },
    );
    expect(bound).toBeGreaterThan(3);
    expect(balanced).toBeGreaterThan(10);
  });

  it('gives alike stages as many layers, fewer to the one with the head', () => {
    const kinds = [H100, H100, H100, H100].map((accelerator) => ({ accelerator }));
    const goal = { coefficients, batch: BATCH, cachedTokens: 4096 };
    const layers = splitLayers(small(64, 4), kinds, goal)!.map((stage) => stage.layers);
    expect(new Set(layers.slice(0, 3)).size).toBeLessThanOrEqual(2);
    expect(layers[3]).toBeLessThan(layers[0]!);
  });

  it('gives the faster accelerator more layers, and every layer to some stage', () => {
    const kinds = [H100, A100].map((accelerator) => ({ accelerator }));
    const goal = { coefficients, batch: BATCH, cachedTokens: 4096 };
    const [fast, slow] = splitLayers(small(64, 2), kinds, goal)!;
    expect(fast!.layers).toBeGreaterThan(slow!.layers);
    expect(fast!.layers + slow!.layers).toBe(64);
  });

  it('gives a small memory what it holds', () => {
    const kinds = [{ accelerator: sized(H100, 8), reach: { acceleratorsPerNode: 4 } }, { accelerator: A100 }];
    const goal = { coefficients, batch: BATCH, cachedTokens: 4096 };
    const c = small(64, 2);
    const stages = splitLayers(c, kinds, goal)!;
    expect(stages[0]!.layers).toBeLessThan(stages[1]!.layers);
    expect(stages[0]!.reach).toEqual({ acceleratorsPerNode: 4 });
    expect(checkConfiguration({ ...c, stages }).ok).toBe(true);
  });

  it('finds none where layers are fewer than stages or fit nowhere', () => {
    const goal = { coefficients, batch: BATCH, cachedTokens: 4096 };
    const tiny = [sized(H100, 2), sized(H100, 2)].map((accelerator) => ({ accelerator }));
    expect(splitLayers(small(2, 3), [...tiny, { accelerator: H100 }], goal)).toBeUndefined();
    expect(splitLayers(small(64, 2), tiny, goal)).toBeUndefined();
  });
});
