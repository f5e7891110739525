import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measurement } from './measurement.ts';
import { readMeasurements } from './read-measurements.ts';
import type { MeasurementFile } from './read-measurements.ts';
import { READABLE, measurementCsv } from './testing/measurements.ts';

function read(text: string, deployment = {}): MeasurementFile {
  const outcome = readMeasurements(text, { fileName: 'runs.csv', deployment });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ summary }) => summary).join('\n'));
  return outcome.value;
}

function only(text: string, deployment = {}): Measurement {
  const [first] = read(text, deployment).measurements;
  if (first === undefined) throw new Error('no measurement');
  return first;
}

function diagnosticsOf(
  text: string,
): readonly { code: string; path: string; line: number | undefined; summary: string }[] {
  return readMeasurements(text, { fileName: 'runs.csv' }).diagnostics.map((item) => ({
    code: item.code,
    path: item.path,
    line: item.source?.line,
    summary: item.summary,
  }));
}

describe('a row of a measurement file', () => {
  it('becomes a measurement; what it does not say has its default', () => {
    expect(only(measurementCsv({}))).toMatchObject({
      id: 'a',
      line: 2,
      engine: 'vllm',
      precision: 'fp8',
      mode: 'agg',
      gpus: 4,
      pool: { workers: 1, parallelism: { tensorParallel: 4, dataParallel: 1, expertParallel: 1 } },
      lengthSpread: [0.95, 1.05],
      quality: '',
      ttftMs: 120.5,
      tpotMs: 14.2,
    });
  });

  it('is unreadable with more requests in flight than are simulated', () => {
    const [problem] = diagnosticsOf(measurementCsv({ concurrency: 1_000_000 }));
    expect(problem?.summary).toContain('at most 100000');
  });

  it('is read whatever the case of the header, with a byte order mark and Windows line ends', () => {
    const text = `\uFEFF${measurementCsv({}).replace('isl', 'ISL').replaceAll('\n', '\r\n')}`;
    expect(only(text).isl).toBe(1024);
  });

  it('takes trtllm for TensorRT-LLM, and several replicas from the GPU count', () => {
    const m = only(measurementCsv({ backend: 'TRTLLM', gpus: 8 }));
    expect([m.engine, m.pool.workers]).toEqual(['tensorrt-llm', 2]);
  });

  it('spreads the lengths of InferenceX downward and those of NVIDIA both ways', () => {
    expect(only(measurementCsv({ source: 'inferencex-db-2026-04-27' })).lengthSpread).toEqual([0.8, 1]);
    expect(only(measurementCsv({ source: 'nvidia-gap-analysis' })).lengthSpread).toEqual([0.9, 1.1]);
  });

  it('describes both pools of a disaggregated deployment', () => {
    const m = only(
      measurementCsv({ mode: 'disagg', tp: '', p_workers: 2, p_tp: 4, d_workers: 1, d_tp: 8, d_attn_dp: 1 }),
    );
    expect(m).toMatchObject({
      mode: 'disagg',
      gpus: 16,
      prefill: { workers: 2, parallelism: { tensorParallel: 4 } },
      pool: { workers: 1, parallelism: { tensorParallel: 8 } },
    });
  });

  it('keeps its own words where the deployment flags say otherwise, and takes theirs where it is blank', () => {
    const text = measurementCsv({ system: '', tp: '' }, { tp: '2' });
    const rows = read(text, { system: 'h200_sxm', tp: '8' }).measurements;
    expect(rows.map((m) => [m.system, m.pool.parallelism.tensorParallel])).toEqual([
      ['h200_sxm', 8],
      ['h100_sxm', 2],
    ]);
  });
});

