import type { ModelArchitecture } from '../model/index.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { BYTES_PER_PARAMETER } from './precision.ts';
import { rankShare } from './sharding.ts';

/** Parameters of one attention layer, split by how tensor parallelism treats them. */
export interface AttentionParameters {
  /** Cut by query heads. */
  readonly byHead: number;
  /** Cut by KV heads, replicated beyond them. */
  readonly byKvHead: number;
  /** Kept whole on every rank (low-rank projections of MLA). */
  readonly replicated: number;
}

/** Parameters of one full or window attention layer, from the projection shapes (norms and biases left out). */
export function attentionParameters(a: ModelArchitecture): AttentionParameters {
  if (a.mla === undefined) {
    return {
      byHead: 2 * a.hidden * a.heads * a.headDim,
      byKvHead: 2 * a.hidden * a.kvHeads * a.headDim,
      replicated: 0,
    };
  }
  const { queryLora, kvLora, nopeDim, ropeDim, valueDim } = a.mla;
  const queryWidth = a.heads * (nopeDim + ropeDim);
  const queryRank = queryLora > 0 ? queryLora : a.hidden;
  return {
    byHead: queryRank * queryWidth + kvLora * a.heads * (nopeDim + valueDim) + a.heads * valueDim * a.hidden,
    byKvHead: 0,
    replicated: (queryLora > 0 ? a.hidden * queryLora : 0) + a.hidden * (kvLora + ropeDim),
  };
}

/** Parameters by part, whole model. `other` is what the stated total holds beyond the parts: norms, biases, linear attention. */
export interface ParameterParts {
  readonly attention: AttentionParameters;
  readonly dense: number;
  readonly shared: number;
  readonly experts: number;
  readonly router: number;
  /** One table of vocabulary × hidden. */
  readonly embedding: number;
  /** 0 when tied. */
  readonly head: number;
  readonly other: number;
}

/** Splits the parameters of a model into parts whose sum is the stated total (or more, where dimensions exceed it). */
export function parameterParts(a: ModelArchitecture): ParameterParts {
  const attentionLayers = a.attention.full + a.attention.window;
  const layer = attentionParameters(a);
  const attention = {
    byHead: layer.byHead * attentionLayers,
    byKvHead: layer.byKvHead * attentionLayers,
    replicated: layer.replicated * attentionLayers,
  };
  const moe = a.moe;
  const parts = {
    dense: 3 * a.hidden * a.dense.intermediate * a.dense.layers,
    shared: moe === undefined ? 0 : 3 * a.hidden * moe.sharedIntermediate * moe.layers,
    experts: moe === undefined ? 0 : 3 * a.hidden * moe.intermediate * moe.experts * moe.layers,
    router: moe === undefined ? 0 : a.hidden * moe.experts * moe.layers,
    embedding: a.vocabulary * a.hidden,
    head: a.tiedEmbeddings ? 0 : a.vocabulary * a.hidden,
  };
  const known =
    attention.byHead +
    attention.byKvHead +
    attention.replicated +
    Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { attention, ...parts, other: Math.max(0, a.parameters.total - known) };
}

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
