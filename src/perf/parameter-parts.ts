import type { ModelArchitecture } from '../model/index.ts';

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
function attentionParameters(a: ModelArchitecture): AttentionParameters {
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

/** Stated totals and dimensions agree to this share where the formulae below are exact. */
const AGREEMENT = 1.03;

/**
 * Share of the feed-forward width that counts: 1, or less where the dimensions give more parameters than the model states.
 * Such models multiply two matrices instead of three (no gate) or project tokens to a narrower latent before their
 * experts (Nemotron 3, Kimi K3; config.json, 2026). Their true shapes are not in the catalogue; work and bytes of all
 * feed-forward parts shrink by the same share (*assumed*).
 */
export function feedForwardShare(a: ModelArchitecture): number {
  const parts = fullParts(a);
  const wide = parts.dense + parts.shared + parts.experts;
  const rest = sumOf(parts) - wide;
  if (wide === 0 || wide + rest <= a.parameters.total * AGREEMENT) return 1;
  return Math.max(0.01, (a.parameters.total - rest) / wide);
}

/** Splits the parameters of a model into parts whose sum is the stated total, to 3 %. */
export function parameterParts(a: ModelArchitecture): ParameterParts {
  const parts = fullParts(a);
  const share = feedForwardShare(a);
  const scaled = {
    ...parts,
    dense: parts.dense * share,
    shared: parts.shared * share,
    experts: parts.experts * share,
  };
  return { ...scaled, other: Math.max(0, a.parameters.total - sumOf(scaled)) };
}

type KnownParts = Omit<ParameterParts, 'other'>;

function sumOf(parts: KnownParts): number {
  const { attention, dense, shared, experts, router, embedding, head } = parts;
  const heads = attention.byHead + attention.byKvHead + attention.replicated;
  return heads + dense + shared + experts + router + embedding + head;
}

/** The parts by the dimensions alone: gated feed-forwards of three matrices. */
function fullParts(a: ModelArchitecture): KnownParts {
  const attentionLayers = a.attention.full + a.attention.window;
  const layer = attentionParameters(a);
  const attention = {
    byHead: layer.byHead * attentionLayers,
    byKvHead: layer.byKvHead * attentionLayers,
    replicated: layer.replicated * attentionLayers,
  };
  const moe = a.moe;
  return {
    attention,
    dense: 3 * a.hidden * a.dense.intermediate * a.dense.layers,
    shared: moe === undefined ? 0 : 3 * a.hidden * moe.sharedIntermediate * moe.layers,
    experts: moe === undefined ? 0 : 3 * a.hidden * moe.intermediate * moe.experts * moe.layers,
    router: moe === undefined ? 0 : a.hidden * moe.experts * moe.layers,
    embedding: a.vocabulary * a.hidden,
    head: a.tiedEmbeddings ? 0 : a.vocabulary * a.hidden,
  };
}
