/**
 * Predicts the measured aggregated rows of llm-silicon with the step model in a closed loop and prints the error.
 * Usage: npm run bench:accuracy -- --data ../shared/data [--json] [--predictions FILE.csv]
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { EngineName, Precision } from '../src/model/index.ts';
import { checkConfiguration, replicaPerformance, shippedCoefficients } from '../src/perf/index.ts';
import type { OperatorCoefficients, ReplicaConfiguration } from '../src/perf/index.ts';
import { readArchitectures, readRecords, readSystems } from './architectures.ts';
import { runClosedLoop } from './closed-loop.ts';

type Row = Readonly<Record<string, string>>;

/** One predicted row. Times in seconds; `reason` when it was refused. */
export interface Prediction {
  readonly row: Row;
  readonly ttft: number;
  readonly tpot: number;
  readonly reason?: string;
}

const ENGINES: Readonly<Record<string, EngineName>> = {
  vllm: 'vllm',
  sglang: 'sglang',
  trtllm: 'tensorrt-llm',
};
/** Token budgets assumed where the rows do not say: 8,192 is the common default of the three engines on large cards. */
const MAX_BATCHED_TOKENS = 8192;

/** Data the predictions need. */
export interface AccuracyInputs {
  readonly rows: readonly Row[];
  readonly baseline: ReadonlyMap<string, Row>;
  readonly configure: (row: Row) => ReplicaConfiguration | string;
}

/** Reads the measured rows and what configures them. */
export function readInputs(data: string): AccuracyInputs {
  const silicon = path.join(data, 'llm-silicon');
  const architectures = readArchitectures(path.join(data, 'models.csv'));
  const systems = readSystems(path.join(data, 'gpu-ops/systems.csv'));
  const rows = readRecords(path.join(silicon, 'train.csv')).filter(
    (row) => row['mode'] === 'agg' && (row['quality'] === 'ok' || row['quality'] === 'repaired'),
  );
  const baseline = new Map(
    readRecords(path.join(silicon, 'aic_baseline_train.csv')).map((row) => [row['id'] ?? '', row]),
  );
  const configure = (row: Row): ReplicaConfiguration | string => {
    const architecture = architectures.get(row['model'] ?? '');
    const system = systems.get(row['system'] ?? '');
    const engine = ENGINES[row['backend'] ?? ''];
    if (architecture === undefined) return 'unknown model';
    if (system === undefined || engine === undefined) return 'unknown system or backend';
    const n = (column: string): number => Number(row[column]);
    const weightPrecision = weightPrecisionOf(row);
    return {
      architecture,
      ...system,
      engine,
      parallelism: {
        tensorParallel: n('tp'),
        pipelineParallel: 1,
        dataParallel: n('attn_dp'),
        expertParallel: n('moe_ep'),
        contextParallel: 1,
      },
      weightPrecision,
      kvPrecision: weightPrecision === 'bf16' || weightPrecision === 'int4' ? 'bf16' : 'fp8',
      batch: { maxBatchedTokens: MAX_BATCHED_TOKENS, maxSequences: Math.max(64, n('batch_per_rank')) },
      maxModelLength: n('isl') + n('osl') + 200,
    };
  };
  return { rows, baseline, configure };
}

/** Weight format by the benchmark's `precision`; `default` is the checkpoint's own, which is bf16 where it occurs. */
const PRECISIONS: Readonly<Record<string, Precision>> = { fp4: 'nvfp4', fp8: 'fp8', int4: 'int4' };

function weightPrecisionOf(row: Row): Precision {
  if (row['model'] === 'openai/gpt-oss-120b') return 'mxfp4';
  const quantisation = row['moe_quant'] || row['gemm_quant'];
  if (row['precision'] === 'fp8' && quantisation === 'fp8_block') return 'fp8-block';
  return PRECISIONS[row['precision'] ?? ''] ?? 'bf16';
}

/** Predicts one row by a closed loop at its concurrency per attention data-parallel rank. */
export function predict(row: Row, inputs: AccuracyInputs, coefficients: OperatorCoefficients): Prediction {
  const configuration = inputs.configure(row);
  if (typeof configuration === 'string') return { row, ttft: NaN, tpot: NaN, reason: configuration };
  const check = checkConfiguration(configuration);
  if (!check.ok) return { row, ttft: NaN, tpot: NaN, reason: `${check.reason}: ${check.detail}` };
  const { steps } = replicaPerformance(configuration, coefficients);
  const isInferenceX = (row['source'] ?? '').startsWith('inferencex');
  const result = runClosedLoop(steps, {
    concurrency: Number(row['batch_per_rank']),
    isl: Number(row['isl']),
    osl: Number(row['osl']),
    spread: isInferenceX ? [0.8, 1] : [0.9, 1.1],
    rounds: 10,
    maxBatchedTokens: configuration.batch.maxBatchedTokens,
  });
  return { row, ttft: result.ttft, tpot: result.tpot };
}

/** Error figures of a group: relative errors in percent. */
interface Score {
  readonly rows: number;
  readonly tpot: ErrorFigures;
  readonly ttft: ErrorFigures;
  readonly baselineTpot: ErrorFigures;
  readonly baselineTtft: ErrorFigures;
}

