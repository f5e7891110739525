import { describe, expect, it } from 'vitest';
import type { Accelerator, Offering, ResolvedWorkload } from '../../model/index.ts';
import { checkConfiguration, shippedCoefficients } from '../../perf/index.ts';
import { gib, gigabytesPerSecond, usdPerHour } from '../../units/index.ts';
import { LLAMA_8B, chatProfile, h100, resolvedProblem } from '../testing/resolved.ts';
import { DEFAULT_BATCH } from './batch-limits.ts';
import { listCostPerHour } from './list-price.ts';
import { mixedPipelineShapes } from './mixed-pipelines.ts';
import type { MixedPools } from './mixed-pipelines.ts';
import { candidateOf } from './shape.ts';

const coefficients = shippedCoefficients();

/** Offerings of a pool whose nodes hold `accelerators` of H100s, changed by `facts`. */
function pool(id: string, accelerators: number, facts: Partial<Accelerator> = {}): Offering {
  const made = h100({ pool: id, zone: 'z1', capacityType: 'on-demand', price: 1, accelerators });
  return { ...made, accelerator: { ...made.accelerator!, ...facts } };
}

const A100: Partial<Accelerator> = {
  name: 'a100-80gb-sxm',
  architecture: 'ampere',
  memoryBandwidth: gigabytesPerSecond(2039),
  peakFlops: { bf16: 312e12 as NonNullable<Accelerator['peakFlops']['bf16']> },
};

/** A model of 64 layers of `width` times those of Llama-8B, in tokens of the chat profile. */
function workloadOf(width: number, facts = {}): ResolvedWorkload {
  const offerings = [pool('h', 8)];
  const { workloads } = resolvedProblem({
    offerings,
    workloads: [{ id: 'chat', profile: chatProfile(1), facts }],
  });
  const [workload] = workloads;
  const layers = 64;
  return {
    ...workload!,
    architecture: {
      ...LLAMA_8B,
      layers,
      attention: { ...LLAMA_8B.attention, full: layers },
      dense: { layers, intermediate: 14_336 * width },
      kvElementsPerToken: 2 * layers * 8 * 128,
      parameters: {
        total: 1.05e9 + layers * (0.042e9 + 0.176e9 * width),
        active: 1.05e9 + layers * (0.042e9 + 0.176e9 * width),
      },
    },
  };
}

const shapesOn = (workload: ResolvedWorkload, offerings: readonly Offering[], reach?: MixedPools['reach']) =>
  mixedPipelineShapes(workload, { offerings, coefficients, ...(reach === undefined ? {} : { reach }) });

// 16 GiB cards: a node of four holds 54 of the 96 GB that the model weighs.
const SMALL = { ...A100, name: 'small', memory: gib(16) };
const FAST = { name: 'h100-sxm', memory: gib(16) };
const both = [pool('fast', 4, FAST), pool('slow', 4, SMALL)];

