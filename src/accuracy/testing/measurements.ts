import type { Measurement, MeasurementPrediction } from '../measurement.ts';

/** Eight requests in flight on four H100 with Llama 70B in fp8, changed by `changes`. */
export function measurement(changes: Partial<Measurement> = {}): Measurement {
  return {
    id: 'row',
    line: 2,
    source: '',
    model: 'meta-llama/Llama-3.1-70B',
    system: 'h100_sxm',
    engine: 'vllm',
    engineVersion: '0.19.0',
    precision: 'fp8',
    gemmFormat: 'fp8',
    expertFormat: '',
    mode: 'agg',
    isl: 1024,
    osl: 128,
    lengthSpread: [1, 1],
    concurrency: 8,
    gpus: 4,
    pool: {
      workers: 1,
      parallelism: {
        tensorParallel: 4,
        pipelineParallel: 1,
        dataParallel: 1,
        expertParallel: 1,
        contextParallel: 1,
      },
    },
    quality: '',
    ttftMs: 100,
    tpotMs: 20,
    ...changes,
  };
}

/** A prediction with intervals of ± 20 %. */
export function predicted(ttftMs: number, tpotMs: number): MeasurementPrediction {
  return {
    ok: true,
    ttftMs,
    tpotMs,
    ttftInterval: { low: 0.8 * ttftMs, high: 1.2 * ttftMs },
    tpotInterval: { low: 0.8 * tpotMs, high: 1.2 * tpotMs },
  };
}

/** A CSV text of rows that differ from a readable one by column; a column whose value is undefined is left out of the header. */
export function measurementCsv(...rows: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = [...new Set([...Object.keys(READABLE), ...rows.flatMap((row) => Object.keys(row))])];
  const lines = rows.map((row) => {
    const cells: Readonly<Record<string, string | number>> = { ...READABLE, ...row };
    return columns.map((column) => cells[column] ?? '').join(',');
  });
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

/** A row with every column that is needed. */
export const READABLE = {
  id: 'a',
  model: 'meta-llama/Llama-3.1-70B',
  system: 'h100_sxm',
  backend: 'vllm',
  precision: 'fp8',
  isl: '1024',
  osl: '128',
  concurrency: '8',
  tp: '4',
  ttft_ms: '120.5',
  tpot_ms: '14.2',
} as const;
