import type { AcceleratorCoefficients, FitQuality } from '../src/perf/coefficients.ts';
import { lawFor } from '../src/perf/coefficients.ts';
import { gemmTime } from '../src/perf/laws.ts';
import type { Precision } from '../src/model/index.ts';
import { residuals } from './calibrate-operators-fit.ts';
import type { Sample } from './calibrate-operators-fit.ts';
import type { MeasuredSystem, OperatorTable, TableRow } from './calibrate-operators-tables.ts';

/** Rows faster than this share of the device's peak allows are measurement faults. */
const TOLERANCE = 1.05;

/** Seconds the device needs at its peak for a row, or undefined where the table has no such bound. */
function idealSeconds(row: TableRow, table: string, s: MeasuredSystem): number | undefined {
  const best = s.fp8 || s.bf16;
  const peaks: Readonly<Record<string, number>> = {
    bfloat16: s.bf16,
    fp8: best,
    fp8_block: best,
    nvfp4: s.fp4,
    w4a8_mxfp4_mxfp8: best,
    w4a16_mxfp4: s.bf16,
    int4_wo: s.bf16,
    sq: s.int8,
  };
  switch (table) {
    case 'gemm': {
      const peak = peaks[row.text('gemm_dtype')] ?? 0;
      return peak > 0 ? (2 * row.number('m') * row.number('n') * row.number('k')) / peak : undefined;
    }
    case 'moe': {
      const peak = peaks[row.text('moe_dtype')] ?? 0;
      const ranks = row.number('moe_tp_size') * row.number('moe_ep_size');
      const products = row.number('num_tokens') * row.number('topk') * row.number('hidden_size');
      const gated = row.text('kernel_source').includes('nongated') ? 4 : 6;
      return peak > 0 ? (gated * products * row.number('inter_size')) / ranks / peak : undefined;
    }
    case 'context_attention': {
      const isl = row.number('isl');
      const window = row.number('window_size') > 0 ? Math.min(isl, row.number('window_size')) : isl;
      const keys = window * (1 - window / (2 * isl));
      const pairs = row.number('batch_size') * row.number('num_heads') * isl * keys;
      return (4 * pairs * row.number('head_dim')) / (row.text('attn_dtype') === 'fp8' ? best : s.bf16);
    }
    case 'generation_attention': {
      const length = row.number('isl') + row.number('step');
      const window = row.number('window_size');
      const cached = row.number('batch_size') * (window > 0 ? Math.min(window, length) : length);
      const element = row.text('kv_cache_dtype') === 'fp8' ? 1 : 2;
      const bytes = cached * 2 * row.number('num_key_value_heads') * row.number('head_dim') * element;
      // Caches that may sit in the L2 cache have no bound.
      return bytes > 2 ** 28 ? bytes / s.memoryBandwidth : undefined;
    }
    default:
      return undefined;
  }
}

/** One line per backend of a table whose rows beat the device's peak by more than 5 %; none where all can be true. */
export function countImpossible(table: OperatorTable, kind: string, s: MeasuredSystem): readonly string[] {
  const counts = new Map<string, { rows: number; impossible: number }>();
  table.forEach((row) => {
    const backend = `${row.text('backend')} ${row.text('backend_version')}`;
    const count = counts.get(backend) ?? { rows: 0, impossible: 0 };
    const ideal = idealSeconds(row, kind, s);
    count.rows++;
    if (ideal !== undefined && ideal > (row.number('latency_ms') / 1e3) * TOLERANCE) count.impossible++;
    counts.set(backend, count);
  });
  return [...counts.entries()]
    .filter(([, count]) => count.impossible > 0)
    .map(
      ([backend, { rows, impossible }]) =>
        `${table.name} ${backend}: ${impossible} of ${rows} rows above the peak (${((100 * impossible) / rows).toFixed(2)} %)`,
    );
}

/** Dimensions of DeepSeek-V3, which the module tables were measured with. */
const MODULE = { hidden: 7168, queryLora: 1536, kvLora: 512, nope: 128, rope: 64, value: 128 } as const;

/**
 * Compares whole MLA modules (with their projections) with the sum of the fitted parts: an independent check, since the
 * parts were fitted to other tables. One line per backend and weight format.
 */
export function checkModules(
  table: OperatorTable,
  s: MeasuredSystem,
  fitted: AcceleratorCoefficients,
): readonly string[] {
  const groups = new Map<string, Sample[]>();
  const isDecode = table.name.endsWith('generation');
  table.forEach((row) => {
    const key = `${row.text('backend')} ${row.text('gemm_type')}`;
    const samples = groups.get(key) ?? [];
    samples.push({
      x: [moduleSeconds(row, isDecode, s, fitted)],
      seconds: row.number('latency_ms') / 1e3,
      group: '',
    });
    groups.set(key, samples);
  });
  return [...groups.entries()].map(([key, samples]) => {
    const q = residuals({}, samples, (_, [x = 0]) => x);
    return `${table.name} ${key}: sum of parts over ${samples.length} modules p10 ${q.p10} p50 ${q.p50} p90 ${q.p90}`;
  });
}