describe('mixedPipelineShapes', () => {
  it('joins pools neither of which holds the model on its nodes, whole nodes and every layer once', () => {
    const shapes = shapesOn(workloadOf(4), both);
    expect(shapes.length).toBeGreaterThan(0);
    for (const { configuration: c, stagePods, notExecutable } of shapes) {
      expect(checkConfiguration(c).ok).toBe(true);
      expect(c.stages!.reduce((sum, stage) => sum + stage.layers, 0)).toBe(64);
      for (const pods of stagePods!) {
        const accelerators = pods.podGroup.nodes * pods.podGroup.acceleratorsPerNode;
        expect(accelerators % 4).toBe(0);
        expect(pods.stages * c.parallelism.tensorParallel).toBe(accelerators);
      }
      expect(notExecutable).toContain('different accelerators');
    }
  });

  it('tells stages, pools and layers in the candidate', () => {
    const [shape] = shapesOn(workloadOf(4), both);
    const candidate = candidateOf(shape!, DEFAULT_BATCH);
    expect(candidate.stages!.map((stage) => stage.pool)).toEqual(
      shape!.stagePods!.flatMap((pods) => Array.from({ length: pods.stages }, () => pods.offering.pool)),
    );
    expect(candidate.stages![0]).toMatchObject({
      pool: 'fast',
      accelerator: 'h100-sxm',
      instanceType: 'fast.large',
    });
    expect(candidate.id).toMatch(/^chat\/fast-x1\+slow-x1\/vllm-bf16-tp\d+-pp\d+-l[\d.]+-b4096x256$/);
    expect(new Set(shapesOn(workloadOf(4), both).map(({ id }) => id)).size).toBe(
      shapesOn(workloadOf(4), both).length,
    );
  });

  it('puts the pool with more memory bandwidth first, whatever their order', () => {
    const [there] = shapesOn(workloadOf(4), both);
    const [back] = shapesOn(workloadOf(4), both.toReversed());
    expect(there).toEqual(back);
    expect(there!.pool).toBe('fast');
  });

  it('gives the slower pool fewer layers per stage where both have the same memory', () => {
    const [shape] = shapesOn(workloadOf(2), [
      pool('fast', 1, { ...FAST, memory: gib(48) }),
      pool('slow', 1, { ...SMALL, memory: gib(48) }),
    ]);
    const [fast, slow] = shape!.configuration.stages!;
    expect(fast!.layers).toBeGreaterThan(slow!.layers);
  });

  it('costs what its nodes cost together', () => {
    const twice = both.map((item) => ({ ...item, listPrice: usdPerHour(item.pool === 'slow' ? 2 : 1) }));
    for (const shape of shapesOn(workloadOf(4), twice)) {
      const [fast, slow] = shape.stagePods!.map(({ podGroup }) => podGroup.nodes);
      expect(listCostPerHour(shape, twice)).toBe((fast! + 2 * slow!) * 1e6);
    }
  });

  it('leaves pools alone that can both serve by themselves', () => {
    expect(shapesOn(workloadOf(1), [pool('fast', 8), pool('slow', 8, A100)])).toEqual([]);
  });

  it('joins no pools of one accelerator, and none without accelerators', () => {
    expect(shapesOn(workloadOf(4), [pool('a', 4, FAST), pool('b', 4, FAST)])).toEqual([]);
    const { accelerator: _, ...bare } = pool('cpu', 4);
    expect(shapesOn(workloadOf(4), [pool('a', 4, FAST), bare])).toEqual([]);
  });

  it('takes no more accelerators than a replica may reach, nor than twice the smallest that fits', () => {
    const sizes = (reach?: MixedPools['reach']) =>
      shapesOn(workloadOf(4), both, reach).map(
        ({ configuration: { parallelism: p } }) => p.tensorParallel * p.pipelineParallel,
      );
    const all = sizes();
    expect(Math.max(...all)).toBeLessThanOrEqual(2 * Math.min(...all));
    expect(sizes({ fast: 4, slow: 4 }).every((size) => size === 8)).toBe(true);
    expect(sizes({ fast: 3, slow: 4 })).toEqual([]);
  });

  it('uses formats that both accelerators may use', () => {
    const formats = shapesOn(workloadOf(4, { precisions: ['bf16', 'fp8'] }), both).map(
      ({ configuration: c }) => `${c.weightPrecision}/${c.kvPrecision}`,
    );
    // The A100 has no fp8 unit: fp8 weights are widened, a cache in fp8 is not tried.
    expect(new Set(formats)).toEqual(new Set(['bf16/bf16', 'fp8/bf16']));
  });

  it('stays at a few dozen shapes, the same ones every time', () => {
    const many = [1, 2, 4, 8].flatMap((count) => [
      pool(`f${count}`, count, { ...FAST, name: `f${count}` }),
      pool(`s${count}`, count, { ...SMALL, name: `s${count}` }),
    ]);
    const shapes = shapesOn(workloadOf(4, { engines: ['vllm', 'sglang'] }), many);
    expect(shapes.length).toBeLessThanOrEqual(48);
    expect(shapesOn(workloadOf(4, { engines: ['vllm', 'sglang'] }), many)).toEqual(shapes);
  });
});
