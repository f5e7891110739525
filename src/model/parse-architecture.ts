import type { ModelArchitecture } from './architecture.ts';
import type { ModelDocument } from './problem-document.ts';

/** The architecture of a validated model document, with the sizes that follow from its dimensions. */
export function parseModel(document: ModelDocument): ModelArchitecture {
  const headDim = document.headDim ?? document.hidden / document.heads;
  const window = document.windowLayers ?? 0;
  const full = document.layers - window;
  const moeLayers = document.moe === undefined ? 0 : (document.moe.layers ?? document.layers);
  const kvElementsPerLayer = 2 * document.kvHeads * headDim;
  return {
    name: document.name,
    aliases: document.aliases ?? [],
    kind: document.moe === undefined ? 'dense' : 'moe',
    layers: document.layers,
    hidden: document.hidden,
    heads: document.heads,
    kvHeads: document.kvHeads,
    headDim,
    vocabulary: document.vocabulary,
    tiedEmbeddings: document.tiedEmbeddings ?? false,
    maxContext: document.maxContext,
    attention: { full, window, windowTokens: document.windowTokens ?? 0, linear: 0 },
    dense: { layers: document.layers - moeLayers, intermediate: document.intermediate },
    ...(document.moe === undefined
      ? {}
      : {
          moe: {
            layers: moeLayers,
            experts: document.moe.experts,
            topK: document.moe.topK,
            intermediate: document.moe.intermediate,
            sharedIntermediate: document.moe.sharedIntermediate ?? 0,
          },
        }),
    kvElementsPerToken: kvElementsPerLayer * full,
    kvWindowElementsPerToken: kvElementsPerLayer * window,
    stateElementsPerSequence: 0,
    parameters: parameterCounts(document, headDim),
    checkpoints: document.checkpoints ?? ['bf16'],
    provenance: document.provenance ?? { evidence: 'assumed', source: 'declared by the user' },
  };
}

/**
 * Parameters of a decoder with gated feed-forward (SwiGLU), RMS norms and no biases: the Llama and Mixtral families.
 *
 *     embeddings = vocabulary · hidden · (1 if tied, else 2)
 *     attention  = layers · headDim · hidden · (2 · heads + 2 · kvHeads)      Q and O, K and V
 *     norms      = hidden · (2 · layers + 1)
 *     dense      = denseLayers · 3 · hidden · intermediate                    gate, up, down
 *     experts    = moeLayers · hidden · (experts + 3 · sharedIntermediate)    router and shared experts
 *                + moeLayers · n · 3 · hidden · expertIntermediate            n = experts in total, topK active
 *
 * Source: the layer definitions of `LlamaForCausalLM` and `MixtralForCausalLM` in Hugging Face transformers;
 * exact for both (8,030,261,248 and 46,702,792,704), an approximation for families with biases or other norms.
 */
function parameterCounts(model: ModelDocument, headDim: number): ModelArchitecture['parameters'] {
  const { hidden, layers, moe } = model;
  const moeLayers = moe === undefined ? 0 : (moe.layers ?? layers);
  const embeddings = model.vocabulary * hidden * (model.tiedEmbeddings === true ? 1 : 2);
  const attention = layers * headDim * hidden * (2 * model.heads + 2 * model.kvHeads);
  const norms = hidden * (2 * layers + 1);
  const dense = (layers - moeLayers) * 3 * hidden * model.intermediate;
  const always = moeLayers * hidden * ((moe?.experts ?? 0) + 3 * (moe?.sharedIntermediate ?? 0));
  const perExpert = moeLayers * 3 * hidden * (moe?.intermediate ?? 0);
  const common = embeddings + attention + norms + dense + always;
  return {
    total: common + perExpert * (moe?.experts ?? 0),
    active: common + perExpert * (moe?.topK ?? 0),
  };
}
