import type { AcceleratorCoefficients, ByPrecision, Fitted } from '../src/perf/coefficients.ts';
import { distinctRanks, gemmTime, linearDecodeTime, linearPrefillTime } from '../src/perf/laws.ts';
import type { ExchangeLaw, GemmLaw, LinearDecodeLaw, LinearPrefillLaw } from '../src/perf/laws.ts';
import { fitTable } from './calibrate-operators-backends.ts';
import { fitLaw } from './calibrate-operators-fit.ts';
import type { Parameter, Sample } from './calibrate-operators-fit.ts';
import { floor, GEMM, share, sharpness } from './calibrate-operators-laws.ts';
import type { MeasuredSystem, OperatorTable, TableRow } from './calibrate-operators-tables.ts';

/** Dimensions of the latent products of DeepSeek-V3, which the tables were measured with. */
const LATENT = { kvLora: 512, head: 128 } as const;

/** The batched products that absorb the latent into queries and outputs, as products of `heads × 512` outputs and depth 128. */
export function fitAbsorb(table: OperatorTable, s: MeasuredSystem): ByPrecision<GemmLaw> {
  const peak = (isWide: boolean): number => (isWide ? s.bf16 : s.fp8 || s.bf16);
  const rates = (isWide: boolean) => ({
    peak: peak(isWide),
    memoryBandwidth: s.memoryBandwidth,
    bytesPerWeight: isWide ? 2 : 1,
    bytesPerActivation: isWide ? 2 : 1,
  });
  return fitTable<GemmLaw>(table, {
    precision: (row) => (row.text('bmm_dtype') === 'bfloat16' ? 'bf16' : 'fp8'),
    features: (row) => [row.number('num_tokens'), row.number('num_heads') * LATENT.kvLora, LATENT.head],
    group: (x) => `${x[1]}`,
    ideal: ([m = 0, n = 0, k = 0], p) => (2 * m * n * k) / peak(p === 'bf16'),
    parameters: GEMM,
    predict: (law, [m = 0, n = 0, k = 0], p) => gemmTime(law, m, { n, k }, rates(p === 'bf16')),
  }).base;
}

/** Laws of the recurrent kernels of linear attention. */
export interface LinearLaws {
  readonly linearPrefill?: Fitted<LinearPrefillLaw>;
  readonly linearDecode?: Fitted<LinearDecodeLaw>;
}

/** Gated DeltaNet: convolution and state kernels of one layer together; state = value heads × key width × value width. */
export function fitLinear(table: OperatorTable, s: MeasuredSystem): LinearLaws {
  const prefill = fused(table, 'context');
  const decode = fused(table, 'generation');
  const sound = decode.filter(
    ({ x: [batch = 0, state = 0], seconds }) =>
      batch * state * 8 < 2 ** 28 || (batch * state * 8) / s.memoryBandwidth < seconds * 1.05,
  );
  return {
    ...(prefill.length < 24
      ? {}
      : {
          linearPrefill: fitted(
            fitLaw<LinearPrefillLaw>(
              prefill,
              [
                floor,
                { name: 'perToken', start: 3e-8, low: 1e-10, high: 1e-6 },
                { name: 'perState', start: 1e-13, low: 1e-16, high: 1e-11 },
                sharpness,
              ],
              (law, [tokens = 0, state = 0]) => linearPrefillTime(law, tokens, state),
            ),
            0,
          ),
        }),
    ...(sound.length < 24
      ? {}
      : {
          linearDecode: fitted(
            fitLaw<LinearDecodeLaw>(sound, [floor, share('memory', 0.7)], (law, [batch = 0, state = 0]) =>
              linearDecodeTime(law, batch, state, s.memoryBandwidth),
            ),
            decode.length - sound.length,
          ),
        }),
  };
}