describe('a broken row', () => {
  it.each([
    ['ttft_ms', '0', 'unmeasured'],
    ['ttft_ms', '-3', 'unmeasured'],
    ['tpot_ms', 'NaN', 'unmeasured'],
    ['tpot_ms', '', 'unmeasured'],
    ['tpot_ms', 'fast', 'unmeasured'],
    ['backend', 'vlm', 'unreadable'],
    ['mode', 'mixed', 'unreadable'],
    ['isl', '10.5', 'unreadable'],
    ['isl', '-1', 'unreadable'],
    ['concurrency', 'many', 'unreadable'],
    ['concurrency', '1000001', 'unreadable'],
    ['tp', '0', 'unreadable'],
    ['gpus', '6', 'unreadable'],
    ['model', '', 'unreadable'],
  ])('%s = "%s" is %s and reported by line and column; the next one is still read', (column, value, kind) => {
    const text = measurementCsv({ [column]: value }, { id: 'good' });
    const file = read(text);
    expect(file.rows.map((row) => row.kind)).toEqual([kind, 'measured']);
    expect(diagnosticsOf(text)).toEqual([
      expect.objectContaining({ code: 'accuracy-row-skipped', path: column, line: 2 }),
    ]);
  });

  it('names the closest backend', () => {
    expect(diagnosticsOf(measurementCsv({ backend: 'vlm' }))[0]?.summary).toContain('vllm');
  });

  it('tells all that is wrong with it at once', () => {
    const [problem] = diagnosticsOf(measurementCsv({ isl: 'x', osl: 'y', tpot_ms: '0' }));
    expect(problem?.summary).toMatch(/isl.*osl.*tpot_ms/);
  });

  it('is not reported when the file itself calls it incomplete', () => {
    const text = measurementCsv({ mode: 'disagg', tp: '', d_tp: '', quality: 'incomplete' }, {});
    expect(diagnosticsOf(text)).toEqual([]);
    expect(read(text).rows[0]).toMatchObject({ kind: 'unreadable', quality: 'incomplete' });
  });

  it('counts beyond twenty', () => {
    const text = measurementCsv(...Array.from({ length: 30 }, () => ({ ttft_ms: '0' })), {});
    const all = diagnosticsOf(text);
    expect(all).toHaveLength(21);
    expect(all.at(-1)?.summary).toContain('10 more rows');
  });
});

describe('a broken file', () => {
  it.each([
    ['', 'accuracy-empty'],
    ['  \n', 'accuracy-empty'],
    [measurementCsv(), 'accuracy-empty'],
    ['{"a": 1', 'engine-file-invalid'],
    ['{"a": 1}', 'accuracy-unknown-layout'],
    ['[]', 'accuracy-unknown-layout'],
    [`id,model\n"a,b\n`, 'engine-file-invalid'],
    ['\u0000\u0001\u0002', 'accuracy-missing-column'],
  ])('%j is refused as %s', (text, code) => {
    expect(diagnosticsOf(text)).toEqual([expect.objectContaining({ code })]);
  });

  it('without columns names them all', () => {
    const text = measurementCsv({}).replace('tpot_ms', 'tpot').replace('system', 'gpu');
    const [problem] = diagnosticsOf(text);
    expect(problem).toMatchObject({ code: 'accuracy-missing-column', path: 'system' });
    expect(problem?.summary).toMatch(/system, tpot_ms/);
  });

  it('lacks no column that a flag fills', () => {
    const text = measurementCsv({}).replace('system', 'gpu');
    expect(only(text, { system: 'b200' }).system).toBe('b200');
    expect(Object.keys(READABLE)).toContain('system');
  });
});

describe('any text at all', () => {
  it('is read or refused, never thrown at', () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '-1',
        'NaN',
        '1e400',
        '8',
        '1024',
        'agg',
        'disagg',
        'vllm',
        '"',
        ',',
        '\u0000',
      ),
      fc.string(),
    );
    const rows = fc.array(
      fc.dictionary(fc.constantFrom(...Object.keys(READABLE), 'mode', 'gpus', 'd_tp'), cell),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          rows.map((items) => measurementCsv(...items)),
        ),
        (text) => {
          const outcome = readMeasurements(text, { fileName: 'runs.csv' });
          expect(outcome.ok || outcome.diagnostics.length > 0).toBe(true);
          for (const m of outcome.ok ? outcome.value.measurements : []) {
            expect(m.ttftMs).toBeGreaterThan(0);
            expect(m.tpotMs).toBeGreaterThan(0);
            expect(Number.isInteger(m.pool.workers) && Number.isInteger(m.isl)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
