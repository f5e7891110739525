import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCoefficients, lawFor } from './coefficients.ts';
import { busiestPairs, collectiveSeconds, expertTime, gemmTime, smoothMax, touchedExperts } from './laws.ts';
import { shippedCoefficients } from './shipped.ts';
import { A100, H100 } from './testing/configurations.ts';

const h100 = chooseCoefficients(H100, shippedCoefficients()).laws;
const bf16 = lawFor(h100.gemm, 'bf16');
const rates = { peak: 989e12, memoryBandwidth: 3.35e12, bytesPerWeight: 2, bytesPerActivation: 2 };
const square = { n: 8192, k: 8192 };

describe('matrix products on H100, bf16', () => {
  it('streams weights at 78 to 81 % of 3.35 TB/s for m = 1 to 128 (serving-policies §4.1), ± 8 points', () => {
    for (const m of [1, 16, 64]) {
      const share = (8192 * 8192 * 2) / 3.35e12 / gemmTime(bf16, m, square, rates);
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(0.89);
    }
  });

  it('reaches 81 % of the peak at m = 1k to 2k (serving-policies §4.1), ± 8 points', () => {
    for (const m of [1024, 2048]) {
      const share = (2 * m * 8192 * 8192) / 989e12 / gemmTime(bf16, m, square, rates);
      expect(share).toBeGreaterThan(0.73);
      expect(share).toBeLessThan(0.89);
    }
  });

  it('stays near 33, 60 and 79 % of the peak at m = 128, 256, 512 (serving-policies §4.1), within a quarter', () => {
    for (const [m, published] of [
      [128, 0.33],
      [256, 0.6],
      [512, 0.79],
    ] as const) {
      const share = (2 * m * 8192 * 8192) / 989e12 / gemmTime(bf16, m, square, rates);
      expect(Math.abs(share / published - 1)).toBeLessThan(0.25);
    }
  });

  it('has a floor of 2.4 µs for bf16 and 4 µs for fp8 (serving-policies §4.1), within 1.5 µs', () => {
    expect(Math.abs(bf16.floor - 2.4e-6)).toBeLessThan(1.5e-6);
    expect(Math.abs(lawFor(h100.gemm, 'fp8').floor - 4e-6)).toBeLessThan(1.5e-6);
  });
});

describe('attention on H100', () => {
  const prefill = lawFor(h100.prefillAttention, 'bf16');
  const time = (tokens: number, heads: number): number =>
    prefill.floor +
    (2 * (2 * 128 + prefill.softmax) * (heads * tokens + prefill.queries) * (tokens / 2 + prefill.keys)) /
      (989e12 * prefill.compute);

  it.each([
    [1024, 0.3],
    [2048, 0.48],
    [4096, 0.62],
    [8192, 0.71],
  ])(
    'prefills %i tokens of 32 heads at the published share %f of peak (serving-policies §4.2, vLLM 0.19; fitted on 0.24), within 0.15',
    (l, share) => {
      const ideal = (2 * 32 * 128 * l * l) / 989e12;
      expect(Math.abs(ideal / time(l, 32) - share)).toBeLessThan(0.15);
    },
  );

  it.each([
    [64, 2048, 0.85],
    [16, 8192, 0.86],
    [64, 512, 0.66],
  ])(
    'decodes %i × %i tokens of 8 KV heads at the published share %f of bandwidth (serving-policies §4.3), within 0.1',
    (b, l, share) => {
      const decode = lawFor(h100.decodeAttention, 'bf16');
      const bytes = b * l * 2 * 8 * 128 * 2;
      const flops = 2 * b * l * 32 * 256;
      const seconds =
        decode.floor +
        decode.perSequence * b * 8 +
        Math.hypot(bytes / (3.35e12 * decode.memory), flops / (989e12 * decode.compute));
      expect(Math.abs(bytes / 3.35e12 / seconds - share)).toBeLessThan(0.1);
    },
  );
});

