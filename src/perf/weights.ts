import type { ReplicaConfiguration } from './configuration.ts';
import { parameterParts } from './parameter-parts.ts';
import { BYTES_PER_PARAMETER } from './precision.ts';
import { rankShare } from './sharding.ts';

/**
 * Bytes of weights on the fullest rank. Embeddings, head and router stay bf16; with pipeline stages the fullest one
 * holds ⌈layers / stages⌉ layers and one embedding table. Complexity O(1).
 */
export function weightBytesPerRank(c: ReplicaConfiguration): number {
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
    ((parts.dense + parts.shared) / tp) * BYTES_PER_PARAMETER[share.precisions.dense] +
    (parts.experts / (share.expertParallel * share.expertTensorParallel)) *
      BYTES_PER_PARAMETER[share.precisions.experts] +
    parts.router * 2;
  const tables =
    c.parallelism.pipelineParallel > 1 ? Math.max(parts.embedding, parts.head) : parts.embedding + parts.head;
  return layers * share.stageShare + (tables / tp) * 2;
}
