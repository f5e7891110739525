import type { ReplicaConfiguration } from './configuration.ts';
import { verifiedTokens } from './configuration.ts';
import { lawFor } from './coefficients.ts';
import type { AcceleratorCoefficients, ByPrecision, OperatorCoefficients } from './coefficients.ts';
import { engineLaws } from './engine-overheads.ts';
import { linearPrefillTime, STATE_BYTES } from './laws.ts';
import type { LinearPrefillLaw, PrefillAttentionLaw } from './laws.ts';
import { arithmeticFor, BYTES_PER_PARAMETER } from './precision.ts';
import { kvBytesPerToken, rankShare } from './sharding.ts';
import { correctedDecode, correctedPrefill } from './tables/index.ts';

/** Prefill attention of the layers of one kind: `floor + perPair · (tokens + queryPadding) · (keys + keyPadding)`. */
interface PrefillForm {
  readonly floor: number;
  readonly perPair: number;
  /** Padding of queries and of keys, in tokens. */
  readonly queryPadding: number;
  readonly keyPadding: number;
}

/**
 * Attention of all layers of the model as linear forms, so that steps cost a few multiplications.
 * Prefill of P tokens with A attended pairs: one form each for full and window layers, and the recurrent kernels of
 * linear layers; decode of S sequences over V cached tokens:
 * `floor + perSequence·S + perCachedToken·V + perWindowToken·min(V, S·window)`.
 */
export interface AttentionForms {
  readonly full: PrefillForm;
  readonly windowed: PrefillForm;
  readonly linear: { readonly layers: number; readonly state: number; readonly law: LinearPrefillLaw };
  readonly decode: {
    readonly floor: number;
    readonly perSequence: number;
    readonly perCachedToken: number;
    readonly perWindowToken: number;
  };
  /** Window in tokens, Infinity without window layers. */
  readonly window: number;
  /** Ranks that share the sequence: each holds this part of the queries and of the cache. */
  readonly contextParallel: number;
  /** Hardware lower bounds: seconds per pair at peak, seconds per cached token at full bandwidth. */
  readonly idealPerPair: number;
  readonly idealPerCachedToken: number;
}

/** Recurrent kernels where none were measured; *assumed*, as fitted on H100. */
const ASSUMED_LINEAR_PREFILL: LinearPrefillLaw = {
  floor: 1.2e-5,
  perToken: 4.8e-8,
  perState: 2e-14,
  sharpness: 1,
};
const ASSUMED_LINEAR_DECODE = { floor: 5.4e-6, memory: 0.8 } as const;

/** The attention of a configuration that passed `checkConfiguration`, all layers of the model on one rank. */
export function attentionForms(c: ReplicaConfiguration, coefficients: OperatorCoefficients): AttentionForms {
  const laws = engineLaws(c, coefficients);
  const a = c.architecture;
  const share = rankShare(c);
  const { windowPrefill, windowDecode, ...kernels } = kernelLaws(c, laws);
  const prefill = correctedPrefill(kernels.prefill, c, coefficients);
  const decode = correctedDecode(kernels.decode, c, coefficients);
  const peak = arithmeticFor('bf16', c.accelerator)?.peak ?? laws.bf16Peak;
  const bandwidth = c.accelerator.memoryBandwidth;
  const { full, window, linear } = a.attention;
  const form = (law: PrefillAttentionLaw, layers: number): PrefillForm => ({
    floor: layers * law.floor,
    perPair: (layers * 2 * share.heads * (pairWidth(c, 'prefill') + law.softmax)) / (peak * law.compute),
    queryPadding: law.queries / share.heads,
    keyPadding: law.keys,
  });
  const kv = kvBytesPerToken(c, BYTES_PER_PARAMETER[c.kvPrecision]);
  // All tokens of a verify step read the cache once, each pays its arithmetic.
  const queries = verifiedTokens(c.speculative);
  const flops = 2 * share.heads * pairWidth(c, 'decode') * queries;
  const perCached = (law: typeof decode, bytes: number, layers: number): number =>
    layers === 0 ? 0 : Math.hypot(bytes / (bandwidth * law.memory), (flops * layers) / (peak * law.compute));
  const state = kv.state / 2;
  const linearDecode = laws.linearDecode ?? ASSUMED_LINEAR_DECODE;
  // All heads share the latent, which is fitted as one.
  const kvHeads = a.mla === undefined ? share.kvHeads : 1;
  const perSequence = full * decode.perSequence + window * windowDecode.perSequence;
  return {
    full: form(prefill, full),
    windowed: form(windowPrefill, window),
    linear: {
      layers: linear,
      state: linear > 0 ? state / linear : 0,
      law: laws.linearPrefill ?? ASSUMED_LINEAR_PREFILL,
    },
    decode: {
      floor: full * decode.floor + window * windowDecode.floor + linear * linearDecode.floor,
      perSequence:
        perSequence * kvHeads + (state * queries * STATE_BYTES) / (bandwidth * linearDecode.memory),
      perCachedToken: perCached(decode, kv.full, full),
      perWindowToken: perCached(windowDecode, kv.window, window),
    },
    window: window > 0 && a.attention.windowTokens > 0 ? a.attention.windowTokens : Infinity,
    contextParallel: c.parallelism.contextParallel,
    idealPerPair: (2 * share.heads * pairWidth(c, 'prefill') * (full + window)) / peak,
    idealPerCachedToken: kv.full / bandwidth,
  };
}

