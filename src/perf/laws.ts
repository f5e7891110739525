/**
 * The laws of operator time. Each is `floor + smoothMax(compute, memory)`, where padding terms (rows, columns, depth…)
 * make the efficiency fall smoothly for small shapes: tiles are computed whole and a few tiles leave most of the chip
 * idle. All times are seconds, all coefficients positive. Laws grow monotonically in every size.
 */

/** Coefficients of a matrix product C[m,n] = A[m,k]·B[k,n]. */
export interface GemmLaw {
  /** Launch, quantisation and tail of the kernel, seconds. */
  readonly floor: number;
  /** Share of the peak that a very large product reaches. */
  readonly compute: number;
  /** Padding added to m, n and k in the compute term. */
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Share of the memory bandwidth that a very large, thin product reaches. */
  readonly memory: number;
  /** Exponent of the smooth maximum, ≥ 1; 1 adds the terms, large values take the larger one. */
  readonly sharpness: number;
}

/** Coefficients of prefill attention; pairs = query heads × queries × keys. */
export interface PrefillAttentionLaw {
  readonly floor: number;
  readonly compute: number;
  /** Padding added to query heads × queries, and to keys. */
  readonly queries: number;
  readonly keys: number;
  /** Elements added to the width of a query-key pair: the softmax costs the same for narrow and wide heads. */
  readonly softmax: number;
}

/** Coefficients of decode attention. */
export interface DecodeAttentionLaw {
  readonly floor: number;
  /** Seconds per sequence and KV head. */
  readonly perSequence: number;
  /** Share of the memory bandwidth at which long caches are read. */
  readonly memory: number;
  /** Share of the peak, decisive where many query heads share a cache (MLA). */
  readonly compute: number;
}

/** Coefficients of routed experts (grouped matrix products with permutation). */
export interface ExpertLaw {
  readonly floor: number;
  readonly compute: number;
  /** Padding added to the tokens of every touched expert, and to the width of its shard. */
  readonly rows: number;
  readonly columns: number;
  readonly memory: number;
  readonly sharpness: number;
  /** Exponent of tokens in the expected number of touched experts, ≤ 1: skewed routing touches fewer. */
  readonly touch: number;
  /** Strength of load skew over ranks, ≥ 0: 0 is balanced, about 1 a power law with exponent 1 (see `busiestPairs`). */
  readonly skew: number;
}

/**
 * One collective among `ranks` inside a node as a piecewise linear curve: engines switch algorithms at message sizes
 * (one-shot, two-shot, library), so that a single latency and bandwidth misses by up to 40 %. Knots are
 * `[message bytes, seconds]`, both ascending; below the first the time stays, beyond the last it grows at the last slope.
 */
export interface CollectiveLaw {
  readonly ranks: number;
  readonly knots: readonly (readonly [bytes: number, seconds: number])[];
}

/** Time of a collective for a message of `bytes` (≥ 0); never falls with the size. */
export function collectiveSeconds(law: CollectiveLaw, bytes: number): number {
  const { knots } = law;
  const first = knots[0];
  if (first === undefined) throw new Error('collective law without knots');
  if (bytes <= first[0] || knots.length === 1) return first[1];
  let upper = 1;
  while (upper < knots.length - 1 && (knots[upper]?.[0] ?? Infinity) < bytes) upper++;
  const [lowBytes, low] = knots[upper - 1] ?? first;
  const [highBytes, high] = knots[upper] ?? first;
  return low + ((high - low) * (bytes - lowBytes)) / (highBytes - lowBytes);
}

/** Coefficients of the exchange of tokens among expert-parallel ranks, dispatch and combine together. */
export interface ExchangeLaw {
  readonly floor: number;
  /** Bytes of token copies that leave a rank per second. */
  readonly bandwidth: number;
}

/** Ranks that a token's `topK` experts lie on when spread over `ranks`: R(1 − (1 − 1/R)^k). */
export function distinctRanks(ranks: number, topK: number): number {
  return ranks * -Math.expm1(topK * Math.log1p(-1 / ranks));
}

/** Coefficients of the recurrent kernels of one linear-attention layer (convolution and state update). */
export interface LinearPrefillLaw {
  readonly floor: number;
  /** Seconds per token in sequence: chunks of one sequence follow one another. */
  readonly perToken: number;
  /** Seconds per token and state element, at full occupancy. */
  readonly perState: number;
  readonly sharpness: number;
}

/** One decode step of one linear-attention layer. */
export interface LinearDecodeLaw {
  readonly floor: number;
  /** Share of the memory bandwidth at which the state (4 bytes per element) is read and written. */
  readonly memory: number;
}

