import { describe, expect, it } from 'vitest';
import { replicaPerformance } from './replica-performance.ts';
import { shippedCoefficients } from './shipped.ts';
import { A100, configuration, H100 } from './testing/configurations.ts';

const coefficients = shippedCoefficients();

describe('replicaPerformance', () => {
  it('is fitted on measured accelerators and assumed, with a wider error, on others', () => {
    const measured = replicaPerformance(configuration(), coefficients);
    const other = replicaPerformance(
      configuration({ accelerator: { ...A100, name: 'a100-40gb-sxm', aliases: [] } }),
      coefficients,
    );
    expect(measured.evidence).toBe('fitted');
    expect(other.evidence).toBe('assumed');
    expect(other.modelError).toBeGreaterThan(measured.modelError);
  });

  it('agrees with itself on the KV blocks of memory map and steps', () => {
    const { memory, steps } = replicaPerformance(configuration(), coefficients);
    expect(steps.kvBlocks).toBe(memory.kvBlocks);
    expect(steps.blockTokens).toBe(16);
  });

  it('draws between 10 % of the limit when idle and the limit of all boards when busy, growing with load', () => {
    const replica = replicaPerformance(configuration(), coefficients);
    const idle = replica.power({ busyShare: 0 });
    const busy = replica.power({ busyShare: 1, meanBatch: 256 });
    expect(idle).toBeGreaterThan(0.1 * 4 * 700);
    expect(busy).toBeLessThanOrEqual(4 * 700);
    expect(replica.power({ busyShare: 0.5, meanBatch: 64 })).toBeGreaterThan(idle);
    expect(replica.power({ busyShare: 1, meanBatch: 8 })).toBeLessThan(busy);
  });

  it('draws more the better a step uses the board: power follows measured kernels of H200 within their limit', () => {
    const h200 = configuration({ accelerator: { ...H100, name: 'h200-sxm', aliases: [] } });
    const replica = replicaPerformance(h200, coefficients);
    const thin = replica.power({ busyShare: 1, meanBatch: 1 });
    const wide = replica.power({ busyShare: 1, meanBatch: 256, meanPrefillTokens: 4096 });
    // A decode step of few sequences streams weights: measured 0.5 to 0.9 of the limit (power tables, 2026-08-21).
    expect(thin / (4 * 700)).toBeGreaterThan(0.4);
    expect(wide).toBeGreaterThan(thin);
    expect(wide).toBeLessThanOrEqual(4 * 700);
  });

  it('starts slower with more weights to load', () => {
    const fp8 = replicaPerformance(configuration(), coefficients).startup;
    const bf16 = replicaPerformance(configuration({ weightPrecision: 'bf16' }), coefficients).startup;
    // 68.5 GB more at the assumed 2 GB/s
    expect(bf16 - fp8).toBeGreaterThan(30);
    expect(bf16 - fp8).toBeLessThan(40);
  });

  it('gives an engine without overheads of its own those of vLLM', () => {
    const own = replicaPerformance(configuration({ engine: 'my-engine' }), coefficients).steps;
    const vllm = replicaPerformance(configuration(), coefficients).steps;
    expect(own.stepTime(0, 0, 8, 8000)).toBe(vllm.stepTime(0, 0, 8, 8000));
  });
});
