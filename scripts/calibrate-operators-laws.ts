import type { ByPrecision, Fitted } from '../src/perf/coefficients.ts';
import { BYTES_PER_PARAMETER } from '../src/perf/precision.ts';
import { expertTime, gemmTime } from '../src/perf/laws.ts';
import type {
  CollectiveLaw,
  DecodeAttentionLaw,
  ExpertLaw,
  GemmLaw,
  PrefillAttentionLaw,
} from '../src/perf/laws.ts';
import type { Precision } from '../src/model/index.ts';
import { fitLaw } from './calibrate-operators-fit.ts';
import type { Parameter, Sample } from './calibrate-operators-fit.ts';
import { firstBackend, num } from './calibrate-operators-tables.ts';
import type { MeasuredSystem, Row } from './calibrate-operators-tables.ts';

const PREFERENCE = ['vllm', 'trtllm', 'sglang'] as const;
/** Rows faster than this share of the device's peak allows are measurement faults. */
const TOLERANCE = 1.05;

/** Shorter prompt chunks than this are launch-bound and would rule the fit by their number. */
const SHORTEST_CHUNK = 256;

const floor: Parameter = { name: 'floor', start: 4e-6, low: 1e-6, high: 2e-4 };
const share = (name: string, start: number): Parameter => ({ name, start, low: 0.03, high: 1 });
const padding = (name: string, start: number, high = 4096): Parameter => ({ name, start, low: 1, high });
const sharpness: Parameter = { name: 'sharpness', start: 3, low: 1, high: 8 };

