import { NO_PARALLELISM } from '../../model/index.ts';
import type { Offering, Precision } from '../../model/index.ts';
import { checkConfiguration, nodeReach } from '../../perf/index.ts';
import type { ResolvedSearch } from './resolve-search.ts';

/** Most accelerators that are proposed (*assumed* to exceed what any model needs). */
const MOST = 1024;
/** Batch limits of the least memory among those tried. */
const SMALLEST_BATCH = { maxBatchedTokens: 2048, maxSequences: 64 };
/** Formats proposed where the stated ones do not fit, largest first. */
const FORMATS: readonly Precision[] = ['bf16', 'fp8', 'fp8-block', 'int8', 'int4', 'nvfp4', 'mxfp4'];

/**
 * Changes of the cluster or the formats after which a model that fits nowhere would fit, nearest first: flags to state.
 * Empty where none is found.
 */
export function fittingClusters(search: ResolvedSearch): readonly string[] {
  const { facts, workload, problem } = search;
  return facts.pools.flatMap((pool) => {
    const offering = problem.offerings.find((item) => item.pool === pool.id);
    if (offering?.accelerator === undefined) return [];
    const fits = (count: number, formats: readonly Precision[]): boolean =>
      formats.some((format) =>
        fitsOn(search, { offering, format, count, perNode: nodeOf(pool.perNode, count) }),
      );
    const sizes = Array.from({ length: Math.log2(MOST) + 1 }, (_, power) => 2 ** power);
    const below = sizes
      .filter((size) => size < pool.accelerators)
      .findLast((size) => fits(size, facts.precisions));
    const above = sizes.find((size) => size >= pool.accelerators && fits(size, facts.precisions));
    const whole = 2 ** Math.floor(Math.log2(pool.accelerators));
    const format = FORMATS.find(
      (item) => workload.workload.precisions.includes(item) === false && fits(whole, [item]),
    );
    const clusters = [below, above].flatMap((size) =>
      size === undefined ? [] : [`--cluster ${size}x${pool.accelerator.name}`],
    );
    return [...clusters, ...(format === undefined ? [] : [`--precisions ${format}`])];
  });
}

/** Accelerators of a node of so many: whole nodes of a power of two. */
function nodeOf(perNode: number, count: number): number {
  return Math.min(count, Math.max(8, 2 ** Math.floor(Math.log2(perNode))));
}

/** Whether one replica over all of `count` accelerators fits: cut by tensor parallelism within a node, pipelined over nodes. */
function fitsOn(
  { workload, architecture }: ResolvedSearch,
  place: {
    readonly offering: Offering;
    readonly format: Precision;
    readonly count: number;
    readonly perNode: number;
  },
): boolean {
  const { offering, format, count, perNode } = place;
  const { accelerator, instanceType } = offering;
  if (accelerator === undefined) return false;
  const reach = nodeReach({
    accelerator: { ...instanceType.accelerator, name: accelerator.name, count: perNode },
  });
  return checkConfiguration({
    architecture,
    accelerator,
    parallelism: { ...NO_PARALLELISM, tensorParallel: perNode, pipelineParallel: count / perNode },
    ...reach,
    interNodeBandwidth: offering.interNodeBandwidth,
    engine: workload.workload.engines[0] ?? 'vllm',
    weightPrecision: format,
    kvPrecision: 'bf16',
    batch: SMALLEST_BATCH,
    maxModelLength: workload.workload.maxModelLength || architecture.maxContext,
  }).ok;
}
