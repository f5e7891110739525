import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCoefficients } from '../coefficients.ts';
import { compileSteps } from '../step-model.ts';
import { shippedCoefficients } from '../shipped.ts';
import { configuration, H100 } from '../testing/configurations.ts';
import { buildOperators, MOST_POINTS, nonDecreasing } from './build-tables.ts';
import { lawDistance } from './law-distance.ts';
import { measuredCorrection } from './measured-correction.ts';
import { parseMeasuredTables } from './measured-tables.ts';
import type { MeasuredOperator, MeasuredTables } from './measured-tables.ts';
import { lawSeconds, operatorLaw } from './operator-law.ts';
import type { LawAt } from './operator-law.ts';
import type { OperatorSample } from './operator-sample.ts';

const shipped = shippedCoefficients();
const { laws } = chooseCoefficients(H100, shipped);
const gemmLaw = operatorLaw('gemm', 'fp8', { accelerator: H100, laws })!;

function tables(...operators: readonly MeasuredOperator[]): MeasuredTables {
  return {
    ...{ format: 'plimsoll-operator-tables', version: 1, accelerator: 'h100-sxm' },
    provenance: { evidence: 'measured', source: 'test', layout: 'test', date: '2026-11-21' },
    operators,
  };
}

function product(shape: readonly number[], factor: number): OperatorSample[] {
  return [1, 16, 256, 4096, 32_768].map((size) => ({
    ...{ kind: 'gemm', precision: 'fp8', backend: 'own', shape, size },
    seconds: lawSeconds(gemmLaw, shape, size) * factor,
  }));
}

const sampleOf = (size: number, seconds: number, backend = 'own', shape = [64, 64]): OperatorSample => ({
  ...{ kind: 'gemm', precision: 'bf16', shape, size, seconds, backend },
});

describe('curves from samples', () => {
  it('repeats give their median and falling times are levelled', () => {
    const [operator] = buildOperators(
      [1, 2, 9].map((t) => sampleOf(1, t)).concat(sampleOf(4, 8), sampleOf(8, 4.5)),
    );
    expect(operator?.curves[0]?.sizes).toEqual([1, 4, 8]);
    expect(operator?.curves[0]?.seconds).toEqual([2, 6, 6]);
  });

  it('levelled times never fall and keep their mean logarithm', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 10, noNaN: true }), { minLength: 1 }), (values) => {
        const level = nonDecreasing(values);
        const mean = (list: readonly number[]): number =>
          list.reduce((sum, x) => sum + Math.log(x), 0) / list.length;
        expect(level).toHaveLength(values.length);
        expect(level.every((x, i) => i === 0 || x >= level[i - 1]! * (1 - 1e-12))).toBe(true);
        expect(mean(level)).toBeCloseTo(mean(values), 8);
      }),
    );
  });

  it('backends are never mixed; the one asked for wins', () => {
    const samples = [...Array.from({ length: 30 }, (_, i) => sampleOf(i + 1, i + 1, 'sglang'))].concat(
      Array.from({ length: 30 }, (_, i) => sampleOf(i + 1, i + 2, 'vllm')),
    );
    expect(buildOperators(samples)[0]?.backend).toBe('vllm');
    expect(buildOperators(samples, 'sglang')[0]).toMatchObject({ backend: 'sglang', samples: 60 });
  });

  it('points are bounded for many shapes', () => {
    const samples = Array.from({ length: 900 }, (_, i) =>
      Array.from({ length: 20 }, (_unused, j) => sampleOf(j + 1, j + 1, 'own', [64 + i, 64 * i])),
    ).flat();
    const [operator] = buildOperators(samples);
    const points = operator!.curves.reduce((sum, { sizes }) => sum + sizes.length, 0);
    expect(points).toBeLessThanOrEqual(MOST_POINTS);
    expect(points).toBeGreaterThan(MOST_POINTS / 10);
  });
});

describe('corrections', () => {
  const law: LawAt = ([n = 0], size) => ({ fixed: 1, growing: n * size });
  const operator: MeasuredOperator = {
    ...{ kind: 'gemm', precision: 'bf16', backend: 'own', samples: 4 },
    curves: [
      { shape: [10, 5], sizes: [1, 100], seconds: [22, 1001] },
      { shape: [40, 5], sizes: [1, 100], seconds: [41, 8002] },
    ],
  };

  it('is exact at measured points, the factor of the edge beyond them', () => {
    const at = measuredCorrection(operator, [10, 5], law);
    expect([1, 100].map((m) => lawSeconds(law, [10, 5], m) * at(m))).toEqual([22, 1001]);
    expect(at(0.1)).toBeCloseTo(2, 12);
    expect(at(1e6)).toBeCloseTo(1, 12);
    expect(at(10)).toBeCloseTo(Math.SQRT2, 12);
  });

  it('mixes shapes between their factors', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        fc.double({ min: 0.5, max: 1e5, noNaN: true }),
        (n, m) => {
          const factor = measuredCorrection(operator, [n, 5], law)(m);
          expect(factor).toBeGreaterThanOrEqual(1 - 1e-9);
          expect(factor).toBeLessThanOrEqual(2 + 1e-9);
        },
      ),
    );
  });

  it('the distance of a law is its error against the points', () => {
    expect(lawDistance(operator, law)).toEqual({ points: 4, p10: -0.5, median: 0, p90: 0 });
  });
});

