import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LatencyLimit, LatencyMetric, Percentile } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import { WIDEST_BATCH } from '../candidates/batch-limits.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { chat, modelNamed, smallField } from '../testing/small-field.ts';
import { LoneLatency } from './latency-bound.ts';

const COUNT = 400;
const DENSE = smallField({ accelerators: 4 });
const EXPERTS = smallField({
  accelerators: 4,
  architecture: modelNamed('Qwen/Qwen3-30B-A3B'),
  facts: { precisions: ['fp8-block'] },
});
const SHAPES = [
  ...['tp1', 'tp4', 'tp1-pp4', 'tp1-dp2-ff2'].map((cut) => DENSE.shape(`bf16-${cut}`)),
  ...['tp2-ep2', 'tp1-dp4-ep4'].map((cut) => EXPERTS.shape(`fp8-block-${cut}`)),
];
const METRICS = ['ttft', 'e2e'] as const;
const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;

/** A limit of which the bound is asked how far it may be kept. */
const limitOf = (metric: LatencyMetric, percentile: Percentile, value: number): LatencyLimit => {
  return { metric, percentile, limit: seconds(value) };
};

describe('LoneLatency', () => {
  it('lies at or below every percentile of a simulation, at any load, with any prefixes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SHAPES),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.constantFrom(0, 0.6),
        fc.integer({ min: 1, max: 500 }),
        (shape, load, hitRate, seed) => {
          const profile = chat({ prefix: { hitRate } });
          const bench = new MeasuringBench({ ...DENSE.subject, profile, seed, longest: COUNT });
          const batch = WIDEST_BATCH;
          const { value: reading } = bench.perform({
            method: 'read',
            args: { shape, batch, load, count: COUNT, canAbort: false },
          });
          const bound = new LoneLatency(bench.sample(COUNT));
          const { steps } = bench.performanceOf(shape, batch);
          for (const metric of METRICS) {
            for (const percentile of PERCENTILES) {
              const { value } = reading.evidence.latency[metric][percentile];
              expect(
                bound.brokenLimit(steps, [limitOf(metric, percentile, value)], batch),
                `${metric}.${percentile}`,
              ).toBeUndefined();
            }
          }
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  it('names the first limit that nobody keeps with the least that it could be, and leaves TPOT to others', () => {
    const bench = new MeasuringBench({ ...DENSE.subject, longest: COUNT });
    const { steps } = bench.performanceOf(DENSE.shape('bf16-tp1'));
    const bound = new LoneLatency(bench.sample(COUNT));
    const limits = [
      limitOf('tpot', 'p99', 1e-9),
      limitOf('ttft', 'p99', 10),
      limitOf('ttft', 'p50', 1e-6),
      limitOf('e2e', 'p99', 1e-6),
    ];
    const broken = bound.brokenLimit(steps, limits, WIDEST_BATCH);
    expect(broken?.limit).toBe(limits[2]);
    const least = broken!.least;
    expect(bound.brokenLimit(steps, [limitOf('ttft', 'p50', least)], WIDEST_BATCH)).toBeUndefined();
    expect(bound.brokenLimit(steps, [limitOf('ttft', 'p50', least * 0.999)], WIDEST_BATCH)).toBeDefined();
  });

  it('counts a prompt of several steps in full, so that smaller steps take longer', () => {
    const bench = new MeasuringBench(DENSE.subject);
    const { steps } = bench.performanceOf(DENSE.shape('bf16-tp1'));
    const prompt = { isl: Int32Array.of(8000), osl: Int32Array.of(1), cachedTokens: Int32Array.of(0) };
    const bound = new LoneLatency(prompt);
    const [wide, narrow] = [8192, 1024].map((maxBatchedTokens) => {
      const batch = { maxBatchedTokens, maxSequences: 64 };
      return bound.brokenLimit(steps, [limitOf('ttft', 'p99', 1e-6)], batch)!.least;
    });
    expect(narrow).toBeGreaterThan(wide!);
    expect(narrow).toBeLessThan(3 * wide!);
  });
});