/** Time of the recurrent kernels over `tokens` prompt tokens with `state` elements per sequence on the rank. */
export function linearPrefillTime(law: LinearPrefillLaw, tokens: number, state: number): number {
  return law.floor + smoothMax(tokens * law.perToken, tokens * state * law.perState, law.sharpness);
}

/** Bytes moved per state element in a decode step: read and write in fp32 (Gated DeltaNet kernels keep fp32 states). */
export const STATE_BYTES = 8;

/** Time of one decode step of the recurrent kernels for `sequences` with `state` elements each. */
export function linearDecodeTime(
  law: LinearDecodeLaw,
  sequences: number,
  state: number,
  memoryBandwidth: number,
): number {
  return law.floor + (sequences * state * STATE_BYTES) / (memoryBandwidth * law.memory);
}

/** What a product costs on its accelerator beside its shape. */
export interface ProductRates {
  readonly peak: number;
  readonly memoryBandwidth: number;
  readonly bytesPerWeight: number;
  readonly bytesPerActivation: number;
}

/** Time of a matrix product with m rows of activations, n outputs and depth k. Output is written in 2 bytes. */
export function gemmTime(
  law: GemmLaw,
  m: number,
  shape: { n: number; k: number },
  rates: ProductRates,
): number {
  const compute =
    (2 * (m + law.rows) * (shape.n + law.columns) * (shape.k + law.depth)) / (rates.peak * law.compute);
  const traffic =
    shape.n * shape.k * rates.bytesPerWeight + m * (shape.k * rates.bytesPerActivation + shape.n * 2);
  return law.floor + smoothMax(compute, traffic / (rates.memoryBandwidth * law.memory), law.sharpness);
}

/** Shape of routed experts on one rank. */
export interface ExpertShape {
  readonly hidden: number;
  /** Width of one expert's shard on a rank. */
  readonly intermediate: number;
  /** Experts of the model, experts chosen per token, ranks over which experts are spread. */
  readonly experts: number;
  readonly topK: number;
  readonly ranks: number;
}

/** Expected number of experts that `tokens` tokens touch when each chooses `topK` of them: E(1 − (1 − k/E)^tokens). */
export function touchedExperts(experts: number, topK: number, tokens: number): number {
  return topK >= experts ? experts : -experts * Math.expm1(tokens * Math.log1p(-topK / experts));
}

/**
 * Tokens × experts on the busiest of the ranks that share the experts. Loads of experts follow a power law with exponent
 * near one, cut at the number of tokens: their variance over the squared mean is about ½ ln tokens, the mean over the
 * experts of a rank averages it down by their number, and the busiest of R ranks lies √(2 ln R) deviations above the
 * mean. Never more than every token choosing each expert of the rank.
 */
export function busiestPairs(law: Pick<ExpertLaw, 'skew'>, tokens: number, s: ExpertShape): number {
  const local = s.experts / s.ranks;
  const variance = Math.log1p(tokens / 8) / 2 / local;
  const imbalance = 1 + law.skew * Math.sqrt(variance * 2 * Math.log(s.ranks));
  return Math.min(tokens * Math.min(s.topK, local), ((tokens * s.topK) / s.ranks) * imbalance);
}

/** Time of the routed experts on the busiest rank for `tokens` tokens (all ranks together). */
export function expertTime(law: ExpertLaw, tokens: number, s: ExpertShape, rates: ProductRates): number {
  const pairs = busiestPairs(law, tokens, s);
  const touched = touchedExperts(s.experts / s.ranks, pairs / tokens, Math.pow(tokens, law.touch));
  const compute =
    (6 * (pairs + touched * law.rows) * s.hidden * (s.intermediate + law.columns)) /
    (rates.peak * law.compute);
  const traffic =
    touched * 3 * s.hidden * s.intermediate * rates.bytesPerWeight +
    pairs * (s.hidden * (rates.bytesPerActivation + 2) + 3 * s.intermediate * 2);
  return law.floor + smoothMax(compute, traffic / (rates.memoryBandwidth * law.memory), law.sharpness);
}

/** (aᵖ + bᵖ)^(1/p): the larger of two non-negative numbers, rounded off where they are close. */
export function smoothMax(a: number, b: number, sharpness: number): number {
  const large = Math.max(a, b);
  if (large === 0) return 0;
  return large * Math.pow(1 + Math.pow(Math.min(a, b) / large, sharpness), 1 / sharpness);
}
