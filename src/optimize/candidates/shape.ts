import type { BatchLimits, Candidate, Offering, PodGroup, Precision, Rejection } from '../../model/index.ts';
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
  readonly podGroup: PodGroup;
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
  };
}

/** Precisions of the KV cache tried beside a weight precision: bf16 always, fp8 when weights are 8 bits or fewer and the accelerator computes fp8. */
export function kvPrecisions(weights: Precision, offering: Offering): readonly Precision[] {
  const canFp8 = offering.accelerator?.peakFlops.fp8 !== undefined;
  return weights !== 'bf16' && canFp8 ? ['bf16', 'fp8'] : ['bf16'];
}
