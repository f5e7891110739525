import type { ReplicaConfiguration } from './configuration.ts';
import { chooseCoefficients, lawFor } from './coefficients.ts';
import type { ByPrecision, OperatorCoefficients } from './coefficients.ts';
import { arithmeticFor, BYTES_PER_PARAMETER } from './precision.ts';
import { kvBytesPerToken, rankShare } from './sharding.ts';

/**
 * Attention of all layers of the model as linear forms, so that steps cost a few multiplications.
 * Prefill of P tokens with A attended pairs: `floor + perPair·A + perKey·A/P + perToken·P + constant`; decode of
 * S sequences over V cached tokens: `floor + perSequence·S + perCachedToken·V + perWindowToken·min(V, S·window)`.
 */
export interface AttentionForms {
  readonly prefill: {
    readonly floor: number;
    /** Per query-key pair of full layers; `pairsWindow` for window layers, whose pairs stop growing at `window` keys. */
    readonly perPair: number;
    readonly perPairWindow: number;
    /** Padding of queries, in tokens, and of keys, in tokens. */
    readonly queryPadding: number;
    readonly keyPadding: number;
    readonly perTokenLinear: number;
  };
  readonly decode: {
    readonly floor: number;
    readonly perSequence: number;
    readonly perCachedToken: number;
    readonly perWindowToken: number;
  };
  /** Window in tokens, Infinity without window layers. */
  readonly window: number;
  /** Hardware lower bounds: seconds per pair at peak, seconds per cached token at full bandwidth. */
  readonly idealPerPair: number;
  readonly idealPerCachedToken: number;
}

/** Share of bandwidth at which linear-attention layers move their state; *assumed*, as other memory-bound kernels. */
const LINEAR_STATE_EFFICIENCY = 0.6;
/** Floor of the kernels of one linear-attention layer beside its projections; *assumed*, three small kernels. */
const LINEAR_FLOOR = 8e-6;
/** Tokens per chunk of the chunked linear-attention prefill, over which the state is rewritten once (FLA kernels: 64). */
const LINEAR_CHUNK = 64;

/** The attention of a configuration that passed `checkConfiguration`, all layers of the model on one rank. */
export function attentionForms(c: ReplicaConfiguration, coefficients: OperatorCoefficients): AttentionForms {
  const { laws } = chooseCoefficients(c.accelerator, coefficients);
  const a = c.architecture;
  const share = rankShare(c);
  const isLatent = a.mla !== undefined;
  // An accelerator without tables for latent attention runs it as well as ordinary attention (assumed).
  const latentOr = <Law>(latent: ByPrecision<Law>, ordinary: ByPrecision<Law>): ByPrecision<Law> =>
    isLatent && Object.keys(latent).length > 0 ? latent : ordinary;
  const kernel = c.kvPrecision === 'bf16' ? 'bf16' : 'fp8';
  const prefill = lawFor(latentOr(laws.mlaPrefill, laws.prefillAttention), kernel);
  const decode = lawFor(latentOr(laws.mlaDecode, laws.decodeAttention), kernel);
  const peak = arithmeticFor('bf16', c.accelerator)?.peak ?? laws.bf16Peak;
  const bandwidth = c.accelerator.memoryBandwidth;
  const layers = a.attention.full + a.attention.window;
  const flopsPerPair = 2 * share.heads * pairWidth(c, 'prefill');
  const perPair = flopsPerPair / (peak * prefill.compute);
  const kv = kvBytesPerToken(c, BYTES_PER_PARAMETER[c.kvPrecision]);
  const state = (2 * kv.state) / (bandwidth * LINEAR_STATE_EFFICIENCY);
  const decodeFlops = (2 * share.heads * pairWidth(c, 'decode')) / (peak * decode.compute);
  const perCached = (byteShare: number, count: number): number =>
    count === 0 ? 0 : Math.hypot(byteShare / (bandwidth * decode.memory), decodeFlops * count);
  return {
    prefill: {
      floor: layers * prefill.floor + a.attention.linear * LINEAR_FLOOR,
      perPair: perPair * a.attention.full,
      perPairWindow: perPair * a.attention.window,
      queryPadding: prefill.queries / share.heads,
      keyPadding: prefill.keys,
      perTokenLinear: state / LINEAR_CHUNK,
    },
    decode: {
      floor: layers * decode.floor + a.attention.linear * LINEAR_FLOOR,
      perSequence: layers * decode.perSequence * share.kvHeads + state,
      perCachedToken: perCached(kv.full, a.attention.full),
      perWindowToken: perCached(kv.window, a.attention.window),
    },
    window: a.attention.window > 0 && a.attention.windowTokens > 0 ? a.attention.windowTokens : Infinity,
    idealPerPair: (flopsPerPair * layers) / peak,
    idealPerCachedToken: kv.full / bandwidth,
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
  const p = forms.prefill;
  const padded = (tokens + p.queryPadding) * (pairs / tokens + p.keyPadding);
  const keys = Math.min(pairs / tokens, forms.window);
  const paddedWindow = (tokens + p.queryPadding) * (keys + p.keyPadding);
  return p.floor + p.perPair * padded + p.perPairWindow * paddedWindow + p.perTokenLinear * tokens;
}

/** Time of decode attention over all layers for `sequences` (> 0) that read `cached` tokens together. */
export function decodeAttentionTime(forms: AttentionForms, sequences: number, cached: number): number {
  const d = forms.decode;
  const windowed = Math.min(cached, sequences * forms.window);
  return d.floor + d.perSequence * sequences + d.perCachedToken * cached + d.perWindowToken * windowed;
}
