import { describe, expect, it } from 'vitest';
import { shippedCatalog } from '../catalog/index.ts';
import { shippedCoefficients } from '../perf/index.ts';
import { harnessSettings, harnessWaits, launchedParallelism } from './harness.ts';
import { errorQuantiles } from './intervals.ts';
import type { Measurement } from './measurement.ts';
import { predictMeasurement } from './predict.ts';
import { measurement } from './testing/measurements.ts';

const context = { catalog: shippedCatalog(), coefficients: shippedCoefficients() };

const agg = measurement({ isl: 1000, osl: 300, lengthSpread: [0.8, 1], concurrency: 16 });

function predicted(m: Measurement) {
  const prediction = predictMeasurement(m, context);
  if (!prediction.ok) throw new Error(prediction.reason);
  return prediction;
}

describe('prediction of a measured operating point', () => {
  it('does not look at what was measured', () => {
    expect(predicted({ ...agg, ttftMs: 1e6, tpotMs: 1e-3 })).toEqual(predicted(agg));
  });

  it('rises with the requests in flight', () => {
    const [few, many] = [predicted(agg), predicted({ ...agg, concurrency: 64 })];
    expect(many.tpotMs).toBeGreaterThan(few.tpotMs);
    expect(many.ttftMs).toBeGreaterThan(few.ttftMs);
  });

  it('spreads the requests over equal workers', () => {
    const two = { ...agg, concurrency: 32, gpus: 8, pool: { ...agg.pool, workers: 2 } };
    expect(predicted(two)).toEqual(predicted(agg));
  });

  it('carries the interval of its engine', () => {
    const { ttftMs, ttftInterval, tpotMs, tpotInterval } = predicted(agg);
    const { ttft, tpot } = errorQuantiles('vllm', 'fitted', context.coefficients.errorBands);
    expect(ttftInterval).toEqual({ low: ttftMs * ttft[0], high: ttftMs * ttft[1] });
    expect(tpotInterval).toEqual({ low: tpotMs * tpot[0], high: tpotMs * tpot[1] });
    expect(tpot[0]).toBeLessThan(1);
    expect(tpot[1]).toBeGreaterThan(1);
  });

  it('carries a wider interval on an accelerator that was not measured', () => {
    const { tpotMs, tpotInterval } = predicted({ ...agg, system: 'h100-pcie' });
    const { tpot } = errorQuantiles('vllm', 'fitted', context.coefficients.errorBands);
    expect(tpotInterval.low / tpotMs).toBeLessThan(tpot[0]);
    expect(tpotInterval.high / tpotMs).toBeGreaterThan(tpot[1]);
  });

  it('refuses unknown names with a reason', () => {
    expect(predictMeasurement({ ...agg, model: 'nobody/nothing' }, context)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^unknown-model/) as string,
    });
    expect(predictMeasurement({ ...agg, system: 'abacus' }, context)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^unknown-system/) as string,
    });
  });

  it('refuses what does not fit memory, and a queue in front of the engine', () => {
    const one = {
      ...agg,
      gpus: 1,
      pool: { ...agg.pool, parallelism: { ...agg.pool.parallelism, tensorParallel: 1 } },
    };
    expect(predictMeasurement({ ...one, precision: 'bf16' }, context)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^out-of-memory/) as string,
    });
    const crowded = { ...agg, isl: 16_000, concurrency: 256 };
    expect(predictMeasurement(crowded, context)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^kv-oversubscribed: the KV cache holds \d+ %/) as string,
    });
  });
});

describe('prediction of prefill and decode pools', () => {
  const disagg: Measurement = {
    ...agg,
    mode: 'disagg',
    gpus: 8,
    prefill: { workers: 1, parallelism: agg.pool.parallelism },
  };

  it('keeps prompts out of the decode steps', () => {
    const heavy = { ...agg, isl: 4000, concurrency: 32 };
    expect(predicted({ ...disagg, isl: 4000, concurrency: 32 }).tpotMs).toBeLessThan(predicted(heavy).tpotMs);
  });

  it('is the same for twice the workers under twice the load', () => {
    const twice = {
      ...disagg,
      concurrency: 32,
      gpus: 16,
      prefill: { workers: 2, parallelism: agg.pool.parallelism },
      pool: { ...agg.pool, workers: 2 },
    };
    expect(predicted(twice)).toEqual(predicted(disagg));
  });
});

describe('what a benchmark sets', () => {
  const inferencex = { ...agg, source: 'inferencex-db-2026-04-27' };

  it('is the engine’s default where the source is unknown', () => {
    expect(harnessSettings(agg, 16)).toEqual({ maxBatchedTokens: 8192, clientSeconds: 0 });
  });

  it('relaxes SGLang’s receive interval from 16 requests on', () => {
    const sglang: Measurement = { ...inferencex, engine: 'sglang' };
    expect(harnessSettings(sglang, 15).wait).toBe('sglangSmall');
    expect(harnessSettings(sglang, 16).wait).toBe('sglangLarge');
    expect(harnessWaits().sglangLarge).toBeGreaterThan(0);
  });

  it('spreads experts whole over all ranks where SGLang exchanges tokens by DeepEP, whatever the row repeats', () => {
    const parallelism = { ...agg.pool.parallelism, tensorParallel: 2, dataParallel: 4 };
    const pool = { workers: 1, parallelism };
    const sglang: Measurement = { ...inferencex, engine: 'sglang', mode: 'disagg', pool };
    expect(launchedParallelism(sglang, pool).expertParallel).toBe(8);
    expect(launchedParallelism({ ...sglang, source: 'mine' }, pool)).toBe(parallelism);
    expect(launchedParallelism({ ...sglang, engine: 'vllm' }, pool)).toBe(parallelism);
    expect(launchedParallelism({ ...sglang, mode: 'agg' }, pool)).toBe(parallelism);
    expect(launchedParallelism(sglang, agg.pool)).toBe(agg.pool.parallelism);
  });

  it('drafts tokens in the DeepSeek recipes that say so by their version', () => {
    const mtp: Measurement = {
      ...inferencex,
      engine: 'tensorrt-llm',
      model: 'deepseek-ai/DeepSeek-R1',
      engineVersion: '1.2.0rc6.post3',
    };
    expect(harnessSettings(mtp, 8).speculative?.draftTokens).toBe(3);
    expect(harnessSettings({ ...mtp, engineVersion: '1.2.0rc6.post2' }, 8).speculative).toBeUndefined();
    expect(harnessSettings({ ...mtp, source: 'mine' }, 8).speculative).toBeUndefined();
  });
});
