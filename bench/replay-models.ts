/** Dimensions of models that vLLM is often measured with and the catalogue does not list yet. */
import type { ModelArchitecture } from '../src/model/index.ts';

interface Dimensions {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  readonly maxContext: number;
  /** Billions. */
  readonly parameters: number;
  readonly tied?: boolean;
}

/** As in the `config.json` of each checkpoint, written from memory and not read again here (*assumed*); head size 128. */
const DENSE: readonly Dimensions[] = [
  {
    name: 'Qwen/Qwen2.5-1.5B',
    layers: 28,
    hidden: 1536,
    heads: 12,
    kvHeads: 2,
    intermediate: 8960,
    vocabulary: 151_936,
    maxContext: 32_768,
    parameters: 1.54,
    tied: true,
  },
  {
    name: 'Qwen/Qwen2.5-3B',
    layers: 36,
    hidden: 2048,
    heads: 16,
    kvHeads: 2,
    intermediate: 11_008,
    vocabulary: 151_936,
    maxContext: 32_768,
    parameters: 3.09,
    tied: true,
  },
  {
    name: 'Qwen/Qwen2.5-7B',
    layers: 28,
    hidden: 3584,
    heads: 28,
    kvHeads: 4,
    intermediate: 18_944,
    vocabulary: 152_064,
    maxContext: 32_768,
    parameters: 7.62,
  },
  {
    name: 'Qwen/Qwen2.5-14B',
    layers: 48,
    hidden: 5120,
    heads: 40,
    kvHeads: 8,
    intermediate: 13_824,
    vocabulary: 152_064,
    maxContext: 32_768,
    parameters: 14.77,
  },
  {
    name: 'Qwen/Qwen2.5-32B',
    layers: 64,
    hidden: 5120,
    heads: 40,
    kvHeads: 8,
    intermediate: 27_648,
    vocabulary: 152_064,
    maxContext: 32_768,
    parameters: 32.76,
  },
  {
    name: 'Qwen/Qwen2.5-72B',
    layers: 80,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    intermediate: 29_568,
    vocabulary: 152_064,
    maxContext: 32_768,
    parameters: 72.71,
  },
  {
    name: 'Qwen/Qwen3-4B',
    layers: 36,
    hidden: 2560,
    heads: 32,
    kvHeads: 8,
    intermediate: 9728,
    vocabulary: 151_936,
    maxContext: 40_960,
    parameters: 4.02,
    tied: true,
  },
  {
    name: 'Qwen/Qwen3-14B',
    layers: 40,
    hidden: 5120,
    heads: 40,
    kvHeads: 8,
    intermediate: 17_408,
    vocabulary: 151_936,
    maxContext: 40_960,
    parameters: 14.77,
  },
  {
    name: 'mistralai/Mistral-7B-v0.3',
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    intermediate: 14_336,
    vocabulary: 32_768,
    maxContext: 32_768,
    parameters: 7.25,
  },
  {
    name: 'mistralai/Mistral-Nemo-2407',
    layers: 40,
    hidden: 5120,
    heads: 32,
    kvHeads: 8,
    intermediate: 14_336,
    vocabulary: 131_072,
    maxContext: 131_072,
    parameters: 12.25,
  },
  {
    name: 'mistralai/Mistral-Small-24B-2501',
    layers: 40,
    hidden: 5120,
    heads: 32,
    kvHeads: 8,
    intermediate: 32_768,
    vocabulary: 131_072,
    maxContext: 32_768,
    parameters: 23.57,
  },
  {
    name: 'meta-llama/Llama-2-7b',
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 32,
    intermediate: 11_008,
    vocabulary: 32_000,
    maxContext: 4096,
    parameters: 6.74,
  },
  {
    name: 'meta-llama/Llama-2-13b',
    layers: 40,
    hidden: 5120,
    heads: 40,
    kvHeads: 40,
    intermediate: 13_824,
    vocabulary: 32_000,
    maxContext: 4096,
    parameters: 13.02,
  },
  {
    name: 'meta-llama/Llama-2-70b',
    layers: 80,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    intermediate: 28_672,
    vocabulary: 32_000,
    maxContext: 4096,
    parameters: 68.98,
  },
  {
    name: 'codellama/CodeLlama-34b',
    layers: 48,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    intermediate: 22_016,
    vocabulary: 32_000,
    maxContext: 16_384,
    parameters: 33.74,
  },
  {
    name: '01-ai/Yi-34B',
    layers: 60,
    hidden: 7168,
    heads: 56,
    kvHeads: 8,
    intermediate: 20_480,
    vocabulary: 64_000,
    maxContext: 4096,
    parameters: 34.39,
  },
];

const HEAD_DIM = 128;

/** The architectures; `aliases` holds the last part of the name in lower case, with and without a date or version. */
export const EXTRA_MODELS: readonly ModelArchitecture[] = DENSE.map((d) => {
  const short = (d.name.split('/').at(-1) ?? d.name).toLowerCase();
  return {
    name: d.name,
    aliases: [short, short.replace(/-(\d{4}|v\d+(\.\d+)?)$/, '')],
    kind: 'dense',
    layers: d.layers,
    hidden: d.hidden,
    heads: d.heads,
    kvHeads: d.kvHeads,
    headDim: HEAD_DIM,
    vocabulary: d.vocabulary,
    tiedEmbeddings: d.tied ?? false,
    maxContext: d.maxContext,
    attention: { full: d.layers, window: 0, windowTokens: 0, linear: 0 },
    dense: { layers: d.layers, intermediate: d.intermediate },
    kvElementsPerToken: 2 * d.layers * d.kvHeads * HEAD_DIM,
    kvWindowElementsPerToken: 0,
    stateElementsPerSequence: 0,
    parameters: { total: d.parameters * 1e9, active: d.parameters * 1e9 },
    checkpoints: ['bf16'],
    provenance: { evidence: 'assumed', source: `${d.name}, config.json, from memory` },
  };
});
