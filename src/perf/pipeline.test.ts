import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorBreakdown } from './breakdown.ts';
import { checkConfiguration } from './check.ts';
import type { ReplicaConfiguration, StageConfiguration } from './configuration.ts';
import { replicaMemory } from './memory.ts';
import { evenLayers, pipelineStages } from './pipeline.ts';
import { passTime } from './pipeline-steps.ts';
import { minimumStepTime, replicaPerformance } from './replica-performance.ts';
import { shippedCoefficients } from './shipped.ts';
import { A100, B200, configuration, DEEPSEEK_R1, H100, LLAMA_70B } from './testing/configurations.ts';

const coefficients = shippedCoefficients();
const BATCH = { prefillTokens: 0, prefillAttended: 0, decodeSequences: 32, decodeKvTokens: 64_000 };

/** Llama 70B, four accelerators per stage, with the stages named. */
function staged(
  ...stages: readonly (readonly [StageConfiguration['accelerator'], number])[]
): ReplicaConfiguration {
  const [first] = stages;
  return {
    ...configuration(
      { accelerator: first![0], weightPrecision: 'bf16' },
      { tensorParallel: 4, pipelineParallel: stages.length },
    ),
    stages: stages.map(([accelerator, layers]) => ({ accelerator, layers })),
  };
}

function even(pipelineParallel: number, facts: Partial<ReplicaConfiguration> = {}): ReplicaConfiguration {
  return configuration({ weightPrecision: 'bf16', ...facts }, { tensorParallel: 4, pipelineParallel });
}

function stageTimes(c: ReplicaConfiguration, batch = BATCH): number[] {
  const { steps } = replicaPerformance(c, coefficients);
  const times = new Float64Array(steps.pipelineDepth);
  steps.stageTimes!(batch, times);
  return [...times];
}

describe('evenLayers', () => {
  it.each([
    [2, 2, [1, 1]],
    [3, 2, [2, 1]],
    [3, 3, [1, 1, 1]],
    [4, 3, [1, 2, 1]],
    [5, 3, [2, 2, 1]],
    [126, 4, [31, 32, 32, 31]],
  ])(
    'spreads %i layers over %i stages as vLLM does (test_pipeline_partition.py, 2025)',
    (layers, stages, split) => {
      expect(evenLayers(layers, stages)).toEqual(split);
    },
  );

  it('gives away every layer, and no stage two more than another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 16 }), (layers, stages) => {
        const split = evenLayers(layers, stages);
        expect(split.reduce((sum, own) => sum + own, 0)).toBe(layers);
        expect(Math.max(...split) - Math.min(...split)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a pipeline of one kind of accelerator', () => {
  it('is the same whether its even stages are named or not', () => {
    const named = staged([H100, 20], [H100, 20], [H100, 20], [H100, 20]);
    expect(stageTimes(named)).toEqual(stageTimes(even(4)));
    const [own, other] = [named, even(4)].map((c) => replicaPerformance(c, coefficients));
    expect(own!.memory).toEqual(other!.memory);
    expect(own!.startup).toBe(other!.startup);
    expect(own!.power({ busyShare: 0.7 })).toBe(other!.power({ busyShare: 0.7 }));
    expect(own!.steps.decodeRun(16, 3000, 50)).toBe(other!.steps.decodeRun(16, 3000, 50));
    expect(checkConfiguration(named)).toEqual(checkConfiguration(even(4)));
  });

  it('takes a token through all stages as long as through one of all layers, its hand-overs and steps of the engine beside', () => {
    for (const depth of [2, 4, 8]) {
      const rows = operatorBreakdown(even(depth), coefficients, BATCH);
      const pass = passTime(replicaPerformance(even(depth), coefficients).steps, BATCH);
      expect(pass).toBeCloseTo(
        rows.reduce((sum, row) => sum + row.seconds, 0),
        6,
      );
      const own = (name: string) => rows.find((row) => row.operator === name)?.seconds ?? 0;
      const one = operatorBreakdown(even(1), coefficients, BATCH);
      const apart = (row: { operator: string }) => !['send-recv', 'engine-overhead'].includes(row.operator);
      const sum = (list: typeof rows) => list.filter(apart).reduce((total, row) => total + row.seconds, 0);
      expect(sum(rows)).toBeCloseTo(sum(one), 9);
      expect(own('send-recv')).toBeGreaterThan(0);
    }
  });

  it('sets its pace by the last stage, which computes the head', () => {
    const [first, second, third, last] = stageTimes(even(4));
    expect(first).toBe(third);
    // The second one is the last of its node.
    expect(second).toBeGreaterThan(first!);
    expect(last).toBeGreaterThan(second!);
    const { steps } = replicaPerformance(even(4), coefficients);
    expect(steps.stepTime(0, 0, 32, 64_000)).toBe(last);
  });

  it('charges the larger stages alone for layers that are left over', () => {
    const architecture = {
      ...LLAMA_70B,
      layers: 81,
      attention: { ...LLAMA_70B.attention, full: 81 },
      dense: { ...LLAMA_70B.dense, layers: 81 },
      kvElementsPerToken: 81 * 2048,
    };
    const [first, second, third, last] = stageTimes(even(4, { architecture }));
    expect(first).toBeLessThan(second!);
    expect(third).toBeGreaterThan(second!);
    // 20 of 81 layers take as long as 20 of 80.
    expect(last).toBeCloseTo(stageTimes(even(4))[3]!, 9);
  });

  it('fills one node after the other with stages', () => {
    expect(pipelineStages(even(2)).map((stage) => stage.next)).toEqual(['node', 'none']);
    expect(pipelineStages(even(4)).map((stage) => stage.next)).toEqual(['node', 'network', 'node', 'none']);
    const gb200 = { ...B200, name: 'gb200' };
    const rack = even(4, { accelerator: gb200, acceleratorsPerNode: 4 });
    expect(pipelineStages(rack).map((stage) => stage.next)).toEqual(['rack', 'rack', 'rack', 'none']);
  });
});

describe('a pipeline over unlike accelerators', () => {
  const mixed = staged([H100, 50], [A100, 30]);

  it('gives each stage the times of its own accelerator', () => {
    const [h100, a100] = stageTimes(staged([H100, 40], [A100, 40]));
    expect(a100! / h100!).toBeGreaterThan(1.2);
    expect(stageTimes(staged([A100, 40], [H100, 40]))[0]).toBeGreaterThan(h100!);
  });

  it('moves time from one stage to the other with every layer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 78 }), (layers) => {
        const [left, right] = stageTimes(staged([H100, layers], [A100, 80 - layers]));
        const [more, less] = stageTimes(staged([H100, layers + 1], [A100, 79 - layers]));
        expect(more).toBeGreaterThan(left!);
        expect(less).toBeLessThan(right!);
      }),
      { numRuns: 20 },
    );
  });

  it('hands over through the network even where all accelerators would fit one node', () => {
    expect(pipelineStages(mixed).map((stage) => stage.next)).toEqual(['network', 'none']);
    expect(stageTimes(mixed)[0]).toBeGreaterThan(stageTimes(staged([H100, 50], [H100, 30]))[0]!);
  });

  it('has room for as many KV blocks as its tightest stage', () => {
    const small = { ...A100, name: 'a100-40gb-sxm', memory: (A100.memory / 2) as typeof A100.memory };
    const memory = replicaMemory(staged([H100, 50], [small, 30]));
    expect(memory.capacity).toBe(small.memory);
    expect(memory.kvBlocks).toBeLessThan(replicaMemory(mixed).kvBlocks);
    expect(replicaPerformance(staged([H100, 50], [small, 30]), coefficients).steps.kvBlocks).toBe(
      memory.kvBlocks,
    );
    // All but a few layers on the H100: that stage is then the tight one.
    expect(replicaMemory(staged([H100, 76], [small, 4])).capacity).toBe(H100.memory);
  });

  it('is known as well as its least known accelerator', () => {
    const other = { ...A100, name: 'a100-40gb-sxm', aliases: [] };
    expect(replicaPerformance(mixed, coefficients).evidence).toBe('fitted');
    expect(replicaPerformance(staged([H100, 50], [other, 30]), coefficients)).toMatchObject({
      evidence: 'assumed',
      modelError: coefficients.errorBands.assumed,
    });
  });

  it('draws the power of all boards: at rest by their limits, in work the more where the time goes', () => {
    const power = (c: ReplicaConfiguration, busyShare: number) =>
      replicaPerformance(c, coefficients).power({ busyShare, meanBatch: 32 });
    const idle = (power(even(2), 0) + power(even(2, { accelerator: A100 }), 0)) / 2;
    expect(power(mixed, 0)).toBeCloseTo(idle, 6);
    expect(power(mixed, 0.5)).toBeGreaterThan(idle);
    expect(power(mixed, 1)).toBeLessThanOrEqual(4 * (H100.power + A100.power));
  });

  it('starts when the fullest node has read its weights', () => {
    const start = (c: ReplicaConfiguration) => replicaPerformance(c, coefficients).startup;
    expect(start(staged([H100, 40], [A100, 40]))).toBeLessThan(start(staged([H100, 60], [A100, 20])));
  });

  it('bounds a decode step by the sum of its stages', () => {
    const sum = stageTimes(mixed, { ...BATCH, decodeSequences: 1, decodeKvTokens: 1 }).reduce(
      (a, b) => a + b,
      0,
    );
    expect(minimumStepTime(mixed, coefficients)).toBeCloseTo(sum, 12);
  });
});