describe('collectives on H100', () => {
  const law = (ranks: number) => h100.allReduce.find((entry) => entry.ranks === ranks)!;

  it('all-reduces with a latency of 4.3, 4.9, 5.2 µs for 2, 4, 8 cards (serving-policies §4.4), within 10 %', () => {
    for (const [ranks, published] of [
      [2, 4.3e-6],
      [4, 4.9e-6],
      [8, 5.2e-6],
    ] as const) {
      expect(Math.abs(collectiveSeconds(law(ranks), 4096) / published - 1)).toBeLessThan(0.1);
    }
  });

  it('reaches a bus bandwidth of 279, 305, 378 GB/s for 2, 4, 8 cards (serving-policies §4.4), within 25 %', () => {
    for (const [ranks, published] of [
      [2, 279e9],
      [4, 305e9],
      [8, 378e9],
    ] as const) {
      const bytes = 2 ** 28;
      const bus = ((2 * (ranks - 1)) / ranks) * (bytes / collectiveSeconds(law(ranks), bytes));
      expect(Math.abs(bus / published - 1)).toBeLessThan(0.25);
    }
  });

  // vLLM's custom all-reduce in a CUDA graph on 8 cards, as measured (gpu-ops tables, 2026-08-21).
  it.each([
    [8192, 5.1e-6],
    [131_072, 7.9e-6],
    [524_288, 12e-6],
    [2_097_152, 19.4e-6],
    [16_777_216, 92.4e-6],
    [134_217_728, 577.4e-6],
  ])('all-reduces %i bytes over 8 cards in %f s as measured, within 10 %', (bytes, measured) => {
    expect(Math.abs(collectiveSeconds(law(8), bytes) / measured - 1)).toBeLessThan(0.1);
  });

  it('keeps held-out message sizes of the all-reduce within 10 % from the tenth to the ninetieth percentile', () => {
    for (const entry of h100.allReduce) {
      expect(entry.quality.p10).toBeGreaterThan(-0.1);
      expect(entry.quality.p90).toBeLessThan(0.1);
    }
  });
});

describe('routed experts', () => {
  it('touches k experts with one token, all with very many, never more', () => {
    expect(touchedExperts(256, 8, 1)).toBeCloseTo(8, 9);
    expect(touchedExperts(256, 8, 1e5)).toBeCloseTo(256, 6);
    // E(1 − (1 − k/E)^M) by hand: 256 × (1 − (1 − 8/256)^32) = 256 × (1 − 0.96875^32)
    expect(touchedExperts(256, 8, 32)).toBeCloseTo(256 * (1 - 0.96875 ** 32), 9);
    expect(touchedExperts(4, 4, 3)).toBe(4);
  });

  it('loads the busiest rank more than the mean, never with more than every token choosing all of its experts', () => {
    const shape = { hidden: 1, intermediate: 1, experts: 64, topK: 8, ranks: 16 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        (tokens, skew) => {
          const pairs = busiestPairs({ skew }, tokens, shape);
          expect(pairs).toBeGreaterThanOrEqual((tokens * 8) / 16);
          expect(pairs).toBeLessThanOrEqual(tokens * 4);
        },
      ),
    );
    expect(busiestPairs({ skew: 3 }, 1000, { ...shape, ranks: 1 })).toBe(8000);
    expect(busiestPairs({ skew: 0 }, 1000, shape)).toBe(500);
  });

  it('takes 1.53 ms balanced and 2.3 to 2.6 ms skewed for 8,192 tokens of the DeepSeek shape at EP8, H100 fp8-block (serving-policies §4.5): between 1.3 and 3 ms', () => {
    const law = lawFor(h100.experts, 'fp8-block');
    const shape = { hidden: 7168, intermediate: 2048, experts: 256, topK: 8, ranks: 8 };
    const seconds = expertTime(law, 8192, shape, {
      ...rates,
      peak: 1978e12,
      bytesPerWeight: 1,
      bytesPerActivation: 1,
    });
    expect(seconds).toBeGreaterThan(1.3e-3);
    expect(seconds).toBeLessThan(3e-3);
  });
});

