import type {
  EngineName,
  ModelArchitecture,
  Parallelism,
  PipelineStage,
  Precision,
  Role,
} from '../../model/index.ts';

/** Everything that decides whether an engine can be started as modelled. */
export interface EngineFacts {
  readonly engine: EngineName;
  /** Release as users write it: `0.19.0`, `1.3.0rc20`. */
  readonly version: string;
  readonly role: Role;
  readonly parallelism: Parallelism;
  /** In pipeline order where stages differ in hardware or layers; absent: all alike. */
  readonly stages?: readonly Pick<PipelineStage, 'accelerator' | 'layers'>[];
  readonly weightPrecision: Precision;
  readonly kvPrecision: Precision;
  /** Absent layer counts: it is taken to have dense feed-forwards or shared experts. */
  readonly architecture: Pick<ModelArchitecture, 'kind'> & Partial<Pick<ModelArchitecture, 'dense' | 'moe'>>;
  /** Pods of one replica, ≥ 1. */
  readonly nodes: number;
  /** Whether a checkpoint in the weight precision is declared; absent: it is taken to be there. */
  readonly isPreparedCheckpoint?: boolean;
}

/** Ranks of one pipeline stage that share its experts and, with attention data parallelism, its layers. */
export function stageRanks({ parallelism: p }: EngineFacts): number {
  return p.tensorParallel * p.dataParallel;
}

/** Ranks over which dense feed-forwards are cut (see `Parallelism`). */
export function feedForwardRanks({ parallelism: p }: EngineFacts): number {
  return p.feedForwardParallel ?? p.tensorParallel;
}

/** Whether the model has routed experts. */
export function hasExperts({ architecture }: EngineFacts): boolean {
  return architecture.kind === 'moe';
}

/** Whether any layer has a dense feed-forward or shared experts, which attention data parallelism must place. */
export function hasDenseLayers({ architecture }: Pick<EngineFacts, 'architecture'>): boolean {
  const { kind, dense, moe } = architecture;
  if (kind === 'dense' || dense === undefined) return true;
  return dense.layers > 0 || (moe?.sharedIntermediate ?? 0) > 0;
}

/**
 * Widths of the feed-forward shards that a rank holds: of one routed expert, of the shared ones, of a dense layer; those
 * that are not known are left out.
 */
export function shardWidths(f: EngineFacts): readonly number[] {
  const { dense, moe } = f.architecture;
  const ranks = feedForwardRanks(f);
  return [
    ...(moe === undefined ? [] : [(moe.intermediate * f.parallelism.expertParallel) / stageRanks(f)]),
    ...(moe === undefined ? [] : [moe.sharedIntermediate / ranks]),
    ...(dense === undefined || dense.layers === 0 ? [] : [dense.intermediate / ranks]),
  ];
}

/** Whether stages differ in hardware. */
export function hasMixedStages({ stages }: EngineFacts): boolean {
  return new Set(stages?.map((stage) => stage.accelerator)).size > 1;
}