describe('checkConfiguration of named stages', () => {
  it.each([
    ['too few stages', { ...staged([H100, 80]), parallelism: even(2).parallelism }],
    ['too few layers', staged([H100, 40], [A100, 39])],
    ['an empty stage', staged([H100, 80], [A100, 0])],
    ['half a layer', staged([H100, 40.5], [A100, 39.5])],
  ])('rejects %s', (_, c) => {
    expect(checkConfiguration(c)).toMatchObject({ ok: false, reason: 'invalid-parallelism' });
  });

  it('needs every accelerator to compute the format', () => {
    const nvfp4 = (c: ReplicaConfiguration) => checkConfiguration({ ...c, weightPrecision: 'nvfp4' });
    expect(nvfp4(staged([B200, 40], [B200, 40])).ok).toBe(true);
    expect(nvfp4(staged([B200, 40], [H100, 40]))).toMatchObject({
      ok: false,
      reason: 'unsupported-precision',
    });
  });

  it('needs every stage to fit', () => {
    const small = { ...A100, name: 'l4', memory: (A100.memory / 4) as typeof A100.memory };
    expect(checkConfiguration(staged([H100, 75], [small, 5])).ok).toBe(true);
    expect(checkConfiguration(staged([H100, 30], [small, 50]))).toMatchObject({
      ok: false,
      reason: 'out-of-memory',
    });
  });

  it('holds for experts, too', () => {
    const c = {
      ...configuration(
        { architecture: DEEPSEEK_R1, accelerator: B200, weightPrecision: 'fp8-block' },
        { tensorParallel: 8, pipelineParallel: 2 },
      ),
      stages: [
        { accelerator: B200, layers: 40 },
        { accelerator: H100, layers: 21 },
      ],
    };
    expect(checkConfiguration(c).ok).toBe(true);
  });
});
