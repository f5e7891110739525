import type { BatchLimits } from '../../model/index.ts';

/** Token budgets per step tried; vLLM's own range is 2,048 to 8,192 (reference notes on vLLM v1, 2026). */
export const TOKEN_BUDGETS: readonly number[] = [2048, 4096, 8192];
/** Sequences in flight per rank tried; 1,024 is vLLM's default on large cards (vLLM 0.19, 2026). */
export const SEQUENCE_LIMITS: readonly number[] = [64, 128, 256, 512, 1024];
/** Batch limits every shape is screened with. */
export const DEFAULT_BATCH: BatchLimits = { maxBatchedTokens: 4096, maxSequences: 256 };
/** Tried where the default ones are too slow: the gentlest on TPOT, and the widest. */
export const OTHER_SCREENS: readonly BatchLimits[] = [
  { maxBatchedTokens: 2048, maxSequences: 64 },
  { maxBatchedTokens: 8192, maxSequences: 1024 },
];

/** Every combination of batch limits, the default first. */
export const BATCH_LIMITS: readonly BatchLimits[] = [
  DEFAULT_BATCH,
  ...TOKEN_BUDGETS.flatMap((maxBatchedTokens) =>
    SEQUENCE_LIMITS.map((maxSequences) => ({ maxBatchedTokens, maxSequences })),
  ).filter((batch) => !isSameBatch(batch, DEFAULT_BATCH)),
];

/** Whether two limits are the same. */
export function isSameBatch(a: BatchLimits, b: BatchLimits): boolean {
  return a.maxBatchedTokens === b.maxBatchedTokens && a.maxSequences === b.maxSequences;
}

/**
 * The limits of `BATCH_LIMITS` that differ in effect for a rank whose KV cache holds `most` sequences at once (≥ 1): of
 * sequence limits that it can never reach only the smallest is kept, since all of them schedule alike.
 */
export function distinctLimits(most: number): readonly BatchLimits[] {
  const cap = SEQUENCE_LIMITS.find((limit) => limit >= most) ?? Infinity;
  return BATCH_LIMITS.filter((batch) => batch.maxSequences <= cap);
}

/** The widest limits of any candidate: what they cannot carry no others can. */
export const WIDEST_BATCH: BatchLimits = {
  maxBatchedTokens: Math.max(...TOKEN_BUDGETS),
  maxSequences: Math.max(...SEQUENCE_LIMITS),
};
