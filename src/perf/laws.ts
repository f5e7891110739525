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
  /** Load of the busiest rank above the mean, as a share of it, where every rank holds one expert; ≥ 0. */
  readonly skew: number;
}

/** Coefficients of one collective among `ranks`: latency and bus bandwidth, and a second regime for large messages. */
export interface CollectiveLaw {
  readonly ranks: number;
  readonly floor: number;
  /** Bus bandwidth in bytes/s: 2(n−1)/n × message / time for an all-reduce. */
  readonly bandwidth: number;
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

/** Expected number of experts of the whole model that `tokens` tokens touch: E(1 − (1 − k/E)^tokens). */
export function touchedExperts(experts: number, topK: number, tokens: number): number {
  return topK >= experts ? experts : -experts * Math.expm1(tokens * Math.log1p(-topK / experts));
}

/** Time of the routed experts on the busiest rank for `tokens` tokens (all ranks together). */
export function expertTime(law: ExpertLaw, tokens: number, s: ExpertShape, rates: ProductRates): number {
  // Uneven loads average out over the experts of a rank, hence the root of their number.
  const imbalance = 1 + (law.skew * (1 - 1 / s.ranks)) / Math.sqrt(s.experts / s.ranks);
  const touched = touchedExperts(s.experts, s.topK, Math.pow(tokens, law.touch)) / s.ranks;
  const pairs = ((tokens * s.topK) / s.ranks) * imbalance;
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
