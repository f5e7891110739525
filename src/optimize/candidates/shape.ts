import type {
  BatchLimits,
  Candidate,
  Offering,
  PipelineStage,
  PodGroup,
  Precision,
  Rejection,
} from '../../model/index.ts';
import { parallelismName } from '../../model/index.ts';
import type { ReplicaConfiguration } from '../../perf/index.ts';

/**
 * A candidate before its batch limits are chosen: configurations that differ only in them share one step-time model
 * and one memory map.
 */
export interface Shape {
  /** `<workload>/<pool>/<engine>-<weight precision>[-kv<kv precision>]-<parallelism>`. */
  readonly id: string;
  readonly workload: string;
  readonly pool: string;
  /** One offering of the pool: for facts that all of them share (instance type, accelerator, network). */
  readonly offering: Offering;
  readonly engineVersion: string;
  /** With the default batch limits. */
  readonly configuration: ReplicaConfiguration;
  /** The pods of the replica; of a pipeline over several pools those of its first one. */
  readonly podGroup: PodGroup;
  /** In pipeline order where stages lie on several pools, the first of which is `pool`; absent: all on `pool`. */
  readonly stagePods?: readonly StagePods[];
  /** Why the engine cannot run it as modelled; absent where it can. */
  readonly notExecutable?: string;
}

/** The part of a pipeline that lies on one pool. */
export interface StagePods {
  readonly offering: Offering;
  readonly podGroup: PodGroup;
  /** Consecutive stages it runs, ≥ 1. */
  readonly stages: number;
}

/** Shapes worth checking, and those that cannot even be laid out on the nodes. */
export interface Generated {
  readonly shapes: readonly Shape[];
  readonly rejected: readonly Rejection[];
}

/** The id of a shape; the precision of the KV cache is named when it is not bf16. */
export function shapeId(workload: string, pool: string, c: ReplicaConfiguration): string {
  const kv = c.kvPrecision === 'bf16' ? '' : `-kv${c.kvPrecision}`;
  return `${workload}/${pool}/${c.engine}-${c.weightPrecision}${kv}-${parallelismName(c.parallelism, '-')}`;
}

/** The candidate of a shape with these batch limits. */
export function candidateOf(shape: Shape, batch: BatchLimits): Candidate {
  const c = shape.configuration;
  return {
    id: `${shape.id}-b${batch.maxBatchedTokens}x${batch.maxSequences}`,
    workload: shape.workload,
    pool: shape.pool,
    instanceType: shape.offering.instanceType.name,
    accelerator: c.accelerator.name,
    engine: c.engine,
    engineVersion: shape.engineVersion,
    role: 'aggregated',
    parallelism: c.parallelism,
    weightPrecision: c.weightPrecision,
    kvPrecision: c.kvPrecision,
    batch,
    maxModelLength: c.maxModelLength,
    podGroup: shape.podGroup,
    ...stagesOf(shape),
    ...(shape.notExecutable === undefined ? {} : { notExecutable: shape.notExecutable }),
  };
}

function stagesOf({ configuration, offering, stagePods }: Shape): Pick<Candidate, 'stages'> {
  if (configuration.stages === undefined) return {};
  const offerings =
    stagePods?.flatMap((pods) => Array.from({ length: pods.stages }, () => pods.offering)) ?? [];
  const stages = configuration.stages.map(({ accelerator, layers }, index): PipelineStage => {
    const { pool, instanceType } = offerings[index] ?? offering;
    return { pool, instanceType: instanceType.name, accelerator: accelerator.name, layers };
  });
  return { stages };
}

/** Precisions of the KV cache tried beside a weight precision: bf16 always, fp8 when weights are 8 bits or fewer and the accelerator computes fp8. */
export function kvPrecisions(weights: Precision, offering: Offering): readonly Precision[] {
  const canFp8 = offering.accelerator?.peakFlops.fp8 !== undefined;
  return weights !== 'bf16' && canFp8 ? ['bf16', 'fp8'] : ['bf16'];
}

/** Replicas of a shape that the accelerators of each pool allow; pools that are absent have none. */
export function mostReplicas(shape: Shape, accelerators: Readonly<Record<string, number>>): number {
  const taken = new Map<string, number>();
  for (const { offering, podGroup } of shape.stagePods ?? [shape]) {
    const each = podGroup.nodes * podGroup.acceleratorsPerNode;
    taken.set(offering.pool, (taken.get(offering.pool) ?? 0) + each);
  }
  return Math.min(...[...taken].map(([pool, each]) => Math.floor((accelerators[pool] ?? 0) / each)));
}
