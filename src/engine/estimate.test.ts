import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EstimateReport } from '../report/index.ts';
import { usdPerHour } from '../units/index.ts';
import { estimateConfiguration } from './estimate.ts';
import type { EstimateOptions } from './estimate.ts';
import { quietHost } from './testing/host.ts';

const LLAMA_70B: EstimateOptions = {
  model: 'llama-3.1-70b-instruct',
  accelerator: 'h100-sxm',
  parallelism: { tensorParallel: 4 },
  isl: 1000,
  osl: 300,
  concurrency: 16,
};

async function estimated(changes: Partial<EstimateOptions> = {}): Promise<EstimateReport> {
  const outcome = await estimateConfiguration({ ...LLAMA_70B, ...changes }, quietHost());
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

async function codes(options: EstimateOptions): Promise<readonly string[]> {
  return (await estimateConfiguration(options, quietHost())).diagnostics.map((item) => item.code);
}

/** The same configuration under a rate instead of clients. */
function atRate(requestRate: number): EstimateOptions {
  const { concurrency: _concurrency, ...rest } = LLAMA_70B;
  return { ...rest, requestRate };
}

describe('fast links', () => {
  const rack = { accelerator: 'gb200', instanceType: 'a4x-highgpu-4g', weightPrecision: 'fp8' } as const;

  it('join the nodes of a rack where the instance type says so, and the flag wins', async () => {
    const reach = async (changes: Partial<EstimateOptions>): Promise<number | undefined> =>
      (await estimated({ ...rack, ...changes })).pools[0]?.configuration.acceleratorsPerNode;
    expect(await reach({})).toBe(72);
    expect(await reach({ acceleratorsPerNode: 4 })).toBe(4);
  });

  it('change nothing about the weights that one host reads', async () => {
    const start = async (changes: Partial<EstimateOptions>): Promise<number | undefined> =>
      (await estimated({ ...rack, parallelism: { tensorParallel: 8 }, ...changes })).pools[0]?.startup.value;
    expect(await start({})).toBe(await start({ acceleratorsPerNode: 4 }));
  });

  it('of a known accelerator reach as far as the catalogue knows, and the estimate says so', async () => {
    const { pools, assumptions } = await estimated({ accelerator: 'gb200' });
    expect(pools[0]?.configuration.acceleratorsPerNode).toBe(72);
    expect(assumptions.join(' ')).toContain('Fast links among 72 accelerators');
  });
});

describe('an estimate', () => {
  it("obeys Little's law: clients are requests per second times their latency", async () => {
    for (const concurrency of [1, 16, 64]) {
      const { throughput, latency } = await estimated({ concurrency });
      const inSystem = throughput.requestsPerSecond.value * latency.e2e.mean.value;
      expect(inSystem / concurrency).toBeCloseTo(1, 1);
    }
  });

  it('gives more clients more throughput and slower tokens', async () => {
    const [few, many] = [await estimated({ concurrency: 4 }), await estimated({ concurrency: 64 })];
    expect(many.throughput.outputTokensPerSecond.value).toBeGreaterThan(
      few.throughput.outputTokensPerSecond.value,
    );
    expect(many.latency.tpot.mean.value).toBeGreaterThan(few.latency.tpot.mean.value);
  });

  it('divides a step among its operators and a memory among its parts', async () => {
    const [pool] = (await estimated()).pools;
    const { capacity, weights, activations, reserve, kvCache } = pool!.memory;
    expect(weights + activations + reserve + kvCache).toBeCloseTo(capacity, -3);
    for (const step of pool!.steps) {
      expect(step.operators.reduce((sum, row) => sum + row.share, 0)).toBeCloseTo(1, 9);
      expect(step.operators.reduce((sum, row) => sum + row.seconds, 0)).toBeCloseTo(step.time.value, 12);
    }
    expect(pool!.steps.map((step) => step.kind)).toEqual(['decode', 'prefill']);
  });

  it('holds every figure inside its interval, and every mean above its lower bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 16, max: 4000 }),
        fc.integer({ min: 2, max: 400 }),
        fc.constantFrom(0, 0.5, 0.9),
        async (concurrency, isl, osl, prefixHitRate) => {
          const report = await estimated({ concurrency, isl, osl, prefixHitRate, lengthSpread: 0 });
          const { latency, lowerBounds, throughput } = report;
          const figures = [
            ...Object.values(latency).flatMap((summary) => Object.values(summary)),
            ...Object.values(throughput),
            ...Object.values(lowerBounds),
          ];
          for (const { value, low, high } of figures) {
            expect(low).toBeLessThanOrEqual(value);
            expect(high).toBeGreaterThanOrEqual(value);
          }
          expect(latency.ttft.mean.value).toBeGreaterThanOrEqual(lowerBounds.ttft.value * 0.98);
          expect(latency.tpot.mean.value).toBeGreaterThanOrEqual(lowerBounds.tpot.value * 0.999);
        },
      ),
      { numRuns: 15, seed: 1 },
    );
  });

  it('serves a rate below saturation exactly and warns above it with the rate that is served', async () => {
    const calm = await estimateConfiguration(atRate(1), quietHost());
    expect(calm.diagnostics).toEqual([]);
    const flooded = await estimateConfiguration(atRate(100), quietHost());
    expect(flooded.diagnostics.map((item) => item.code)).toEqual(['sim-not-stationary']);
    expect(calm.ok && flooded.ok && [calm.value.isStationary, flooded.value.isStationary]).toEqual([
      true,
      false,
    ]);
    if (!calm.ok) return;
    const { low, high } = calm.value.throughput.requestsPerSecond;
    expect(low).toBe(high);
  });

  it('refuses more clients or replicas than are simulated', async () => {
    for (const [more, path] of [
      [{ concurrency: 1_000_000 }, '--concurrency'],
      [{ concurrency: 8, replicas: 100_000 }, '--replicas'],
    ] as const) {
      const refused = await estimateConfiguration({ ...LLAMA_70B, ...more }, quietHost());
      expect(refused.diagnostics.map((item) => [item.code, item.path])).toEqual([['engine-usage', path]]);
    }
  });

  it('prices tokens by the hour of all accelerators', async () => {
    const { cost, throughput } = await estimated({ price: usdPerHour(2.5) });
    expect(cost?.perHour).toBeCloseTo(10, 9);
    expect(cost?.perMillionOutputTokens.value).toBeCloseTo(
      (10 * 1e6) / (throughput.outputTokensPerSecond.value * 3600),
      9,
    );
    expect(cost?.perMillionTokens.value).toBeLessThan(cost?.perMillionOutputTokens.value ?? 0);
  });

  it('takes accelerator, node and price from an instance type', async () => {
    const { accelerator: _accelerator, ...rest } = LLAMA_70B;
    const outcome = await estimateConfiguration({ ...rest, instanceType: 'p5.48xlarge' }, quietHost());
    expect(outcome.ok && outcome.value.pools[0]?.configuration).toMatchObject({
      accelerator: 'h100-sxm',
      acceleratorsPerNode: 8,
    });
    expect(outcome.ok && (outcome.value.cost?.source ?? '')).toContain('p5.48xlarge');
  });

  it('knows an accelerator that was not measured less well', async () => {
    const width = ({ latency }: EstimateReport): number => latency.tpot.mean.high / latency.tpot.mean.low;
    const measured = await estimated();
    const scaled = await estimated({ accelerator: 'mi300x' });
    expect(scaled.latency.tpot.mean.evidence).toBe('assumed');
    expect(width(scaled)).toBeGreaterThan(width(measured));
    expect(scaled.assumptions.join(' ')).toContain('not measured');
  });

  it('splits prefill from decode, with the transfer of the KV between them', async () => {
    const report = await estimated({
      prefill: { replicas: 2, parallelism: { tensorParallel: 2 } },
      decode: { replicas: 1 },
    });
    expect(report.pools.map(({ configuration: c }) => [c.role, c.replicas, c.accelerators])).toEqual([
      ['prefill', 2, 2],
      ['decode', 1, 4],
    ]);
    expect(report.transferSeconds).toBeGreaterThan(0);
    expect(report.pools.map(({ steps }) => steps.map((step) => step.kind))).toEqual([
      ['prefill'],
      ['decode'],
    ]);
  });
});

