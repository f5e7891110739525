import { describe, expect, it } from 'vitest';
import { fitTable } from '../scripts/calibrate-operators-backends.ts';
import { fitCollective } from '../scripts/calibrate-operators-collectives.ts';
import { fitLaw } from '../scripts/calibrate-operators-fit.ts';
import type { OperatorTable, TableRow } from '../scripts/calibrate-operators-tables.ts';
import { collectiveSeconds } from '../src/perf/laws.ts';

interface Line {
  readonly floor: number;
  readonly bandwidth: number;
}
const PARAMETERS = [
  { name: 'floor', start: 1e-5, low: 1e-7, high: 1e-3 },
  { name: 'bandwidth', start: 1e11, low: 1e9, high: 1e13 },
];
const line = (law: Line, [bytes = 0]: readonly number[]): number => law.floor + bytes / law.bandwidth;
const TRUE: Line = { floor: 4e-6, bandwidth: 3e11 };
const sizes = Array.from({ length: 18 }, (_, i) => 2 ** (8 + i));

function table(rows: readonly Readonly<Record<string, number | string>>[]): OperatorTable {
  return {
    name: 'test/table',
    rows: rows.length,
    forEach: (visit) => {
      for (const row of rows) {
        const view: TableRow = {
          number: (column) => (typeof row[column] === 'number' ? row[column] : NaN),
          text: (column) => (typeof row[column] === 'string' ? row[column] : ''),
        };
        visit(view);
      }
    },
  };
}

describe('fitLaw', () => {
  const samples = (spoil: (group: string) => number) =>
    ['a', 'b', 'c', 'd'].flatMap((group) =>
      sizes.map((bytes) => ({ x: [bytes], seconds: line(TRUE, [bytes]) * spoil(group), group })),
    );

  it('finds the coefficients that made the times, to 1 %', () => {
    const { law, quality } = fitLaw<Line>(
      samples(() => 1),
      PARAMETERS,
      line,
    );
    expect(Math.abs(law.floor / TRUE.floor - 1)).toBeLessThan(0.01);
    expect(Math.abs(law.bandwidth / TRUE.bandwidth - 1)).toBeLessThan(0.01);
    expect(quality).toMatchObject({ rows: 72 });
  });

  it('never sees the held-out shape group, whose residuals it reports', () => {
    const spoiled = fitLaw<Line>(
      samples((group) => (group === 'd' ? 2 : 1)),
      PARAMETERS,
      line,
    );
    expect(spoiled.law).toEqual(
      fitLaw<Line>(
        samples(() => 1),
        PARAMETERS,
        line,
      ).law,
    );
    expect(spoiled.quality.p50).toBeCloseTo(-0.5, 2);
  });
});

describe('fitTable', () => {
  const rows = (backend: string, factor: number) =>
    sizes.flatMap((bytes) =>
      ['a', 'b'].map((group, i) => ({
        backend,
        group,
        bytes: bytes + i,
        latency_ms: line(TRUE, [bytes]) * factor * 1e3,
      })),
    );
  const spec = {
    precision: () => 'bf16' as const,
    features: (row: TableRow) => [row.number('bytes')],
    group: ([bytes = 0]: readonly number[]) => `${bytes % 4}`,
    ideal: ([bytes = 0]: readonly number[]) => bytes / 1e12,
    parameters: PARAMETERS,
    predict: line,
  };

  it('gives an engine a law of its own only where its rows differ', () => {
    const { base, engines } = fitTable<Line>(
      table([...rows('vllm', 1), ...rows('trtllm', 1.01), ...rows('sglang', 1.5)]),
      spec,
    );
    expect(base.bf16?.quality.engine).toBe('vllm');
    expect(Object.keys(engines)).toEqual(['sglang']);
  });

  it('passes over a backend with impossible rows and counts those', () => {
    const fast = rows('vllm', 1).map((row, i) => (i % 4 === 0 ? { ...row, latency_ms: 1e-9 } : row));
    const { base } = fitTable<Line>(table([...fast, ...rows('trtllm', 1)]), spec);
    expect(base.bf16?.quality).toMatchObject({ engine: 'tensorrt-llm', rejected: 0 });
    expect(fitTable<Line>(table(fast), spec).base.bf16?.quality.rejected).toBe(9);
  });
});

describe('fitCollective', () => {
  it('follows a knee within 5 % and drops a disturbed run', () => {
    // one-shot up to 256 KiB, two-shot beyond it
    const seconds = (bytes: number): number =>
      bytes <= 2 ** 18 ? 4e-6 + bytes / 4e10 : 6e-6 + bytes / 1.5e11;
    const rows = sizes.map((bytes, i) => ({
      num_gpus: 8,
      message_size: bytes / 2,
      latency_ms: seconds(bytes) * (i === 3 ? 8 : 1) * 1e3,
    }));
    const [law] = fitCollective(table(rows), 4.5e11, () => true);
    for (const bytes of sizes.filter((size) => size < 2 ** 17 || size > 2 ** 19)) {
      expect(Math.abs(collectiveSeconds(law!, bytes) / seconds(bytes) - 1)).toBeLessThan(0.05);
    }
  });
});
