import { describe, expect, it } from 'vitest';
import { checkConfiguration } from './check.ts';
import { fittingChanges } from './fitting-changes.ts';
import { cachedBytesPerToken, replicaMemory } from './memory.ts';
import { A100, B200, configuration, DEEPSEEK_R1, GPT_OSS_120B, LLAMA_70B } from './testing/configurations.ts';
import { parameterParts } from './parameter-parts.ts';
import { weightBytesPerRank } from './weights.ts';

const KIB = 1024;

describe('weights', () => {
  it('weighs Llama-3.1-70B in bf16 at 141 GB (70.55 billion parameters × 2 bytes, model card) within 0.5 %', () => {
    const one = weightBytesPerRank(configuration({ weightPrecision: 'bf16' }, {}));
    expect(Math.abs(one / 141.1e9 - 1)).toBeLessThan(0.005);
  });

  it('finds the parts of Llama-3.1-70B and DeepSeek-R1 in their dimensions: what is left over is below 2 %', () => {
    for (const architecture of [LLAMA_70B, DEEPSEEK_R1]) {
      const parts = parameterParts(architecture);
      expect(parts.other / architecture.parameters.total).toBeLessThan(0.02);
    }
  });

  it('keeps embeddings and head in bf16 when the rest is fp8', () => {
    // 2 × 128,256 × 8,192 × 2 bytes beside one byte for each of the others
    const tables = 2 * 128_256 * 8192;
    const expected = 70.554e9 - tables + tables * 2;
    expect(weightBytesPerRank(configuration({}, {}))).toBeCloseTo(expected, -8);
  });

  it('shards over tensor-parallel ranks and replicates KV projections beyond the KV heads', () => {
    const perRank = (tensorParallel: number): number =>
      weightBytesPerRank(configuration({}, { tensorParallel }));
    expect(perRank(8) * 8).toBeCloseTo(perRank(1), -3);
    // at TP 16 each of 8 KV heads is held twice: one extra copy of 80 × 2 × 8192 × 1024 parameters over the replica
    expect(perRank(16) * 16 - perRank(1)).toBeCloseTo(80 * 2 * 8192 * 1024, -4);
  });

  it('gives the fullest stage ⌈layers / stages⌉ layers and one table', () => {
    const one = weightBytesPerRank(configuration({}, {}));
    const three = weightBytesPerRank(configuration({}, { pipelineParallel: 3 }));
    const table = 128_256 * 8192 * 2;
    expect(three).toBeCloseTo((one - 2 * table) * (27 / 80) + table, -3);
  });

  it('holds only the routed experts of gpt-oss in 4 bits: 61 to 66 GB (65 GB checkpoint, model card)', () => {
    const bytes = weightBytesPerRank(
      configuration({ architecture: GPT_OSS_120B, weightPrecision: 'mxfp4' }, {}),
    );
    expect(bytes / 1e9).toBeGreaterThan(61);
    expect(bytes / 1e9).toBeLessThan(66);
  });
});

describe('KV cache', () => {
  it('takes 320 KiB per token for Llama 70B in bf16 (serving-policies §4.8), split over ranks up to the KV heads', () => {
    expect(cachedBytesPerToken(configuration({}, {}))).toBe(320 * KIB);
    expect(cachedBytesPerToken(configuration({}, { tensorParallel: 8 }))).toBe(40 * KIB);
    expect(cachedBytesPerToken(configuration({}, { tensorParallel: 16 }))).toBe(40 * KIB);
    expect(cachedBytesPerToken(configuration({ kvPrecision: 'fp8' }, {}))).toBe(160 * KIB);
  });

  it('replicates the MLA latent on every tensor-parallel rank', () => {
    const perToken = (tensorParallel: number): number =>
      cachedBytesPerToken(configuration({ architecture: DEEPSEEK_R1 }, { tensorParallel }));
    expect(perToken(8)).toBe(perToken(1));
    expect(perToken(1)).toBe(61 * 576 * 2);
  });

  it('counts window layers by the share of the context they keep', () => {
    const short = configuration({ architecture: GPT_OSS_120B, maxModelLength: 128 }, {});
    const long = { ...short, maxModelLength: 12_800 };
    const full = 18 * 2 * 8 * 64 * 2;
    expect(cachedBytesPerToken(short)).toBe(2 * full);
    expect(cachedBytesPerToken(long)).toBeCloseTo(1.01 * full, 6);
  });

  it('fills the memory exactly: weights, activations, reserve and cache sum to the capacity', () => {
    const m = replicaMemory(configuration());
    expect(m.weights + m.activations + m.reserve + m.kvCache).toBeCloseTo(m.capacity, 0);
    expect(m.kvBlocks * m.blockTokens * 80 * KIB).toBeLessThanOrEqual(m.kvCache);
    expect((m.kvBlocks + 1) * m.blockTokens * 80 * KIB).toBeGreaterThan(m.kvCache);
  });
});

