import { BYTES_PER_PARAMETER } from '../src/perf/precision.ts';
import { expertTime, gemmTime } from '../src/perf/laws.ts';
import type { DecodeAttentionLaw, ExpertLaw, GemmLaw, PrefillAttentionLaw } from '../src/perf/laws.ts';
import type { Precision } from '../src/model/index.ts';
import type { Parameter } from './calibrate-operators-fit.ts';
import { fitTable } from './calibrate-operators-backends.ts';
import type { TableLaws, TableSpec } from './calibrate-operators-backends.ts';
import type { MeasuredSystem, OperatorTable, TableRow } from './calibrate-operators-tables.ts';

/** Load skew of the expert tables that the laws are fitted to: power law with exponent 1.01, the milder of the two measured. */
const SKEW = 'power_law_1.01';
/** Shorter prompt chunks than this are launch-bound and would rule the fit by their number. */
const SHORTEST_CHUNK = 256;
/** Narrower expert shards than this are not served. */
const NARROWEST_SHARD = 64;
/**
 * Ranks with fewer experts than this are left out: their load is that of single hot experts, which the tables draw once
 * per row, and which deployments that wide replicate.
 */
const FEWEST_LOCAL_EXPERTS = 8;

export const floor: Parameter = { name: 'floor', start: 4e-6, low: 1e-6, high: 2e-4 };
export const share = (name: string, start: number): Parameter => ({ name, start, low: 0.03, high: 1 });
const padding = (name: string, start: number, high = 4096): Parameter => ({ name, start, low: 1, high });
export const sharpness: Parameter = { name: 'sharpness', start: 3, low: 1, high: 8 };

export const GEMM: readonly Parameter[] = [
  floor,
  share('compute', 0.75),
  padding('rows', 64),
  padding('columns', 256),
  padding('depth', 128),
  share('memory', 0.75),
  sharpness,
];
const EXPERTS: readonly Parameter[] = [
  { ...floor, start: 2e-5 },
  share('compute', 0.5),
  padding('rows', 32, 512),
  padding('columns', 64),
  share('memory', 0.6),
  sharpness,
  { name: 'touch', start: 0.95, low: 0.5, high: 1 },
  { name: 'skew', start: 1, low: 0.05, high: 8 },
];
const PREFILL: readonly Parameter[] = [
  { ...floor, start: 1e-5 },
  share('compute', 0.7),
  padding('queries', 8192, 131_072),
  padding('keys', 128),
  padding('softmax', 32, 512),
];
const DECODE: readonly Parameter[] = [
  { ...floor, start: 1e-5 },
  { name: 'perSequence', start: 2e-8, low: 1e-10, high: 5e-6 },
  share('memory', 0.85),
  share('compute', 0.5),
];

/** Peak and formats of a table's dtype. */
interface Format {
  readonly precision: Precision;
  readonly peak: number;
  readonly bytesPerWeight: number;
  readonly bytesPerActivation: number;
}

function format(precision: Precision, peak: number, bytesPerActivation: number): Format {
  return { precision, peak, bytesPerWeight: BYTES_PER_PARAMETER[precision], bytesPerActivation };
}

type Formats = Readonly<Record<string, Format>>;

function byPrecision(formats: Formats, precision: Precision): Format {
  const found = Object.values(formats).find((entry) => entry.precision === precision);
  if (found === undefined) throw new Error(`no format for ${precision}`);
  return found;
}

/**
 * Matrix products by format. Left out: the vLLM rows of fp8-block, which carry a host launch floor (README of the
 * tables), and the TensorRT-LLM rows of per-tensor fp8, whose floor of 11 to 14 µs on every card is that of a separate
 * quantisation kernel, which the engine fuses (*assumed*; measured decode steps of llm-silicon rule the floor out).
 */