describe('laws of every shipped accelerator', () => {
  const size = fc.integer({ min: 1, max: 20_000 });
  it.each(shippedCoefficients().accelerators.map((entry) => [entry.accelerator, entry] as const))(
    '%s: more rows, outputs or depth are never faster',
    (_, entry) => {
      const shape = { hidden: 4096, intermediate: 1536, experts: 128, topK: 8, ranks: 4 };
      fc.assert(
        fc.property(size, size, size, size, (m, n, k, more) => {
          for (const law of Object.values(entry.gemm)) {
            const base = gemmTime(law, m, { n, k }, rates);
            expect(gemmTime(law, m + more, { n, k }, rates)).toBeGreaterThanOrEqual(base);
            expect(gemmTime(law, m, { n: n + more, k }, rates)).toBeGreaterThanOrEqual(base);
            expect(gemmTime(law, m, { n, k: k + more }, rates)).toBeGreaterThanOrEqual(base);
          }
          for (const law of Object.values(entry.experts)) {
            expect(expertTime(law, m + more, shape, rates)).toBeGreaterThanOrEqual(
              expertTime(law, m, shape, rates),
            );
          }
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each(shippedCoefficients().accelerators.map((entry) => [entry.accelerator, entry] as const))(
    '%s: larger messages are never faster',
    (_, entry) => {
      const bytes = fc.integer({ min: 0, max: 2 ** 30 });
      const { allReduce, allGather, reduceScatter, allToAll } = entry;
      fc.assert(
        fc.property(bytes, bytes, (small, more) => {
          for (const law of [...allReduce, ...allGather, ...reduceScatter, ...allToAll]) {
            expect(collectiveSeconds(law, small + more)).toBeGreaterThanOrEqual(
              collectiveSeconds(law, small),
            );
          }
        }),
        { numRuns: 50 },
      );
    },
  );

  it('no share of peak or bandwidth exceeds one and every residual quantile is ordered', () => {
    for (const entry of shippedCoefficients().accelerators) {
      const { gemm, experts, decodeAttention, mlaDecode } = entry;
      for (const table of [gemm, experts, decodeAttention, mlaDecode]) {
        for (const law of Object.values(table as typeof gemm)) {
          expect(law.compute).toBeLessThanOrEqual(1);
          expect(law.memory).toBeLessThanOrEqual(1);
          expect(law.quality.p10).toBeLessThanOrEqual(law.quality.p50);
          expect(law.quality.p50).toBeLessThanOrEqual(law.quality.p90);
        }
      }
    }
  });
});

describe('smoothMax', () => {
  it('lies between the larger number and the sum', () => {
    const positive = fc.double({ min: 1e-9, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 1, max: 8, noNaN: true }), (a, b, p) => {
        const value = smoothMax(a, b, p);
        expect(value).toBeGreaterThanOrEqual(Math.max(a, b));
        expect(value).toBeLessThanOrEqual((a + b) * (1 + 1e-12));
      }),
    );
    expect(smoothMax(0, 0, 3)).toBe(0);
  });
});

describe('chooseCoefficients', () => {
  const all = shippedCoefficients();
  it('uses an accelerator’s own tables by name or alias', () => {
    expect(chooseCoefficients(H100, all)).toMatchObject({
      evidence: 'fitted',
      laws: { accelerator: 'h100-sxm' },
    });
    const renamed = { ...H100, name: 'my-card', aliases: ['H100-SXM'] };
    expect(chooseCoefficients(renamed, all).evidence).toBe('fitted');
  });

  it('borrows from the same architecture first, then the same vendor, and says it is assumed', () => {
    const a10g = {
      ...A100,
      name: 'a10g',
      memoryBandwidth: (A100.memoryBandwidth / 4) as typeof A100.memoryBandwidth,
    };
    expect(chooseCoefficients(a10g, all)).toMatchObject({
      evidence: 'assumed',
      laws: { accelerator: 'a100-80gb-sxm' },
    });
    const t4 = { ...a10g, name: 't4', architecture: 'turing' };
    expect(chooseCoefficients(t4, all).laws.vendor).toBe('nvidia');
    const fast = {
      ...a10g,
      name: 'new-card',
      architecture: 'no-such',
      memoryBandwidth: H100.memoryBandwidth,
    };
    expect(chooseCoefficients(fast, all).evidence).toBe('assumed');
    const own = { ...t4, name: 'mine', vendor: 'me' };
    expect(chooseCoefficients(own, all).evidence).toBe('assumed');
  });

  it('puts an engine’s own laws in front of the common ones, format by format', () => {
    const common = chooseCoefficients(H100, all).laws;
    const engine = chooseCoefficients(H100, all, 'tensorrt-llm').laws;
    expect(engine.allReduce).not.toEqual(common.allReduce);
    expect(engine.gemm.bf16).toBe(common.gemm.bf16);
    expect(chooseCoefficients(H100, all, 'my-engine').laws).toBe(common);
  });

  it('stands in the nearest measured format for one that was not measured', () => {
    const a100 = chooseCoefficients(A100, all).laws;
    expect(lawFor(a100.gemm, 'fp8')).toBe(a100.gemm.int8 ?? a100.gemm.bf16);
    expect(() => lawFor({}, 'bf16')).toThrow(/no operator law/);
  });
});