describe('checkConfiguration', () => {
  const reasonOf = (result: ReturnType<typeof checkConfiguration>): string =>
    result.ok ? 'ok' : result.reason;

  it('accepts Llama 70B in fp8 on four H100 and in bf16 on eight A100', () => {
    expect(checkConfiguration(configuration())).toEqual({ ok: true });
    expect(
      checkConfiguration(
        configuration({ accelerator: A100, weightPrecision: 'bf16' }, { tensorParallel: 8 }),
      ),
    ).toEqual({ ok: true });
  });

  it('says by how many GiB bf16 weights of 141 GB miss one 80 GiB card', () => {
    const result = checkConfiguration(configuration({ weightPrecision: 'bf16' }, {}));
    expect(reasonOf(result)).toBe('out-of-memory');
    // 131.4 GiB of weights, 8 GiB unused share and at least 1 GiB of runtime against 80 GiB
    const short = Number(/([\d.]+) GiB short/.exec(result.ok ? '' : result.detail)?.[1]);
    expect(short).toBeGreaterThan(60);
    expect(short).toBeLessThan(65);
  });

  it('names the single changes that would fit: more ranks, stages, published weights in fewer bits', () => {
    const c = configuration({ weightPrecision: 'bf16' }, {});
    const changes = fittingChanges(c);
    expect(changes.map((change) => change.label)).toEqual(['tensor parallelism 2', '2 pipeline stages']);
    for (const change of changes) expect(checkConfiguration(change.configuration).ok).toBe(true);
    const result = checkConfiguration(c);
    expect(result.ok ? '' : result.detail).toMatch(
      /would fit with tensor parallelism 2, or 2 pipeline stages/,
    );
    expect(fittingChanges(configuration())).toEqual([]);
  });

  it('offers a shorter length and a cache in fp8 where only the cache is too small', () => {
    const c = configuration({}, {});
    expect(reasonOf(checkConfiguration(c))).toBe('kv-too-small');
    const changes = fittingChanges(c);
    expect(changes.map((change) => change.kind)).toContain('max-length');
    for (const change of changes) expect(checkConfiguration(change.configuration).ok).toBe(true);
  });

  it('tells a cache that holds no longest sequence apart from weights that do not fit', () => {
    expect(reasonOf(checkConfiguration(configuration({}, {})))).toBe('kv-too-small');
  });

  it.each([
    [{ tensorParallel: 3 }, /64 heads/],
    [{ tensorParallel: 0 }, /no whole number/],
    [{ pipelineParallel: 81 }, /fewer than 81/],
    [{ expertParallel: 2 }, /routed experts/],
  ])('rejects the cut %o', (parallelism, detail) => {
    const result = checkConfiguration(configuration({}, parallelism));
    expect(result).toMatchObject({
      ok: false,
      reason: 'invalid-parallelism',
      detail: expect.stringMatching(detail),
    });
  });

  it('lets experts be spread only over ranks and experts they divide', () => {
    const moe = { architecture: DEEPSEEK_R1, accelerator: B200, weightPrecision: 'fp8-block' } as const;
    expect(checkConfiguration(configuration(moe, { tensorParallel: 8, expertParallel: 8 }))).toEqual({
      ok: true,
    });
    expect(reasonOf(checkConfiguration(configuration(moe, { tensorParallel: 8, expertParallel: 3 })))).toBe(
      'invalid-parallelism',
    );
  });

  it('widens fp8 weights on cards without fp8 but refuses nvfp4 there', () => {
    expect(reasonOf(checkConfiguration(configuration({ accelerator: A100 })))).toBe('ok');
    expect(reasonOf(checkConfiguration(configuration({ accelerator: A100, weightPrecision: 'nvfp4' })))).toBe(
      'unsupported-precision',
    );
    expect(reasonOf(checkConfiguration(configuration({ kvPrecision: 'nvfp4' })))).toBe(
      'unsupported-precision',
    );
    const amd = { ...A100, vendor: 'amd', name: 'some-card' };
    expect(reasonOf(checkConfiguration(configuration({ accelerator: amd })))).toBe('unsupported-precision');
  });

  it('takes more where the engine is given more', () => {
    for (const engine of ['vllm', 'sglang', 'tensorrt-llm']) {
      const [less, more] = [0.9, 0.95].map((memoryShare) =>
        replicaMemory(configuration({ engine, memoryShare })),
      );
      expect(more?.kvBlocks).toBeGreaterThan(less?.kvBlocks ?? NaN);
      expect(less).toEqual(replicaMemory(configuration({ engine })));
    }
  });
});