interface ErrorFigures {
  readonly mape: number;
  readonly median: number;
  readonly bias: number;
  readonly p80: number;
}

function figures(errors: readonly number[]): ErrorFigures {
  const known = errors.filter((error) => Number.isFinite(error));
  const sizes = known.map(Math.abs).sort((a, b) => a - b);
  const signed = [...known].sort((a, b) => a - b);
  const round = (value: number | undefined): number => Number(((value ?? NaN) * 100).toFixed(1));
  return {
    mape: round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length),
    median: round(sizes[sizes.length >> 1]),
    bias: round(signed[signed.length >> 1]),
    p80: round(sizes[Math.floor(sizes.length * 0.8)]),
  };
}

function score(predictions: readonly Prediction[], baseline: ReadonlyMap<string, Row>): Score {
  const measured = (p: Prediction, metric: string): number => Number(p.row[`${metric}_ms`]) / 1e3;
  const aic = (p: Prediction, metric: string): number => {
    const value = baseline.get(p.row['id'] ?? '')?.[`aic_${metric}_ms`];
    return value === undefined || value === '' ? NaN : Number(value) / 1e3 / measured(p, metric) - 1;
  };
  return {
    rows: predictions.length,
    tpot: figures(predictions.map((p) => p.tpot / measured(p, 'tpot') - 1)),
    ttft: figures(predictions.map((p) => p.ttft / measured(p, 'ttft') - 1)),
    baselineTpot: figures(predictions.map((p) => aic(p, 'tpot'))),
    baselineTtft: figures(predictions.map((p) => aic(p, 'ttft'))),
  };
}

function grouped(
  predictions: readonly Prediction[],
  baseline: ReadonlyMap<string, Row>,
  key: (row: Row) => string,
): Readonly<Record<string, Score>> {
  const groups = Map.groupBy(predictions, (p) => key(p.row));
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, group]) => [name, score(group, baseline)]),
  );
}

function main(): void {
  const { values: flags } = parseArgs({
    options: {
      data: { type: 'string', default: '../shared/data' },
      json: { type: 'boolean', default: false },
      predictions: { type: 'string' },
    },
  });
  if (!existsSync(path.join(flags.data, 'llm-silicon/train.csv'))) {
    console.error(`skipped: no llm-silicon/train.csv under ${flags.data}`);
    if (flags.json) console.log(JSON.stringify({ benchmark: 'accuracy', skipped: true }));
    return;
  }
  const inputs = readInputs(flags.data);
  const predictions = inputs.rows.map((row) => predict(row, inputs, shippedCoefficients()));
  const accepted = predictions.filter((p) => p.reason === undefined);
  const refused = Map.groupBy(
    predictions.filter((p) => p.reason !== undefined),
    (p) => (p.reason ?? '').split(':')[0] ?? '',
  );
  const result = {
    benchmark: 'accuracy',
    rows: predictions.length,
    predicted: accepted.length,
    refused: Object.fromEntries([...refused].map(([reason, group]) => [reason, group.length])),
    calledOutOfMemory:
      (refused.get('out-of-memory')?.length ?? 0) + (refused.get('kv-too-small')?.length ?? 0),
    overall: score(accepted, inputs.baseline),
    bySystemAndBackend: grouped(accepted, inputs.baseline, (row) => `${row['system']}/${row['backend']}`),
    byModel: grouped(accepted, inputs.baseline, (row) => row['model'] ?? ''),
    byPrecision: grouped(accepted, inputs.baseline, (row) => row['precision'] ?? ''),
  };
  if (flags.predictions !== undefined) writePredictions(flags.predictions, predictions);
  if (flags.json) console.log(JSON.stringify(result));
  else printTables(result);
}

function printTables(result: {
  readonly overall: Score;
  readonly bySystemAndBackend: Readonly<Record<string, Score>>;
  readonly byModel: Readonly<Record<string, Score>>;
  readonly byPrecision: Readonly<Record<string, Score>>;
  readonly refused: Readonly<Record<string, number>>;
}): void {
  console.log('refused', JSON.stringify(result.refused));
  const text = (f: ErrorFigures): string =>
    `${f.mape.toFixed(1).padStart(6)} ${f.median.toFixed(1).padStart(6)} ${f.bias.toFixed(1).padStart(6)}`;
  console.log(
    `${'MAPE, median and bias in %'.padEnd(34)} rows | TPOT                 | TTFT                 | AIC TPOT             | AIC TTFT`,
  );
  const all = { all: result.overall, ...result.bySystemAndBackend, ...result.byModel, ...result.byPrecision };
  for (const [name, s] of Object.entries(all)) {
    const cells = [s.tpot, s.ttft, s.baselineTpot, s.baselineTtft].map(text).join(' | ');
    console.log(`${name.padEnd(34)} ${String(s.rows).padStart(4)} | ${cells}`);
  }
}

function writePredictions(file: string, predictions: readonly Prediction[]): void {
  const lines = predictions.map((p) =>
    p.reason === undefined
      ? `${p.row['id']},${(p.ttft * 1e3).toFixed(4)},${(p.tpot * 1e3).toFixed(4)},`
      : `${p.row['id']},,,"${p.reason}"`,
  );
  writeFileSync(file, `id,ttft_ms,tpot_ms,reason\n${lines.join('\n')}\n`);
}

if (import.meta.main) main();