describe('stages that differ', () => {
  const { accelerator: _, ...rest } = LLAMA_70B;
  const staged = (...stages: readonly (readonly [string, number])[]): EstimateOptions => ({
    ...rest,
    weightPrecision: 'bf16',
    stages: stages.map(([accelerator, layers]) => ({ accelerator, layers })),
  });
  const mixed = staged(['h100-sxm', 50], ['a100-80gb-sxm', 30]);
  const reported = async (options: EstimateOptions): Promise<EstimateReport> => {
    const outcome = await estimateConfiguration(options, quietHost());
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    return outcome.value;
  };
  const through = async (options: EstimateOptions): Promise<number> =>
    (await reported(options)).throughput.outputTokensPerSecond.value;

  it('make a pipeline of as many, told with their accelerators and layers', async () => {
    const [pool] = (await reported(mixed)).pools;
    expect(pool?.configuration).toMatchObject({
      accelerators: 8,
      parallelism: { tensorParallel: 4, pipelineParallel: 2 },
      stages: [
        { accelerator: 'h100-sxm', layers: 50 },
        { accelerator: 'a100-80gb-sxm', layers: 30 },
      ],
    });
  });

  it('serve more where the faster accelerator has more of the layers, and less than two of the faster', async () => {
    const halves = await through(staged(['h100-sxm', 40], ['a100-80gb-sxm', 40]));
    const balanced = await through(mixed);
    expect(balanced).toBeGreaterThan(halves);
    expect(await through(staged(['h100-sxm', 40], ['h100-sxm', 40]))).toBeGreaterThan(balanced);
  });

  it('equal the even pipeline where they are alike', async () => {
    const even = { ...LLAMA_70B, parallelism: { tensorParallel: 4, pipelineParallel: 2 } };
    const alike = staged(['h100-sxm', 40], ['h100-sxm', 40]);
    expect(await through(alike)).toBe(await through({ ...even, weightPrecision: 'bf16' }));
  });

  it.each([
    ['catalog-unknown-accelerator', staged(['h100-sxm', 50], ['a1000-sxm', 30])],
    ['perf-invalid-parallelism', staged(['h100-sxm', 50], ['a100-80gb-sxm', 20])],
    ['perf-invalid-parallelism', { ...mixed, parallelism: { tensorParallel: 4, pipelineParallel: 4 } }],
    ['engine-usage', { ...mixed, accelerator: 'h100-sxm' }],
    ['engine-usage', { ...mixed, instanceType: 'p5.48xlarge' }],
  ] as const)('are refused with %s', async (code, options) => {
    expect(await codes(options)).toContain(code);
  });
});

