import { NO_PARALLELISM, engineVersion, worldSize } from '../../model/index.ts';
import type { BatchLimits, Offering, Parallelism, Rejection, ResolvedWorkload } from '../../model/index.ts';
import { checkConfiguration } from '../../perf/index.ts';
import type { ReplicaConfiguration } from '../../perf/index.ts';
import { sortedBy } from '../../units/index.ts';
import { podGroupOn } from './pod-group.ts';
import { kvPrecisions, shapeId } from './shape.ts';
import type { Generated, Shape } from './shape.ts';

/** Token budgets per step tried; vLLM's own range is 2,048 to 8,192 (reference notes on vLLM v1, 2026). */
export const TOKEN_BUDGETS: readonly number[] = [2048, 4096, 8192];
/** Sequences in flight tried. */
export const SEQUENCE_LIMITS: readonly number[] = [64, 128, 256];
/** Batch limits every shape is screened with. */
export const DEFAULT_BATCH: BatchLimits = { maxBatchedTokens: 4096, maxSequences: 256 };

/** Every combination of batch limits, the default first. */
export const BATCH_LIMITS: readonly BatchLimits[] = [
  DEFAULT_BATCH,
  ...TOKEN_BUDGETS.flatMap((maxBatchedTokens) =>
    SEQUENCE_LIMITS.map((maxSequences) => ({ maxBatchedTokens, maxSequences })),
  ).filter((batch) => {
    return (
      batch.maxBatchedTokens !== DEFAULT_BATCH.maxBatchedTokens ||
      batch.maxSequences !== DEFAULT_BATCH.maxSequences
    );
  }),
];

const PIPELINE_SIZES: readonly number[] = [1, 2, 4];
/** Most nodes of one replica. */
const MOST_NODES = 4;

/**
 * The shapes of a language model on each pool: engine × weight precision × KV precision × parallelism. Tensor
 * parallelism takes powers of two, pipelines 1, 2 or 4 stages. Replicas over several nodes are tried only where none
 * fits on one node: they pay network time for nothing otherwise. Routed experts are tried both cut by tensor
 * parallelism and whole on their ranks; latent attention also with data-parallel attention over a node.
 */
export function llmShapes(workload: ResolvedWorkload, offerings: readonly Offering[]): Generated {
  const shapes: Shape[] = [];
  const rejected: Rejection[] = [];
  const pools = Map.groupBy(
    offerings.filter((offering) => offering.accelerator !== undefined),
    (offering) => offering.pool,
  );
  for (const [pool, members] of sortedBy(pools, ([id]) => id)) {
    const [offering] = members;
    if (offering === undefined) continue;
    for (const base of bases(workload, offering)) {
      const perNode = offering.instanceType.accelerator?.count ?? 0;
      const single = singleNode(workload, perNode);
      const laid = single.map((parallelism) => ({ ...base, parallelism }));
      const doesFit = laid.some((c) => perNode % worldSize(c.parallelism) === 0 && checkConfiguration(c).ok);
      const several = doesFit ? [] : severalNodes(perNode).map((parallelism) => ({ ...base, parallelism }));
      for (const configuration of [...laid, ...several]) {
        const id = shapeId(workload.workload.id, pool, configuration);
        const size = worldSize(configuration.parallelism);
        if (size <= perNode && perNode % size !== 0) {
          const detail = `${size} accelerators do not divide the ${perNode} of a node`;
          const reason = 'does-not-divide-node';
          rejected.push({ candidate: id, workload: workload.workload.id, pool, reason, detail });
          continue;
        }
        shapes.push({
          id,
          workload: workload.workload.id,
          pool,
          offering,
          engineVersion: engineVersion(configuration.engine),
          configuration,
          podGroup: podGroupOn(offering.instanceType, size),
        });
      }
    }
  }
  return { shapes, rejected };
}

/** Engine and precision combinations on an offering, without parallelism. */
function bases(workload: ResolvedWorkload, offering: Offering): readonly ReplicaConfiguration[] {
  const { accelerator } = offering;
  if (accelerator === undefined) return [];
  const declared = workload.workload;
  const maxModelLength =
    declared.maxModelLength > 0
      ? Math.min(declared.maxModelLength, workload.architecture.maxContext)
      : workload.architecture.maxContext;
  return declared.engines.flatMap((engine) =>
    declared.precisions.flatMap((weightPrecision) =>
      kvPrecisions(weightPrecision, offering).map((kvPrecision) => ({
        architecture: workload.architecture,
        accelerator,
        parallelism: NO_PARALLELISM,
        acceleratorsPerNode: offering.instanceType.accelerator?.count ?? 1,
        interNodeBandwidth: offering.interNodeBandwidth,
        engine,
        weightPrecision,
        kvPrecision,
        batch: DEFAULT_BATCH,
        maxModelLength,
      })),
    ),
  );
}

function singleNode(workload: ResolvedWorkload, perNode: number): readonly Parallelism[] {
  const { moe, mla } = workload.architecture;
  const cuts: Parallelism[] = [];
  for (let tensorParallel = 1; tensorParallel <= perNode; tensorParallel *= 2) {
    for (const pipelineParallel of PIPELINE_SIZES) {
      if (tensorParallel * pipelineParallel > perNode) continue;
      cuts.push({ ...NO_PARALLELISM, tensorParallel, pipelineParallel });
      if (moe !== undefined && tensorParallel > 1) {
        cuts.push({ ...NO_PARALLELISM, tensorParallel, pipelineParallel, expertParallel: tensorParallel });
      }
    }
  }
  if (moe !== undefined && mla !== undefined && perNode > 1) {
    cuts.push({ ...NO_PARALLELISM, dataParallel: perNode, expertParallel: perNode });
  }
  return cuts;
}

/** Whole nodes, one pipeline stage each. */
function severalNodes(perNode: number): readonly Parallelism[] {
  return PIPELINE_SIZES.filter((stages) => stages > 1 && stages <= MOST_NODES).map((pipelineParallel) => ({
    ...NO_PARALLELISM,
    tensorParallel: perNode,
    pipelineParallel,
  }));
}
