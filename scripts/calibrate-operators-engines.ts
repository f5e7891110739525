/**
 * Fits the overheads of each engine on the measured rows of llm-silicon, after `calibrate:operators`, and writes
 * src/perf/coefficients/engines.json. Usage: npx node scripts/calibrate-operators-engines.ts --data ../shared/data
 * Six overheads per engine, bounded to what they may physically be. The error bands come from a cross-validation that
 * leaves out whole groups (model, system, precision): four folds, residuals of rows whose group the fit never saw.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { predict, readInputs } from '../bench/accuracy.ts';
import type { AccuracyInputs } from '../bench/accuracy.ts';
import type { ErrorBands } from '../src/perf/coefficients.ts';
import type { EngineOverheads } from '../src/perf/engine-overheads.ts';
import { shippedCoefficients } from '../src/perf/index.ts';
import { nelderMead } from './calibrate-operators-fit.ts';

type Row = Readonly<Record<string, string>>;

/** What is fitted, with the range it must stay in. */
const PARAMETERS = [
  { name: 'step', start: 5e-4, low: 5e-5, high: 3e-3 },
  { name: 'perLayer', start: 1e-5, low: 1e-6, high: 5e-5 },
  { name: 'decodeScale', start: 1, low: 0.8, high: 1.3 },
  { name: 'prefillScale', start: 1.1, low: 0.8, high: 1.5 },
  { name: 'ingestBase', start: 0.02, low: 0.002, high: 0.06 },
  { name: 'ingestPerToken', start: 2e-6, low: 1e-7, high: 3e-5 },
] as const;

/** Published constants that are not fitted: BLIS, vLLM 0.15.1 on H100: 4.4 µs per request of a step, 46 µs per output token. */
const PER_SEQUENCE = 4.4e-6;
const OUTPUT_LATENCY = 46e-6;
const FOLDS = 4;
/** Rows per fit and its evaluations: enough for six numbers. */
const ROWS = 100;
const EVALUATIONS = 90;
/** Larger batches take long to simulate and say little about overheads. */
const MOST_CONCURRENCY = 128;

const ENGINES = [
  ['vllm', 'vllm'],
  ['sglang', 'sglang'],
  ['trtllm', 'tensorrt-llm'],
] as const;

const PROVENANCE = {
  evidence: 'fitted',
  source: 'llm-silicon train rows (InferenceX and NVIDIA aiperf runs), fitted by calibrate-operators-engines',
  date: '2026-04-27',
} as const;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    out: { type: 'string', default: 'src/perf/coefficients/engines.json' },
  },
});
const inputs = readInputs(flags.data);
const held: { readonly tpot: number; readonly e2e: number }[] = [];
const engines = ENGINES.map(([backend, engine]) => {
  const rows = inputs.rows.filter((row) => row['backend'] === backend);
  const groups = [...new Set(rows.map(groupOf))].sort();
  for (let fold = 0; fold < FOLDS; fold++) {
    const isHeld = (row: Row): boolean => groups.indexOf(groupOf(row)) % FOLDS === fold;
    const overheads = fit(
      engine,
      rows.filter((row) => !isHeld(row)),
    );
    held.push(...errors(rows.filter(isHeld), overheads));
  }
  const overheads = fit(engine, rows);
  console.log(JSON.stringify(overheads));
  return overheads;
});
const band = Number(
  quantile(
    held.map((e) => Math.abs(e.e2e)),
    0.8,
  ).toFixed(2),
);
console.log(
  `held-out groups: ${held.length} rows, TPOT median ${quantile(
    held.map((e) => Math.abs(e.tpot)),
    0.5,
  ).toFixed(3)}, ` +
    `TPOT mean ${mean(held.map((e) => Math.abs(e.tpot))).toFixed(3)}, 80 % of request latencies within ${band}`,
);
const errorBands: ErrorBands = {
  fitted: band,
  assumed: Number(Math.min(0.9, 2 * band).toFixed(2)),
  provenance: {
    ...PROVENANCE,
    source: `${PROVENANCE.source}; 80 % quantile of relative request latency errors of held-out groups; twice that (assumed) for accelerators without tables`,
  },
};
writeFileSync(flags.out, `${JSON.stringify({ engines, errorBands }, null, 1)}\n`);

function groupOf(row: Row): string {
  return [row['model'], row['system'], row['backend'], row['precision']].join('|');
}

function fit(engine: EngineOverheads['engine'], rows: readonly Row[]): EngineOverheads {
  const usable = rows.filter((row) => Number(row['batch_per_rank']) <= MOST_CONCURRENCY);
  const chosen = Array.from(
    { length: Math.min(ROWS, usable.length) },
    (_, i) => usable[Math.floor((i * usable.length) / Math.min(ROWS, usable.length))] as Row,
  );
  const loss = (point: readonly number[]): number => {
    const overheads = overheadsAt(engine, point);
    const sizes = predictAll(chosen, overheads).map(
      (p) => Math.abs(Math.log(p.tpot)) + 0.4 * Math.min(2, Math.abs(Math.log(p.ttft))),
    );
    const outside = PARAMETERS.reduce((sum, p, i) => {
      const value = point[i] ?? 0;
      return sum + Math.max(0, Math.log(p.low) - value) + Math.max(0, value - Math.log(p.high));
    }, 0);
    return mean(sizes) + outside;
  };
  const start = PARAMETERS.map((p) => Math.log(p.start));
  return overheadsAt(engine, nelderMead(loss, start, EVALUATIONS));
}

function overheadsAt(engine: EngineOverheads['engine'], point: readonly number[]): EngineOverheads {
  const value = Object.fromEntries(
    PARAMETERS.map((p, i) => [
      p.name,
      Number(Math.min(p.high, Math.max(p.low, Math.exp(point[i] ?? 0))).toPrecision(3)),
    ]),
  ) as Record<(typeof PARAMETERS)[number]['name'], number>;
  return {
    engine,
    ...value,
    perSequence: PER_SEQUENCE,
    outputLatency: OUTPUT_LATENCY,
    provenance: PROVENANCE,
  };
}

/** Predicted over measured TTFT and TPOT of each row that runs. */
function predictAll(
  rows: readonly Row[],
  overheads: EngineOverheads,
): { readonly row: Row; readonly ttft: number; readonly tpot: number }[] {
  const coefficients = { ...shippedCoefficients(), engines: [overheads] };
  return rows
    .map((row) => predict(row, inputs satisfies AccuracyInputs, coefficients))
    .filter((p) => p.reason === undefined)
    .map(({ row, ttft, tpot }) => ({
      row,
      ttft: (ttft * 1e3) / Number(row['ttft_ms']),
      tpot: (tpot * 1e3) / Number(row['tpot_ms']),
    }));
}

function errors(
  rows: readonly Row[],
  overheads: EngineOverheads,
): { readonly tpot: number; readonly e2e: number }[] {
  return predictAll(rows, overheads).map(({ row, ttft, tpot }) => {
    const [first, rest] = [Number(row['ttft_ms']), Number(row['tpot_ms']) * (Number(row['osl']) - 1)];
    return { tpot: tpot - 1, e2e: (ttft * first + tpot * rest) / (first + rest) - 1 };
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