const GEMM: readonly Parameter[] = [
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
  { name: 'skew', start: 3, low: 0.05, high: 12 },
];
const PREFILL: readonly Parameter[] = [
  { ...floor, start: 1e-5 },
  share('compute', 0.7),
  padding('queries', 8192, 131_072),
  padding('keys', 128),
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

/** Drops rows that beat the peak; a law is fitted when enough remain. */
function fitRows<Law>(
  rows: readonly Row[],
  options: {
    readonly parameters: readonly Parameter[];
    readonly features: (row: Row) => readonly number[];
    readonly ideal: (x: readonly number[]) => number;
    readonly predict: (law: Law, x: readonly number[]) => number;
  },
): Fitted<Law> | undefined {
  const samples: Sample[] = rows.map((row) => ({
    x: options.features(row),
    seconds: num(row, 'latency_ms') / 1e3,
  }));
  const sound = samples.filter((s) => s.seconds > 0 && options.ideal(s.x) <= s.seconds * TOLERANCE);
  if (sound.length < 16) return undefined;
  const { law, quality } = fitLaw(sound, options.parameters, options.predict);
  return { ...law, quality: { ...quality, rejected: samples.length - sound.length } };
}

/** Matrix products by format. fp8-block below m = 4,096 comes from TensorRT-LLM or SGLang: the vLLM rows carry a launch floor. */
export function fitGemm(rows: readonly Row[], s: MeasuredSystem): ByPrecision<GemmLaw> {
  const formats: readonly [string, Format][] = [
    ['bfloat16', format('bf16', s.bf16, 2)],
    ['fp8', format('fp8', s.fp8 || s.bf16, 1)],
    ['fp8_block', format('fp8-block', s.fp8 || s.bf16, 1)],
    ['nvfp4', format('nvfp4', s.fp4, 0.5625)],
    ['int4_wo', format('int4', s.bf16, 2)],
    ['sq', format('int8', s.int8, 1)],
  ];
  return table(formats, (dtype, f) => {
    const accept = (row: Row): boolean =>
      row['gemm_dtype'] === dtype && num(row, 'n') >= 256 && num(row, 'k') >= 256 && num(row, 'm') <= 32_768;
    const preference = dtype === 'fp8_block' ? ['trtllm', 'sglang', 'vllm'] : PREFERENCE;
    return fitRows<GemmLaw>(firstBackend(rows, preference, accept), {
      parameters: GEMM,
      features: (row) => [num(row, 'm'), num(row, 'n'), num(row, 'k')],
      ideal: ([m = 0, n = 0, k = 0]) => (2 * m * n * k) / f.peak,
      predict: (law, [m = 0, n = 0, k = 0]) =>
        gemmTime(law, m, { n, k }, { ...f, memoryBandwidth: s.memoryBandwidth }),
    });
  });
}

/** Routed experts by format, at the mild load skew `power_law_1.01`. */
export function fitExperts(rows: readonly Row[], s: MeasuredSystem): ByPrecision<ExpertLaw> {
  const formats: readonly [string, Format][] = [
    ['bfloat16', format('bf16', s.bf16, 2)],
    ['fp8', format('fp8', s.fp8 || s.bf16, 1)],
    ['fp8_block', format('fp8-block', s.fp8 || s.bf16, 1)],
    ['nvfp4', format('nvfp4', s.fp4, 0.5625)],
    ['int4_wo', format('int4', s.bf16, 2)],
    s.fp4 > 0 ? ['w4a8_mxfp4_mxfp8', format('mxfp4', s.fp8, 1)] : ['w4a16_mxfp4', format('mxfp4', s.bf16, 2)],
  ];
  return table(formats, (dtype, f) => {
    const accept = (row: Row): boolean =>
      row['moe_dtype'] === dtype &&
      row['distribution'] === 'power_law_1.01' &&
      !String(row['kernel_source']).includes('nongated');
    const preference = dtype === 'fp8' ? ['trtllm', 'vllm', 'sglang'] : PREFERENCE;
    const shape = (x: readonly number[]) => ({
      hidden: x[1]!,
      intermediate: x[2]!,
      topK: x[3]!,
      experts: x[4]!,
      ranks: x[5]!,
    });
    return fitRows<ExpertLaw>(firstBackend(rows, preference, accept), {
      parameters: EXPERTS,
      features: (row) => [
        num(row, 'num_tokens'),
        num(row, 'hidden_size'),
        num(row, 'inter_size') / num(row, 'moe_tp_size'),
        num(row, 'topk'),
        num(row, 'num_experts'),
        num(row, 'moe_ep_size'),
      ],
      ideal: ([m = 0, hidden = 0, inter = 0, k = 0, , ranks = 1]) =>
        (6 * m * k * hidden * inter) / ranks / f.peak,
      predict: (law, x) => expertTime(law, x[0]!, shape(x), { ...f, memoryBandwidth: s.memoryBandwidth }),
    });
  });
}

/** Prefill attention: rows of `[heads × queries of the whole batch, keys per query, pairs × width]`. */
export function fitPrefill(
  rows: readonly Row[],
  s: MeasuredSystem,
  isLatent: boolean,
): ByPrecision<PrefillAttentionLaw> {
  return attentionTable(rows, isLatent, (accepted) =>
    fitRows<PrefillAttentionLaw>(
      accepted.filter((row) => num(row, 'isl') >= SHORTEST_CHUNK),
      {
        parameters: PREFILL,
        features: (row) => {
          const width = isLatent ? 128 + 64 + 128 : 2 * num(row, 'head_dim');
          const queries = num(row, 'num_heads') * num(row, 'batch_size') * num(row, 'isl');
          return [queries, num(row, 'step') + num(row, 'isl') / 2, width];
        },
        ideal: ([queries = 0, keys = 0, width = 0]) => (2 * queries * keys * width) / (s.fp8 || s.bf16),
        predict: (law, [queries = 0, keys = 0, width = 0]) =>
          law.floor + (2 * (queries + law.queries) * (keys + law.keys) * width) / (s.bf16 * law.compute),
      },
    ),
  );
}

/** Decode attention: rows of `[batch × KV heads, cached bytes, operations]`. MLA reads its latent once for all heads. */
export function fitDecode(
  rows: readonly Row[],
  s: MeasuredSystem,
  isLatent: boolean,
): ByPrecision<DecodeAttentionLaw> {
  return attentionTable(rows, isLatent, (accepted) =>
    fitRows<DecodeAttentionLaw>(accepted, {
      parameters: DECODE,
      features: (row) => {
        const cached = num(row, 'batch_size') * (num(row, 'isl') + num(row, 'step'));
        const elements = isLatent ? 512 + 64 : 2 * num(row, 'num_key_value_heads') * num(row, 'head_dim');
        const bytes = row['kv_cache_dtype'] === 'fp8' ? 1 : 2;
        const width = isLatent ? 2 * 512 + 64 : 2 * num(row, 'head_dim');
        const kvHeads = isLatent ? 1 : num(row, 'num_key_value_heads');
        return [
          num(row, 'batch_size') * kvHeads,
          cached * elements * bytes,
          2 * cached * num(row, 'num_heads') * width,
        ];
      },
      // Small caches may sit in the L2 cache and beat memory bandwidth honestly; above 256 MiB they cannot.
      ideal: ([, bytes = 0, operations = 0]) =>
        Math.max(bytes > 2 ** 28 ? bytes / s.memoryBandwidth : 0, operations / (s.fp8 || s.bf16)),
      predict: (law, [sequences = 0, bytes = 0, operations = 0]) =>
        law.floor +
        law.perSequence * sequences +
        Math.hypot(bytes / (s.memoryBandwidth * law.memory), operations / (s.bf16 * law.compute)),
    }),
  );
}

/** Laws for a bf16 and an fp8 cache. A backend whose table holds over 2 % impossible rows is passed over. */
function attentionTable<Law>(
  rows: readonly Row[],
  isLatent: boolean,
  fit: (accepted: readonly Row[]) => Fitted<Law> | undefined,
): ByPrecision<Law> {
  const entries = (['bf16', 'fp8'] as const).map((precision) => {
    const dtype = precision === 'bf16' ? 'bfloat16' : 'fp8';
    const accept = (row: Row): boolean =>
      row['kv_cache_dtype'] === dtype &&
      (isLatent || (num(row, 'head_dim') === 128 && !(num(row, 'window_size') > 0))) &&
      num(row, 'batch_size') * num(row, 'isl') <= 65_536;
    let best: Fitted<Law> | undefined;
    for (const backend of isLatent ? (['trtllm', 'sglang', 'vllm'] as const) : PREFERENCE) {
      const law = fit(firstBackend(rows, [backend], accept));
      if (law === undefined) continue;
      best ??= law;
      if (law.quality.rejected / (law.quality.rows + law.quality.rejected) < 0.02) {
        best = law;
        break;
      }
    }
    return [precision, best] as const;
  });
  return Object.fromEntries(entries.filter(([, law]) => law !== undefined));
}

/** Collectives by number of ranks; `factor` turns a message into the bytes that cross the bus. */
export function fitCollective(
  rows: readonly Row[],
  link: number,
  factor: (ranks: number) => number,
): readonly Fitted<CollectiveLaw>[] {
  const sizes = [...new Set(rows.map((row) => num(row, 'num_gpus')))].sort((a, b) => a - b);
  return sizes.flatMap((ranks) => {
    const own = rows.filter(
      (row) => num(row, 'num_gpus') === ranks && num(row, 'message_size') * 2 <= 2 ** 27,
    );
    const law = fitRows<CollectiveLaw>(own, {
      parameters: [
        { ...floor, start: 5e-6 },
        { name: 'bandwidth', start: link / 2, low: link / 50, high: link * 1.2 },
      ],
      features: (row) => [num(row, 'message_size') * 2 * factor(ranks)],
      ideal: ([bytes = 0]) => bytes / (link * 1.5),
      predict: (l, [bytes = 0]) => l.floor + bytes / l.bandwidth,
    });
    return law === undefined ? [] : [{ ...law, ranks }];
  });
}

function table<Law>(
  formats: readonly [string, Format][],
  fit: (dtype: string, f: Format) => Fitted<Law> | undefined,
): ByPrecision<Law> {
  const entries = formats.map(([dtype, f]) => [f.precision, f.peak > 0 ? fit(dtype, f) : undefined] as const);
  return Object.fromEntries(entries.filter(([, law]) => law !== undefined));
}
