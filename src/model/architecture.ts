import type { Precision } from './accelerator.ts';
import type { Provenance } from './provenance.ts';

/** How one layer attends: the KV cache it keeps and the work it does depend on it. */
export type AttentionKind = 'full' | 'window' | 'mla' | 'linear';

/** The architecture of a language model: the dimensions that decide memory and work. */
export interface ModelArchitecture {
  /** Hugging Face id of the representative checkpoint. */
  readonly name: string;
  /** Other checkpoints with the same dimensions. */
  readonly aliases: readonly string[];
  readonly kind: 'dense' | 'moe';
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  readonly tiedEmbeddings: boolean;
  /** Longest sequence in tokens, prompt and output together. */
  readonly maxContext: number;
  /** Layers by attention; the counts sum to `layers` less any attention-free layers. `windowTokens` is 0 without window layers. */
  readonly attention: {
    readonly full: number;
    readonly window: number;
    readonly windowTokens: number;
    readonly linear: number;
  };
  /** Multi-head latent attention dimensions; absent for ordinary attention. When present all full layers use it. */
  readonly mla?: {
    readonly queryLora: number;
    readonly kvLora: number;
    readonly nopeDim: number;
    readonly ropeDim: number;
    readonly valueDim: number;
  };
  /** Feed-forward of the dense layers: how many layers and the intermediate width (gate and up each this wide). */
  readonly dense: { readonly layers: number; readonly intermediate: number };
  /** Routed experts; absent for dense models. `sharedIntermediate` is the summed width of the shared experts. */
  readonly moe?: {
    readonly layers: number;
    readonly experts: number;
    readonly topK: number;
    readonly intermediate: number;
    readonly sharedIntermediate: number;
  };
  /** Cached elements per token over all full-attention layers (K and V both counted; the MLA latent once). */
  readonly kvElementsPerToken: number;
  /** The same over window layers; multiply by min(context, window). */
  readonly kvWindowElementsPerToken: number;
  /** Fixed state of linear layers per sequence, in elements. */
  readonly stateElementsPerSequence: number;
  /** Parameters in total and active per token, embeddings included. */
  readonly parameters: { readonly total: number; readonly active: number };
  /** Weight formats in which checkpoints are published. */
  readonly checkpoints: readonly Precision[];
  readonly provenance: Provenance;
}
