import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineLaws, overheadsOf, scaledWork } from './engine-overheads.ts';
import { shippedCoefficients } from './shipped.ts';
import { configuration } from './testing/configurations.ts';

const shipped = shippedCoefficients();
const LLAMA = configuration();

describe('overheads of an engine', () => {
  it('are its own, and those of vLLM for an engine that was not measured', () => {
    expect(overheadsOf({ ...LLAMA, engine: 'sglang' }, shipped).engine).toBe('sglang');
    expect(overheadsOf({ ...LLAMA, engine: 'unheard-of' }, shipped).engine).toBe('vllm');
  });

  it('cannot be had from coefficients without engines', () => {
    expect(() => overheadsOf(LLAMA, { ...shipped, engines: [] })).toThrow(/no engine/);
  });
});

describe('laws as an engine runs them', () => {
  const withScales = (floorScale: number, linkScale: number) =>
    engineLaws(LLAMA, {
      ...shipped,
      engines: shipped.engines.map((entry) => ({ ...entry, floorScale, linkScale })),
    });

  it('have floors and collectives scaled, and nothing else', () => {
    const plain = withScales(1, 1);
    const scaled = withScales(0.5, 2);
    expect(scaled.gemm.bf16?.floor).toBeCloseTo((plain.gemm.bf16?.floor ?? NaN) / 2, 12);
    expect(scaled.gemm.bf16?.compute).toBe(plain.gemm.bf16?.compute);
    expect(scaled.allReduce[0]?.knots[0]?.[1]).toBeCloseTo(
      (plain.allReduce[0]?.knots[0]?.[1] ?? NaN) * 2,
      12,
    );
    expect(scaled.allReduce[0]?.knots[0]?.[0]).toBe(plain.allReduce[0]?.knots[0]?.[0]);
  });

  it('are made once per pair of scales', () => {
    expect(withScales(0.5, 2)).toBe(withScales(0.5, 2));
    expect(withScales(0.5, 2)).not.toBe(withScales(0.5, 1));
  });
});

describe('work of a step with prompt tokens', () => {
  const overheads = { prefillScale: 1.3, decodeScale: 0.9 };
  const work = (tokens: number): number => 1 + 0.01 * tokens;

  it('is the decode factor on a pure decode step and on a step with a single prompt token', () => {
    expect(scaledWork(overheads, work, 40, 0)).toBeCloseTo(0.9 * work(40), 12);
    expect(scaledWork(overheads, work, 41, 1)).toBeCloseTo(0.9 * work(41), 12);
  });

  it('comes to the prefill factor where the prompt is large', () => {
    const tokens = 1e6;
    expect(scaledWork(overheads, work, tokens, tokens) / work(tokens)).toBeCloseTo(1.3, 3);
  });

  it('never falls with prompt tokens or with sequences', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(500), (prompt, sequences) => {
        const at = (p: number, s: number): number => scaledWork(overheads, work, p + s, p);
        expect(at(prompt + 1, sequences)).toBeGreaterThanOrEqual(at(prompt, sequences));
        expect(at(prompt, sequences + 1)).toBeGreaterThanOrEqual(at(prompt, sequences));
      }),
    );
  });
});
