import type { Parallelism, Precision } from '../model/index.ts';
import { BYTES_PER_PARAMETER, arithmeticFor, partPrecisions, supportsKvPrecision } from './precision.ts';
import { servedLength } from './configuration.ts';
import type { ReplicaConfiguration } from './configuration.ts';
import { replicaMemory } from './memory.ts';
import { acceleratorKinds } from './pipeline.ts';
import { shapeProblem } from './shape-problem.ts';

/** One change of a configuration after which weights and the cache of one longest sequence fit. */
export interface FittingChange {
  readonly kind:
    'tensor-parallel' | 'pipeline-parallel' | 'weights' | 'kv-cache' | 'max-length' | 'token-budget';
  /** Words for a message: `tensor parallelism 4`. */
  readonly label: string;
  readonly configuration: ReplicaConfiguration;
}

const SIZES = [2, 4, 8, 16, 32] as const;
/** Weight formats by falling size; the checkpoint must exist, which the model's `checkpoints` say. */
const SMALLER: readonly Precision[] = ['fp8', 'fp8-block', 'int8', 'nvfp4', 'mxfp4', 'int4'];
/** Shorter lengths than this are not offered, tokens. */
const SHORTEST_LENGTH = 1024;

/**
 * The smallest single change of each kind that makes a configuration fit, in the order of least effect on quality:
 * more tensor parallelism, pipeline stages, a cache in fp8, a shorter length, a smaller token budget, published weights
 * in fewer bits. Empty where it fits already or no single change helps. Deterministic; a few dozen memory maps.
 */
export function fittingChanges(c: ReplicaConfiguration): readonly FittingChange[] {
  if (fits(c)) return [];
  return [
    ...wider(c, 'tensorParallel'),
    ...wider(c, 'pipelineParallel'),
    ...cache(c),
    ...shorter(c),
    ...weights(c),
  ];
}

/** The changes of `fittingChanges` as the end of a sentence, or that no single one helps. */
export function describeFittingChanges(c: ReplicaConfiguration): string {
  const labels = fittingChanges(c).map((change) => change.label);
  return labels.length === 0 ? 'no single change makes it fit' : `would fit with ${labels.join(', or ')}`;
}

function fits(c: ReplicaConfiguration): boolean {
  const memory = replicaMemory(c);
  return memory.kvCache > 0 && memory.kvBlocks * memory.blockTokens >= servedLength(c);
}

function wider(
  c: ReplicaConfiguration,
  cut: 'tensorParallel' | 'pipelineParallel',
): readonly FittingChange[] {
  for (const size of SIZES) {
    if (size <= c.parallelism[cut]) continue;
    const parallelism = widened(c.parallelism, cut, size);
    const configuration = { ...c, parallelism };
    if (shapeProblem(configuration) !== undefined || !fits(configuration)) continue;
    return cut === 'tensorParallel'
      ? [{ kind: 'tensor-parallel', label: `tensor parallelism ${size}`, configuration }]
      : [{ kind: 'pipeline-parallel', label: `${size} pipeline stages`, configuration }];
  }
  return [];
}

/** A feed-forward cut over the data-parallel ranks as well stays so. */
function widened(p: Parallelism, cut: 'tensorParallel' | 'pipelineParallel', size: number): Parallelism {
  const { feedForwardParallel: ff } = p;
  const isScaled = cut === 'tensorParallel' && ff !== undefined;
  return {
    ...p,
    [cut]: size,
    ...(isScaled ? { feedForwardParallel: (ff / p.tensorParallel) * size } : {}),
  };
}

function cache(c: ReplicaConfiguration): readonly FittingChange[] {
  const configuration = { ...c, kvPrecision: 'fp8' as const };
  return BYTES_PER_PARAMETER[c.kvPrecision] > 1 && supportsKvPrecision('fp8') && fits(configuration)
    ? [{ kind: 'kv-cache', label: 'a KV cache in fp8', configuration }]
    : [];
}

/** The longest length that fits, to a tenth; else the largest halved token budget. */
function shorter(c: ReplicaConfiguration): readonly FittingChange[] {
  const memory = replicaMemory(c);
  const room = memory.kvBlocks * memory.blockTokens;
  for (let share = 1; share > 0.3; share -= 0.1) {
    const length = Math.floor((room * share) / 256) * 256;
    if (length < SHORTEST_LENGTH) break;
    const configuration = { ...c, maxModelLength: length };
    if (fits(configuration)) {
      return [{ kind: 'max-length', label: `a maximum length of ${length} tokens`, configuration }];
    }
  }
  for (let budget = c.batch.maxBatchedTokens / 2; budget >= 2048; budget /= 2) {
    const configuration = { ...c, batch: { ...c.batch, maxBatchedTokens: budget } };
    if (fits(configuration)) {
      return [{ kind: 'token-budget', label: `${budget} batched tokens`, configuration }];
    }
  }
  return [];
}

function weights(c: ReplicaConfiguration): readonly FittingChange[] {
  const now = BYTES_PER_PARAMETER[c.weightPrecision];
  const kinds = acceleratorKinds(c);
  for (const weightPrecision of SMALLER) {
    if (BYTES_PER_PARAMETER[weightPrecision] >= now) continue;
    if (!c.architecture.checkpoints.includes(weightPrecision)) continue;
    const configuration = { ...c, weightPrecision };
    const parts = partPrecisions(c.architecture, weightPrecision);
    const runs = [parts.attention, parts.dense, parts.experts].every((precision) =>
      kinds.every((accelerator) => arithmeticFor(precision, accelerator) !== undefined),
    );
    if (runs && fits(configuration)) {
      return [{ kind: 'weights', label: `${weightPrecision} weights`, configuration }];
    }
  }
  return [];
}