/**
 * The kernels of full and window layers. An accelerator without tables for latent attention runs it as well as
 * ordinary attention, one without tables for windows as well as full attention over as many keys (*assumed*).
 */
function kernelLaws(c: ReplicaConfiguration, laws: AcceleratorCoefficients) {
  const kernel = c.kvPrecision === 'bf16' ? 'bf16' : 'fp8';
  const isLatent = c.architecture.mla !== undefined;
  const or = <Law>(table: ByPrecision<Law>, other: ByPrecision<Law>, use = true): Law =>
    lawFor(use && Object.keys(table).length > 0 ? table : other, kernel);
  return {
    prefill: or(laws.mlaPrefill, laws.prefillAttention, isLatent),
    decode: or(laws.mlaDecode, laws.decodeAttention, isLatent),
    windowPrefill: or(laws.windowPrefill, laws.prefillAttention),
    windowDecode: or(laws.windowDecode, laws.decodeAttention),
  };
}

/** Elements multiplied per query head and query-key pair: score and value product. MLA decodes on its latent. */
function pairWidth(c: ReplicaConfiguration, phase: 'prefill' | 'decode'): number {
  const { headDim, mla } = c.architecture;
  if (mla === undefined) return 2 * headDim;
  return phase === 'decode' ? 2 * mla.kvLora + mla.ropeDim : mla.nopeDim + mla.ropeDim + mla.valueDim;
}

/** Time of prefill attention over all layers for `tokens` new tokens (> 0) with `pairs` attended pairs. */
export function prefillAttentionTime(forms: AttentionForms, tokens: number, pairs: number): number {
  const own = tokens / forms.contextParallel;
  const keys = pairs / tokens;
  const time = (form: PrefillForm, seen: number): number =>
    form.floor + form.perPair * (own + form.queryPadding) * (seen + form.keyPadding);
  const { linear } = forms;
  return (
    time(forms.full, keys) +
    (forms.windowed.perPair > 0 ? time(forms.windowed, Math.min(keys, forms.window)) : 0) +
    (linear.layers > 0 ? linear.layers * linearPrefillTime(linear.law, tokens, linear.state) : 0)
  );
}

/** Time of decode attention over all layers for `sequences` (> 0) that read `cached` tokens together. */
export function decodeAttentionTime(forms: AttentionForms, sequences: number, cached: number): number {
  const d = forms.decode;
  const windowed = Math.min(cached, sequences * forms.window);
  return (
    d.floor +
    d.perSequence * sequences +
    (d.perCachedToken * cached + d.perWindowToken * windowed) / forms.contextParallel
  );
}
