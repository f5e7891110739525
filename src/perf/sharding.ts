import type { ReplicaConfiguration } from './configuration.ts';
import { feedForwardShare } from './parameter-parts.ts';
import { partPrecisions } from './precision.ts';
import type { PartPrecisions } from './precision.ts';

/** What one rank holds of the model. All counts are per rank unless they say otherwise. */
export interface RankShare {
  readonly tensorParallel: number;
  /** Query heads. */
  readonly heads: number;
  /** KV heads; at least 1: they are replicated when tensor parallelism exceeds them. */
  readonly kvHeads: number;
  /** Share of the cached elements of one token that a rank keeps, 0..1; the MLA latent is kept whole on every rank. */
  readonly kvShare: number;
  /**
   * Ranks over which a dense feed-forward is cut, and data-parallel ranks among them whose tokens are gathered for it: 1
   * where each computes its own.
   */
  readonly feedForwardParallel: number;
  readonly gatheredRanks: number;
  /** Width of the dense feed-forward and of the summed shared experts (see `feedForwardShare`). */
  readonly denseIntermediate: number;
  readonly sharedIntermediate: number;
  /** Routed experts held, and the width of each one's shard. */
  readonly experts: number;
  readonly expertIntermediate: number;
  /** Ranks over which experts are spread and ranks that split each expert. */
  readonly expertParallel: number;
  readonly expertTensorParallel: number;
  readonly precisions: PartPrecisions;
}

/** How the model is cut over the ranks of one replica. Valid for configurations that pass `checkShape`. */
export function rankShare(c: ReplicaConfiguration): RankShare {
  const { architecture: a, parallelism: p } = c;
  const tp = p.tensorParallel;
  const moeRanks = tp * p.dataParallel;
  const ep = Math.min(p.expertParallel, moeRanks);
  const moeTp = moeRanks / ep;
  const kvHeads = Math.max(1, Math.ceil(a.kvHeads / tp));
  const width = feedForwardShare(a);
  const feedForwardParallel = p.feedForwardParallel ?? tp;
  return {
    tensorParallel: tp,
    heads: a.heads / tp,
    kvHeads,
    kvShare: a.mla !== undefined ? 1 : Math.min(1, kvHeads / a.kvHeads),
    feedForwardParallel,
    gatheredRanks: feedForwardParallel / tp,
    denseIntermediate: (a.dense.intermediate * width) / feedForwardParallel,
    sharedIntermediate: ((a.moe?.sharedIntermediate ?? 0) * width) / tp,
    experts: (a.moe?.experts ?? 0) / ep,
    expertIntermediate: ((a.moe?.intermediate ?? 0) * width) / moeTp,
    expertParallel: ep,
    expertTensorParallel: moeTp,
    precisions: partPrecisions(a, c.weightPrecision),
  };
}

/**
 * Bytes of cache per token that attention of one rank's heads reads, all layers of the replica. With context
 * parallelism a rank keeps and reads only its part of the sequence; these are the bytes of a token that it keeps.
 */
export function kvBytesPerToken(
  c: ReplicaConfiguration,
  bytesPerElement: number,
): {
  readonly full: number;
  readonly window: number;
  /** Fixed state of linear layers per sequence. */
  readonly state: number;
} {
  const share = rankShare(c);
  const a = c.architecture;
  return {
    full: a.kvElementsPerToken * share.kvShare * bytesPerElement,
    window: a.kvWindowElementsPerToken * share.kvShare * bytesPerElement,
    state: (a.stateElementsPerSequence / share.tensorParallel) * 2,
  };
}
