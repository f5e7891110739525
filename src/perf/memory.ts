import type { MemoryMap } from '../model/index.ts';
import { bytes, gib } from '../units/index.ts';
import { servedLength, verifiedTokens } from './configuration.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { pipelineStages } from './pipeline.ts';
import type { Stage } from './pipeline.ts';
import { BYTES_PER_PARAMETER } from './precision.ts';
import { kvBytesPerToken, rankShare } from './sharding.ts';
import { stageWeightBytes } from './weights.ts';

/** Tokens of one KV block (vLLM default `--block-size` 16; vLLM documentation, 2025). */
export const BLOCK_TOKENS = 16;

/**
 * Share of the accelerator's memory an engine takes (vLLM `--gpu-memory-utilization`, default 0.90; vLLM documentation,
 * 2025). The rest holds CUDA graphs and what other processes need.
 */
export const MEMORY_UTILISATION = 0.9;

/** Driver context and workspace inside the engine's share; *assumed*, typical of what vLLM logs as non-torch memory. */
const RUNTIME_RESERVE = gib(1);

/** Buffers of NCCL inside a node by tensor parallel size in MiB (AIConfigurator systems table, Apache-2.0, 2026-08-21). */
const COLLECTIVE_RESERVE_MIB: readonly (readonly [ranks: number, mib: number])[] = [
  [1, 0],
  [2, 342],
  [Infinity, 392],
];

/**
 * Where the memory of the tightest rank goes, and the KV blocks of the replica (per attention data-parallel rank): every
 * pipeline stage holds its layers of every block, so the one with room for the fewest decides.
 * KV bytes per token count full layers whole, window layers by min(1, window / served length) and the fixed state of
 * linear layers spread over the served length. `kvCache` is negative when weights, activations and reserve exceed
 * the capacity; `kvBlocks` is then 0.
 */
export function replicaMemory(c: ReplicaConfiguration): MemoryMap {
  return pipelineStages(c)
    .map(stageMemory)
    .reduce((tightest, map) => (isTighter(map, tightest) ? map : tightest));
}

function isTighter(left: MemoryMap, right: MemoryMap): boolean {
  return left.kvBlocks < right.kvBlocks || (left.kvBlocks === right.kvBlocks && left.kvCache < right.kvCache);
}

/** Where the memory of a rank of one stage goes, and the KV blocks it has room for. */
export function stageMemory(stage: Stage): MemoryMap {
  const c = stage.configuration;
  const capacity = c.accelerator.memory;
  const weights = stageWeightBytes(stage) * (1 + draftShare(c));
  const activations = activationBytes(c, stage.isLast);
  const fixed = RUNTIME_RESERVE + collectiveReserve(c);
  const reserve = reserveOf(c, { fixed, activations, free: capacity - weights - activations - fixed });
  const kvCache = capacity - weights - activations - reserve;
  const perBlock = cachedBytes(stage) * BLOCK_TOKENS;
  return {
    capacity,
    weights: bytes(weights),
    activations: bytes(activations),
    reserve: bytes(reserve),
    kvCache,
    kvBlocks: kvCache > 0 && perBlock > 0 ? Math.floor(kvCache / perBlock) : 0,
    blockTokens: BLOCK_TOKENS,
  };
}

/**
 * What an engine leaves unused beside activations, by default a tenth (`memoryShare`). vLLM leaves a tenth of the memory and takes everything else from the
 * rest; TensorRT-LLM leaves a tenth of what is free once the model is loaded (`free_gpu_memory_fraction`, default 0.9); SGLang
 * gives nine tenths to weights and cache (`--mem-fraction-static`, default about 0.9) and runs activations and all else in
 * the last one. Sources: documentation of the three engines, 2026.
 */
function reserveOf(
  c: ReplicaConfiguration,
  part: { readonly fixed: number; readonly activations: number; readonly free: number },
): number {
  const left = 1 - (c.memoryShare ?? MEMORY_UTILISATION);
  const unused = left * c.accelerator.memory;
  switch (c.engine) {
    case 'tensorrt-llm':
      return part.fixed + left * Math.max(0, part.free);
    case 'sglang':
      return Math.max(part.fixed, unused - part.activations);
    case 'vllm':
    default:
      return part.fixed + unused;
  }
}

/**
 * Bytes of KV cache that one token of a served sequence takes on the fullest rank. Ranks of a context-parallel group
 * keep a share of the sequence each, so that a token takes that share on average.
 */
export function cachedBytesPerToken(c: ReplicaConfiguration): number {
  return Math.max(...pipelineStages(c).map(cachedBytes));
}

function cachedBytes({ configuration: c, share }: Stage): number {
  const length = servedLength(c);
  const kv = kvBytesPerToken(c, BYTES_PER_PARAMETER[c.kvPrecision]);
  const windowShare = Math.min(1, c.architecture.attention.windowTokens / length);
  const perToken = (kv.full + kv.window * windowShare) / c.parallelism.contextParallel + kv.state / length;
  return perToken * share;
}

/**
 * Peak of the activations of one step in bytes: the widest layer's inputs and outputs for every token of the budget in
 * bf16 (of all ranks where a feed-forward gathers their tokens), and on the last stage fp32 logits with one copy for every
 * sequence. Formula *assumed*, from the shapes of the layers.
 */
function activationBytes(c: ReplicaConfiguration, hasLogits: boolean): number {
  const share = rankShare(c);
  const a = c.architecture;
  const moe = a.moe;
  const ranks = share.gatheredRanks;
  const gathered = ranks > 1 ? 2 * a.hidden * ranks : 0;
  const dense = Math.max(share.denseIntermediate * ranks, share.sharedIntermediate) * 3 + gathered;
  const routed =
    moe === undefined ? 0 : (moe.topK * (a.hidden + 3 * share.expertIntermediate)) / share.expertParallel;
  const attention = (share.heads + 2 * share.kvHeads) * a.headDim * 2;
  const perToken = (4 * a.hidden + Math.max(dense, routed, attention)) * 2;
  const sampled = c.batch.maxSequences * verifiedTokens(c.speculative);
  const sequences = Math.min(sampled, c.batch.maxBatchedTokens);
  return (
    (perToken * c.batch.maxBatchedTokens) / c.parallelism.contextParallel +
    (hasLogits ? (sequences * a.vocabulary * 4 * 2) / share.tensorParallel : 0)
  );
}

/**
 * Weights of the draft over those of the model: as its time per token, since decoding streams weights (*assumed*).
 */
function draftShare(c: ReplicaConfiguration): number {
  return c.speculative?.draftCost ?? 0;
}

function collectiveReserve(c: ReplicaConfiguration): number {
  const p = c.parallelism;
  const ranks = p.tensorParallel * p.dataParallel * p.pipelineParallel * p.contextParallel;
  const mib = COLLECTIVE_RESERVE_MIB.find(([limit]) => ranks <= limit)?.[1] ?? 0;
  return mib * 2 ** 20;
}