/** Rows of one phase with the times of all kernels of a layer summed; single sequences only in prefill, as steps hold. */
function fused(table: OperatorTable, phase: 'context' | 'generation'): readonly Sample[] {
  const sums = new Map<string, { x: readonly number[]; seconds: number; kernels: Map<string, number> }>();
  table.forEach((row) => {
    if (row.text('phase') !== phase || row.text('backend') !== 'vllm') return;
    const batch = row.number('batch_size');
    const length = row.number('seq_len');
    if (phase === 'context' && (batch > 1 || length < 64)) return;
    const state = row.number('num_v_heads') * row.number('head_k_dim') * row.number('head_v_dim');
    const key = `${batch}|${length}|${state}|${row.number('num_k_heads')}`;
    const entry = sums.get(key) ?? {
      x: [phase === 'context' ? batch * length : batch, state],
      seconds: 0,
      kernels: new Map<string, number>(),
    };
    entry.kernels.set(row.text('kernel_source'), row.number('latency_ms') / 1e3);
    sums.set(key, entry);
  });
  return [...sums.values()]
    .filter((entry) => entry.kernels.size >= 2)
    .map((entry) => ({
      x: entry.x,
      seconds: [...entry.kernels.values()].reduce((sum, value) => sum + value, 0),
      group: `${entry.x[1]}`,
    }));
}

function fitted<Law>(
  fit: { readonly law: Law; readonly quality: Omit<Fitted<Law>['quality'], 'rejected'> },
  rejected: number,
): Fitted<Law> {
  return { ...fit.law, quality: { ...fit.quality, rejected } } as Fitted<Law>;
}

/** Ranks of the measured exchange, and the tokens up to which engines use its low-latency kernels (DeepEP: 128 per rank). */
const EXCHANGE_RANKS = 8;
const LOW_LATENCY_TOKENS = 128;

const EXCHANGE: readonly Parameter[] = [
  { ...floor, start: 2.5e-5 },
  { name: 'bandwidth', start: 3e11, low: 1e9, high: 1e13 },
];

/** Dispatch and combine of DeepEP among 8 GPUs: low-latency kernels send a copy per expert, the others one per rank. */
export function fitExchange(
  low: OperatorTable,
  normal: OperatorTable,
): AcceleratorCoefficients['exchange'] | undefined {
  const lowSamples = exchangeSamples(low, (row) =>
    row.number('num_token') <= LOW_LATENCY_TOKENS
      ? [row.number('num_topk'), row.number('dispatch_avg_t_us') + row.number('combine_avg_t_us')]
      : undefined,
  );
  // 20 or 24 multiprocessors is what engines reserve for the exchange.
  const normalSamples = exchangeSamples(normal, (row) =>
    row.number('dispatch_sms') >= 20 && row.number('num_token') <= 32_768
      ? [
          distinctRanks(EXCHANGE_RANKS, row.number('num_topk')),
          row.number('dispatch_transmit_us') + row.number('combine_transmit_us'),
        ]
      : undefined,
  );
  if (lowSamples.length < 24 || normalSamples.length < 24) return undefined;
  const predict = (law: ExchangeLaw, [bytes = 0]: readonly number[]): number =>
    law.floor + bytes / law.bandwidth;
  return {
    lowLatency: fitted(fitLaw<ExchangeLaw>(lowSamples, EXCHANGE, predict), 0),
    highThroughput: fitted(fitLaw<ExchangeLaw>(normalSamples, EXCHANGE, predict), 0),
  };
}

function exchangeSamples(
  table: OperatorTable,
  read: (row: TableRow) => readonly [copies: number, microseconds: number] | undefined,
): readonly Sample[] {
  const samples: Sample[] = [];
  table.forEach((row) => {
    const found = read(row);
    if (found === undefined) return;
    const [copies, microseconds] = found;
    const hidden = row.number('hidden_size');
    samples.push({
      x: [row.number('num_token') * copies * hidden * 2],
      seconds: microseconds / 1e6,
      group: `${hidden}x${row.number('num_topk')}x${row.number('num_experts')}`,
    });
  });
  return samples;
}