describe('a configuration that cannot run', () => {
  it('is told by how much it does not fit and which change would, and that change fits', async () => {
    const small = { ...LLAMA_70B, parallelism: { tensorParallel: 1 } };
    const outcome = await estimateConfiguration(small, quietHost());
    const [first] = outcome.diagnostics;
    expect(first?.code).toBe('perf-out-of-memory');
    expect(first?.summary).toMatch(/\d GiB short/);
    const ranks = Number(/--tp (\d+)/.exec(first?.fix ?? '')?.[1]);
    expect(ranks).toBeGreaterThan(1);
    expect(await codes({ ...small, parallelism: { tensorParallel: ranks } })).toEqual([]);
  });

  it('serves shorter sequences when the length is free, and says so', async () => {
    const report = await estimated({ parallelism: { tensorParallel: 2 }, concurrency: 4 });
    const { maxModelLength } = report.pools[0]!.configuration;
    expect(maxModelLength).toBeLessThan(131_072);
    expect(maxModelLength).toBeLessThanOrEqual(report.pools[0]!.memory.kvTokens.value);
    expect(report.assumptions.join(' ')).toContain(`up to ${maxModelLength} tokens`);
    expect(
      await codes({ ...LLAMA_70B, parallelism: { tensorParallel: 2 }, maxModelLength: 131_072 }),
    ).toEqual(['perf-out-of-memory']);
  });

  it.each<[string, Partial<EstimateOptions>, readonly string[]]>([
    [
      'a cut that does not divide the heads',
      { parallelism: { tensorParallel: 3 } },
      ['perf-invalid-parallelism'],
    ],
    ['experts of a dense model', { parallelism: { expertParallel: 2 } }, ['perf-invalid-parallelism']],
    ['a format the accelerator lacks', { weightPrecision: 'nvfp4' }, ['perf-unsupported-precision']],
    [
      'two unknown names, both of them',
      { model: 'lama-3.1-70b', accelerator: 'h10' },
      ['catalog-unknown-model', 'catalog-unknown-accelerator'],
    ],
    ['an unknown instance type', { instanceType: 'p5.48xlrage' }, ['catalog-unknown-instance-type']],
    ['an instance type with other accelerators', { instanceType: 'g6e.xlarge' }, ['engine-usage']],
    ['an engine with a misspelt name', { engine: 'vlm' }, ['engine-usage']],
    ['two loads', { requestRate: 1 }, ['engine-usage']],
    ['prefill without decode', { prefill: {} }, ['engine-usage']],
    ['replicas beside roles', { prefill: {}, decode: {}, replicas: 2 }, ['engine-usage']],
    ['requests longer than the model takes', { isl: 200_000 }, ['traffic-too-long']],
    ['a calibration that does not exist', { calibration: ['nowhere.json'] }, ['engine-file-not-found']],
  ])('is refused for %s', async (_, changes, expected) => {
    expect(await codes({ ...LLAMA_70B, ...changes })).toEqual(expected);
  });

  it('is offered the closest names', async () => {
    const outcome = await estimateConfiguration(
      { ...LLAMA_70B, model: 'llama-3.1-70b-instrukt' },
      quietHost(),
    );
    expect(outcome.diagnostics[0]?.fix?.toLowerCase()).toContain('llama-3.1-70b-instruct');
  });
});
