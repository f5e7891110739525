import type { Accelerator, ModelArchitecture, Parallelism } from '../../model/index.ts';
import { NO_PARALLELISM } from '../../model/index.ts';
import { gib, gigabytesPerSecond, teraflops, watts } from '../../units/index.ts';
import type { ReplicaConfiguration } from '../configuration.ts';

const PROVENANCE = { evidence: 'published', source: 'test fixture from public config.json files' } as const;

/** Llama-3.1-70B-Instruct (config.json, 2024-07-23). */
export const LLAMA_70B: ModelArchitecture = {
  name: 'meta-llama/Llama-3.1-70B-Instruct',
  aliases: [],
  kind: 'dense',
  layers: 80,
  hidden: 8192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  vocabulary: 128_256,
  tiedEmbeddings: false,
  maxContext: 131_072,
  attention: { full: 80, window: 0, windowTokens: 0, linear: 0 },
  dense: { layers: 80, intermediate: 28_672 },
  kvElementsPerToken: 163_840,
  kvWindowElementsPerToken: 0,
  stateElementsPerSequence: 0,
  parameters: { total: 70.554e9, active: 70.554e9 },
  checkpoints: ['bf16', 'fp8'],
  provenance: PROVENANCE,
};

/** DeepSeek-R1 (config.json, 2025-01-20). */
export const DEEPSEEK_R1: ModelArchitecture = {
  name: 'deepseek-ai/DeepSeek-R1',
  aliases: [],
  kind: 'moe',
  layers: 61,
  hidden: 7168,
  heads: 128,
  kvHeads: 128,
  headDim: 192,
  vocabulary: 129_280,
  tiedEmbeddings: false,
  maxContext: 163_840,
  attention: { full: 61, window: 0, windowTokens: 0, linear: 0 },
  mla: { queryLora: 1536, kvLora: 512, nopeDim: 128, ropeDim: 64, valueDim: 128 },
  dense: { layers: 3, intermediate: 18_432 },
  moe: { layers: 58, experts: 256, topK: 8, intermediate: 2048, sharedIntermediate: 2048 },
  kvElementsPerToken: 61 * 576,
  kvWindowElementsPerToken: 0,
  stateElementsPerSequence: 0,
  parameters: { total: 671e9, active: 37e9 },
  checkpoints: ['fp8-block'],
  provenance: PROVENANCE,
};

/** gpt-oss-120b (config.json, 2025-08-05): half of the layers attend to a window of 128 tokens. */
export const GPT_OSS_120B: ModelArchitecture = {
  name: 'openai/gpt-oss-120b',
  aliases: [],
  kind: 'moe',
  layers: 36,
  hidden: 2880,
  heads: 64,
  kvHeads: 8,
  headDim: 64,
  vocabulary: 201_088,
  tiedEmbeddings: false,
  maxContext: 131_072,
  attention: { full: 18, window: 18, windowTokens: 128, linear: 0 },
  dense: { layers: 0, intermediate: 0 },
  moe: { layers: 36, experts: 128, topK: 4, intermediate: 2880, sharedIntermediate: 0 },
  kvElementsPerToken: 18 * 2 * 8 * 64,
  kvWindowElementsPerToken: 18 * 2 * 8 * 64,
  stateElementsPerSequence: 0,
  parameters: { total: 116.8e9, active: 5.1e9 },
  checkpoints: ['mxfp4'],
  provenance: PROVENANCE,
};

/** NVIDIA H100 SXM5 80 GB (data sheet). */
export const H100: Accelerator = {
  name: 'h100-sxm',
  aliases: ['h100'],
  vendor: 'nvidia',
  architecture: 'hopper',
  memory: gib(80),
  memoryBandwidth: gigabytesPerSecond(3350),
  peakFlops: { bf16: teraflops(989), fp8: teraflops(1978), int8: teraflops(1978) },
  power: watts(700),
  link: { kind: 'nvlink4', bandwidth: gigabytesPerSecond(450) },
  resourceName: 'nvidia.com/gpu',
  provenance: PROVENANCE,
};

/** NVIDIA A100 SXM4 80 GB (data sheet): no fp8 unit. */
export const A100: Accelerator = {
  ...H100,
  name: 'a100-80gb-sxm',
  aliases: [],
  architecture: 'ampere',
  memoryBandwidth: gigabytesPerSecond(2039),
  peakFlops: { bf16: teraflops(312), int8: teraflops(624) },
  power: watts(400),
  link: { kind: 'nvlink3', bandwidth: gigabytesPerSecond(300) },
};

/** NVIDIA B200 (data sheet). */
export const B200: Accelerator = {
  ...H100,
  name: 'b200',
  aliases: [],
  architecture: 'blackwell',
  memory: gib(180),
  memoryBandwidth: gigabytesPerSecond(7700),
  peakFlops: { bf16: teraflops(2250), fp8: teraflops(4500), fp4: teraflops(9000) },
  power: watts(1000),
  link: { kind: 'nvlink5', bandwidth: gigabytesPerSecond(900) },
};

/** A configuration of Llama 70B in fp8 on four H100, changed by `changes` and cut by `parallelism`. */
export function configuration(
  changes: Partial<Omit<ReplicaConfiguration, 'parallelism'>> = {},
  parallelism: Partial<Parallelism> = { tensorParallel: 4 },
): ReplicaConfiguration {
  return {
    architecture: LLAMA_70B,
    accelerator: H100,
    acceleratorsPerNode: 8,
    interNodeBandwidth: gigabytesPerSecond(50),
    engine: 'vllm',
    weightPrecision: 'fp8',
    kvPrecision: 'bf16',
    batch: { maxBatchedTokens: 8192, maxSequences: 256 },
    maxModelLength: 8192,
    ...changes,
    parallelism: { ...NO_PARALLELISM, ...parallelism },
  };
}