describe('a configuration with tables', () => {
  const c = configuration({ accelerator: H100 });
  const step = (own: readonly MeasuredTables[], tokens: number, decodes: number): number =>
    compileSteps(c, { ...shipped, tables: own }).stepTime(
      tokens,
      (tokens * tokens) / 2,
      decodes,
      decodes * 1000,
    );

  it('tables that repeat the law change nothing', () => {
    const same = tables(...buildOperators(product([10_240, 8192], 1)));
    expect(step([same], 1024, 8)).toBeCloseTo(step([], 1024, 8), 6);
  });

  it('a product that takes twice as long makes steps longer; another accelerator and format do not', () => {
    const slow = tables(...buildOperators(product([57_344 / 4, 8192], 2)));
    const base = step([], 2048, 0);
    expect(step([slow], 2048, 0)).toBeGreaterThan(base * 1.2);
    expect(step([{ ...slow, accelerator: 'b200' }], 2048, 0)).toBe(base);
    const other = {
      ...slow,
      operators: slow.operators.map((operator) => ({ ...operator, precision: 'int8' as const })),
    };
    expect(step([other], 2048, 0)).toBe(base);
  });

  it('later tables win over earlier ones', () => {
    const [slow, fast] = [2, 0.5].map((factor) => tables(...buildOperators(product([14_336, 8192], factor))));
    expect(step([slow!, fast!], 512, 0)).toBe(step([fast!], 512, 0));
  });

  it('measured all-reduces take the place of the fitted curve', () => {
    const slow = [2 ** 10, 2 ** 20, 2 ** 28].map((size) => ({
      ...({ kind: 'all-reduce', precision: 'bf16', backend: 'own', shape: [4] } as const),
      ...{ size, seconds: 1e-3 + size / 1e9 },
    }));
    const layers = c.architecture.layers;
    const difference = step([tables(...buildOperators(slow))], 1, 0) - step([], 1, 0);
    expect(difference).toBeGreaterThan(2 * layers * 0.9e-3);
  });

  it('decode attention stays linear in the cache, so that jumped runs equal stepped ones', () => {
    const decodeLaw = operatorLaw('decode-attention', 'bf16', { accelerator: H100, laws })!;
    const slow = [1, 32].flatMap((batch) =>
      [256, 4096, 65_536].map((size) => ({
        ...({
          kind: 'decode-attention',
          precision: 'bf16',
          backend: 'own',
          shape: [16, 2, 128, batch],
        } as const),
        ...{ size, seconds: lawSeconds(decodeLaw, [16, 2, 128, batch], size) * (batch === 1 ? 1.5 : 3) },
      })),
    );
    const own = compileSteps(c, { ...shipped, tables: [tables(...buildOperators(slow))] });
    const base = compileSteps(c, shipped);
    const stepped = Array.from({ length: 50 }, (_, i) => own.stepTime(0, 0, 16, 16 * (5000 + i)));
    expect(own.decodeRun(16, 16 * 5000, 50)).toBeCloseTo(
      stepped.reduce((sum, x) => sum + x, 0),
      9,
    );
    expect(own.stepTime(0, 0, 16, 160_000)).toBeGreaterThan(base.stepTime(0, 0, 16, 160_000));
    expect(own.stepTime(0, 0, 16, 160_000)).toBeGreaterThan(own.stepTime(0, 0, 16, 80_000));
  });
});

describe('files of tables', () => {
  const sound = tables(...buildOperators(product([64, 64], 1)));
  const codes = (value: unknown): readonly string[] =>
    parseMeasuredTables(JSON.parse(JSON.stringify(value)), 't.json').diagnostics.map(({ code }) => code);

  it('what was written is read', () => {
    expect(parseMeasuredTables(JSON.parse(JSON.stringify(sound)), 't.json')).toMatchObject({
      ok: true,
      value: sound,
    });
  });

  it('other formats, versions and broken curves are refused', () => {
    const [operator] = sound.operators;
    const withCurve = (curve: object) => ({ ...sound, operators: [{ ...operator, curves: [curve] }] });
    expect(codes(null)).toEqual(['perf-tables-invalid']);
    expect(codes({ ...sound, version: 9 })).toEqual(['perf-tables-version']);
    expect(codes({ ...sound, accelerator: 7 })).toEqual(['perf-tables-invalid']);
    expect(codes(withCurve({ shape: [1], sizes: [1], seconds: [1] }))).toEqual(['perf-tables-invalid']);
    expect(codes(withCurve({ shape: [1, 1], sizes: [1, 2], seconds: [1] }))).toEqual(['perf-tables-invalid']);
    expect(codes(withCurve({ shape: [1, 1], sizes: [2, 1], seconds: [1, 1] }))).toEqual([
      'perf-tables-invalid',
    ]);
    expect(codes(withCurve({ shape: [1, 1], sizes: [1, 2], seconds: [2, 1] }))).toEqual([
      'perf-tables-invalid',
    ]);
    expect(codes(withCurve({ shape: [1, 1], sizes: [1, 2], seconds: [0, 1] }))).toEqual([
      'perf-tables-invalid',
    ]);
  });
});