export function fitGemm(table: OperatorTable, s: MeasuredSystem): TableLaws<GemmLaw> {
  const formats: Formats = {
    bfloat16: format('bf16', s.bf16, 2),
    fp8: format('fp8', s.fp8 || s.bf16, 1),
    fp8_block: format('fp8-block', s.fp8 || s.bf16, 1),
    nvfp4: format('nvfp4', s.fp4, 0.5625),
    int4_wo: format('int4', s.bf16, 2),
    sq: format('int8', s.int8, 1),
  };
  const of = (precision: Precision): Format => byPrecision(formats, precision);
  return fitTable<GemmLaw>(table, {
    precision: (row) =>
      row.number('n') >= 256 && row.number('k') >= 256 && row.number('m') <= 32_768
        ? known(formats[row.text('gemm_dtype')])
        : undefined,
    features: (row) => [row.number('m'), row.number('n'), row.number('k')],
    group: ([, n, k]) => `${n}x${k}`,
    ideal: ([m = 0, n = 0, k = 0], p) => (2 * m * n * k) / of(p).peak,
    parameters: GEMM,
    predict: (law, [m = 0, n = 0, k = 0], p) =>
      gemmTime(law, m, { n, k }, { ...of(p), memoryBandwidth: s.memoryBandwidth }),
    isFlawed: (backend, p) =>
      (backend === 'vllm' && p === 'fp8-block') || (backend === 'trtllm' && p === 'fp8'),
  });
}

/**
 * Routed experts by format at the load skew `SKEW`; where a backend has several kernels for a shape the fastest counts,
 * as its tuner would choose. The vLLM per-tensor fp8 rows of Hopper are a slow fallback (README of the
 * tables), left out: vLLM's own fp8 runs on H100 are three times faster (`bench:replay`, Llama-4-Scout).
 */
export function fitExperts(table: OperatorTable, s: MeasuredSystem): TableLaws<ExpertLaw> {
  const formats: Formats = {
    bfloat16: format('bf16', s.bf16, 2),
    fp8: format('fp8', s.fp8 || s.bf16, 1),
    fp8_block: format('fp8-block', s.fp8 || s.bf16, 1),
    nvfp4: format('nvfp4', s.fp4, 0.5625),
    int4_wo: format('int4', s.bf16, 2),
    ...(s.fp4 > 0
      ? { w4a8_mxfp4_mxfp8: format('mxfp4', s.fp8, 1) }
      : { w4a16_mxfp4: format('mxfp4', s.bf16, 2) }),
  };
  const of = (precision: Precision): Format => byPrecision(formats, precision);
  const shape = (x: readonly number[]) => ({
    hidden: x[1]!,
    intermediate: x[2]!,
    topK: x[3]!,
    experts: x[4]!,
    ranks: x[5]!,
  });
  return fitTable<ExpertLaw>(table, {
    precision: (row) =>
      row.text('distribution') === SKEW &&
      row.number('inter_size') / row.number('moe_tp_size') >= NARROWEST_SHARD &&
      row.number('num_experts') / row.number('moe_ep_size') >= FEWEST_LOCAL_EXPERTS &&
      !/nongated|situ/.test(row.text('kernel_source'))
        ? known(formats[row.text('moe_dtype')])
        : undefined,
    features: (row) => [
      row.number('num_tokens'),
      row.number('hidden_size'),
      row.number('inter_size') / row.number('moe_tp_size'),
      row.number('topk'),
      row.number('num_experts'),
      row.number('moe_ep_size'),
    ],
    group: (x) => `${x[1]}x${x[3]}x${x[4]}`,
    fastestOfShape: true,
    ideal: ([m = 0, hidden = 0, inter = 0, k = 0, , ranks = 1], p) =>
      (6 * m * k * hidden * inter) / ranks / of(p).peak,
    parameters: EXPERTS,
    predict: (law, x, p) =>
      expertTime(law, x[0]!, shape(x), { ...of(p), memoryBandwidth: s.memoryBandwidth }),
    isFlawed: (backend, p) => backend === 'vllm' && p === 'fp8' && /^h[12]00/.test(s.system),
  });
}

function known(entry: Format | undefined): Precision | undefined {
  return entry !== undefined && entry.peak > 0 ? entry.precision : undefined;
}

/** Which attention rows a law is fitted to. */
export type AttentionKind = 'full' | 'window' | 'latent';