function moduleSeconds(
  row: TableRow,
  isDecode: boolean,
  s: MeasuredSystem,
  fitted: AcceleratorCoefficients,
): number {
  const heads = row.number('num_heads');
  const tokens = row.number('batch_size') * row.number('isl');
  const precision: Precision = row.text('gemm_type') === 'fp8_block' ? 'fp8-block' : 'bf16';
  const bytes = precision === 'bf16' ? 2 : 1;
  const peak = precision === 'bf16' ? s.bf16 : s.fp8 || s.bf16;
  const rates = {
    peak,
    bytesPerWeight: bytes,
    bytesPerActivation: bytes,
    memoryBandwidth: s.memoryBandwidth,
  };
  const product = (n: number, k: number): number =>
    gemmTime(lawFor(fitted.gemm, precision), tokens, { n, k }, rates);
  const wide = { ...rates, peak: s.bf16, bytesPerWeight: 2, bytesPerActivation: 2 };
  const absorb = gemmTime(
    lawFor(fitted.mlaAbsorb, 'bf16'),
    tokens,
    { n: heads * MODULE.kvLora, k: 128 },
    wide,
  );
  const cache = row.text('kv_cache_dtype') === 'fp8' ? 'fp8' : 'bf16';
  const products =
    product(MODULE.queryLora + MODULE.kvLora + MODULE.rope, MODULE.hidden) +
    product(heads * (MODULE.nope + MODULE.rope), MODULE.queryLora) +
    product(MODULE.hidden, heads * MODULE.value);
  if (!isDecode) {
    const law = lawFor(fitted.mlaPrefill, cache);
    const keys = (row.number('step') || 0) + row.number('isl') / 2;
    const width = MODULE.nope + MODULE.rope + MODULE.value;
    const up = product(heads * (MODULE.nope + MODULE.value), MODULE.kvLora);
    const pairs = (heads * tokens + law.queries) * (keys + law.keys);
    return products + up + law.floor + (2 * pairs * (width + law.softmax)) / (s.bf16 * law.compute);
  }
  const law = lawFor(fitted.mlaDecode, cache);
  const cached = row.number('batch_size') * (row.number('isl') + row.number('step'));
  const latent = MODULE.kvLora + MODULE.rope;
  return (
    products +
    2 * absorb +
    law.floor +
    law.perSequence * row.number('batch_size') +
    Math.hypot(
      (cached * latent * (cache === 'fp8' ? 1 : 2)) / (s.memoryBandwidth * law.memory),
      (2 * cached * heads * (2 * MODULE.kvLora + MODULE.rope)) / (s.bf16 * law.compute),
    )
  );
}

const TABLES = [
  'gemm',
  'prefillAttention',
  'decodeAttention',
  'windowPrefill',
  'windowDecode',
  'mlaPrefill',
  'mlaDecode',
  'experts',
] as const;
const COLLECTIVES = ['allReduce', 'allGather', 'reduceScatter', 'allToAll'] as const;

/** Prints one line per law: rows, rejected rows, residual quantiles of held-out shapes and the coefficients. */
export function printLaws(fitted: AcceleratorCoefficients): void {
  const line = (name: string, law: { readonly quality: FitQuality }): void => {
    const { quality, ...coefficients } = law;
    const residual = `p10 ${quality.p10} p50 ${quality.p50} p90 ${quality.p90}`;
    console.log(
      `${fitted.accelerator} ${name} ${quality.engine ?? ''} rows ${quality.rows} rejected ${quality.rejected} ${residual} ${JSON.stringify(coefficients)}`,
    );
  };
  const lines = (prefix: string, laws: unknown): void => {
    for (const [key, law] of Object.entries((laws ?? {}) as Record<string, { quality: FitQuality }>)) {
      line(`${prefix}/${key}`, law);
    }
  };
  for (const table of [...TABLES, 'mlaAbsorb' as const, ...COLLECTIVES]) lines(table, fitted[table]);
  for (const [engine, tables] of Object.entries(fitted.engines ?? {})) {
    for (const table of [...TABLES, 'allReduce' as const]) lines(`${engine}:${table}`, tables?.[table]);
  }
  lines('exchange', fitted.exchange);
  for (const name of ['linearPrefill', 'linearDecode', 'power'] as const) {
    const law = fitted[name];
    if (law !== undefined) line(name, law);
  }
}
