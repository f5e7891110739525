import type { ReplicaConfiguration } from './configuration.ts';
import { parameterParts } from './parameter-parts.ts';
import { pipelineStages } from './pipeline.ts';
import type { Stage } from './pipeline.ts';
import { BYTES_PER_PARAMETER } from './precision.ts';
import { rankShare } from './sharding.ts';

/** Bytes of weights on the fullest rank of a replica, whichever stage that is in. */
export function weightBytesPerRank(c: ReplicaConfiguration): number {
  return Math.max(...pipelineStages(c).map(stageWeightBytes));
}

/**
 * Bytes of weights on a rank of one pipeline stage: its layers, the embedding on the first stage and the head on the last,
 * which needs a copy of a table that both share. Embeddings, head and router stay bf16. Complexity O(1).
 */
export function stageWeightBytes(stage: Stage): number {
  const c = stage.configuration;
  const share = rankShare(c);
  const parts = parameterParts(c.architecture);
  const tp = share.tensorParallel;
  const attention =
    parts.attention.byHead / tp +
    parts.attention.byKvHead * (share.kvHeads / c.architecture.kvHeads) +
    parts.attention.replicated +
    parts.other / tp;
  const layers =
    attention * BYTES_PER_PARAMETER[share.precisions.attention] +
    (parts.dense / share.feedForwardParallel + parts.shared / tp) *
      BYTES_PER_PARAMETER[share.precisions.dense] +
    (parts.experts / (share.expertParallel * share.expertTensorParallel)) *
      BYTES_PER_PARAMETER[share.precisions.experts] +
    parts.router * 2;
  const head = stage.isLast && !stage.isFirst && parts.head === 0 ? parts.embedding : parts.head;
  const tables = (stage.isFirst ? parts.embedding : 0) + (stage.isLast ? head : 0);
  return layers * stage.share + (tables / tp) * 2;
}
