import type { PrefixModel } from '../model/index.ts';
import { quantileAt } from './quantiles.ts';

/**
 * Moves prefix shares (0..1) so that their token-weighted mean goes from `from` to `to`: downward all shares shrink by one
 * factor, upward all unshared parts do. Both keep the order of shares and the range 0..1 (assumed, for lack of data on how
 * sharing changes).
 */
function scaleShares(
  shares: readonly (readonly number[])[],
  from: number,
  to: number,
): readonly (readonly number[])[] {
  if (from === to || from <= 0 || from >= 1) return shares;
  const move =
    to <= from
      ? (share: number): number => (share * to) / from
      : (share: number): number => 1 - ((1 - share) * (1 - to)) / (1 - from);
  return shares.map((quantiles) => quantiles.map(move));
}

/** The prefix model with another hit rate; share quantiles, if any, move along. */
export function withHitRate(prefix: PrefixModel, hitRate: number): PrefixModel {
  if (prefix.shareQuantiles === undefined || prefix.hitRate <= 0 || prefix.hitRate >= 1) return { hitRate };
  return { hitRate, shareQuantiles: scaleShares(prefix.shareQuantiles, prefix.hitRate, hitRate) };
}

/**
 * Cached prefix tokens of a prompt of `isl` tokens, at most isl − 1. Without share quantiles every prompt shares `hitRate` of
 * its tokens (assumed); with them, the share at probability `uniform` (0..1) of the prompt's length class.
 * @param inputProbability probability (0..1) at which the input length was drawn; picks the class
 */
export function cachedTokensOf(
  prefix: PrefixModel,
  isl: number,
  inputProbability: number,
  uniform: number,
): number {
  const quantiles = prefix.shareQuantiles;
  const chosen = quantiles?.[Math.floor(inputProbability * quantiles.length)];
  const share = chosen === undefined ? prefix.hitRate : quantileAt(chosen, uniform);
  return Math.max(0, Math.min(isl - 1, Math.floor(share * isl)));
}