/** Prefill attention: rows of `[heads × queries of the whole batch, mean keys per query, width]`. */
export function fitPrefill(
  table: OperatorTable,
  s: MeasuredSystem,
  kind: AttentionKind,
): TableLaws<PrefillAttentionLaw> {
  return fitTable<PrefillAttentionLaw>(table, {
    precision: (row) => (row.number('isl') >= SHORTEST_CHUNK ? cachePrecision(row, kind) : undefined),
    features: (row) => {
      const isl = row.number('isl');
      const width = kind === 'latent' ? 128 + 64 + 128 : 2 * row.number('head_dim');
      const window = kind === 'window' ? Math.min(isl, row.number('window_size')) : isl;
      const keys = (row.number('step') || 0) + window * (1 - window / (2 * isl));
      return [row.number('num_heads') * row.number('batch_size') * isl, keys, width];
    },
    group: (x) => `${x[0]}x${x[2]}`,
    ideal: ([queries = 0, keys = 0, width = 0]) => (2 * queries * keys * width) / (s.fp8 || s.bf16),
    parameters: PREFILL,
    predict: (law, [queries = 0, keys = 0, width = 0]) =>
      law.floor +
      (2 * (queries + law.queries) * (keys + law.keys) * (width + law.softmax)) / (s.bf16 * law.compute),
    ...latentOptions(kind),
  });
}

/** Decode attention: rows of `[batch × KV heads, cached bytes, operations]`. MLA reads its latent once for all heads. */
export function fitDecode(
  table: OperatorTable,
  s: MeasuredSystem,
  kind: AttentionKind,
): TableLaws<DecodeAttentionLaw> {
  const isHopper = /^h[12]00/.test(s.system);
  return fitTable<DecodeAttentionLaw>(table, {
    precision: (row) => cachePrecision(row, kind),
    features: (row) => {
      const length = row.number('isl') + row.number('step');
      const cached =
        row.number('batch_size') * (kind === 'window' ? Math.min(length, row.number('window_size')) : length);
      const elements =
        kind === 'latent' ? 512 + 64 : 2 * row.number('num_key_value_heads') * row.number('head_dim');
      const bytes = row.text('kv_cache_dtype') === 'fp8' ? 1 : 2;
      const width = kind === 'latent' ? 2 * 512 + 64 : 2 * row.number('head_dim');
      const kvHeads = kind === 'latent' ? 1 : row.number('num_key_value_heads');
      return [
        row.number('batch_size') * kvHeads,
        cached * elements * bytes,
        2 * cached * row.number('num_heads') * width,
      ];
    },
    group: (x) => `${x[0]}x${Math.round(Math.log2((x[2] ?? 1) / (x[1] ?? 1)) * 4)}`,
    // Small caches may sit in the L2 cache and beat memory bandwidth honestly; above 256 MiB they cannot.
    ideal: ([, bytes = 0, operations = 0]) =>
      Math.max(bytes > 2 ** 28 ? bytes / s.memoryBandwidth : 0, operations / (s.fp8 || s.bf16)),
    parameters: DECODE,
    predict: (law, [sequences = 0, bytes = 0, operations = 0]) =>
      law.floor +
      law.perSequence * sequences +
      Math.hypot(bytes / (s.memoryBandwidth * law.memory), operations / (s.bf16 * law.compute)),
    ...latentOptions(kind),
    // SGLang reads an fp8 latent on Hopper at 6 to 8 % of the bandwidth, a fallback that its users avoid by a bf16 cache.
    ...(kind === 'latent' && isHopper
      ? { isFlawed: (backend, p) => backend === 'vllm' || (backend === 'sglang' && p === 'fp8') }
      : {}),
  });
}

/**
 * The latent kernels of vLLM come from an old version (0.14.0) whose rows carry a host launch floor of 120 to 200 µs:
 * they are used only where no other engine was measured.
 */
function latentOptions(kind: AttentionKind): Pick<TableSpec<unknown>, 'preference' | 'isFlawed'> {
  return kind === 'latent'
    ? { preference: ['trtllm', 'sglang', 'vllm'], isFlawed: (backend) => backend === 'vllm' }
    : {};
}

/** Format of the cache of an attention row that the kind covers; whole steps beyond 65,536 new tokens are not served. */
function cachePrecision(row: TableRow, kind: AttentionKind): Precision | undefined {
  if (row.number('batch_size') * row.number('isl') > 65_536) return undefined;
  if (kind !== 'latent') {
    const isWindow = row.number('window_size') > 0;
    if (isWindow !== (kind === 'window') || !(row.number('head_dim') <= 256)) return undefined;
    // Ungrouped heads run other kernels; no served model has them beyond a single head per rank.
    const ratio = row.number('num_heads') / row.number('num_key_value_heads');
    if (ratio < 2 && row.number('num_heads') > 1) return undefined;
  }
  return row.text('kv_cache_dtype') === 'fp8'
    ? 'fp8'
    : row.text('kv_cache_dtype') === 'bfloat16'
      ? 'bf16'
      : undefined;
}
