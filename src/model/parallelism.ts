/** How one replica is cut over accelerators; all sizes ≥ 1. World size = tensor × pipeline × data. */
export interface Parallelism {
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  /** Attention data parallel ranks inside one replica; 1 unless the engine runs DP attention. */
  readonly dataParallel: number;
  /** Ranks over which routed experts are spread whole; 1 means experts are sharded by tensor parallelism. */
  readonly expertParallel: number;
  readonly contextParallel: number;
  /**
   * Ranks over which each dense feed-forward is cut: absent or `tensorParallel`: by tensor parallelism alone;
   * `tensorParallel` × `dataParallel`: attention is data parallel inside a tensor-parallel layer.
   */
  readonly feedForwardParallel?: number;
}

/** A single accelerator. */
export const NO_PARALLELISM: Parallelism = {
  tensorParallel: 1,
  pipelineParallel: 1,
  dataParallel: 1,
  expertParallel: 1,
  contextParallel: 1,
};

/** Number of accelerators one replica takes. */
export function worldSize(p: Parallelism): number {
  return p.tensorParallel * p.pipelineParallel * p.dataParallel * p.contextParallel;
}

/** Short name for tables: `tp8`, `tp4·pp2`, `tp2·dp4·ff8`; sizes of 1 are left out, all ones give `tp1`. */
export function parallelismName(p: Parallelism, separator = '·'): string {
  const parts = [`tp${p.tensorParallel}`];
  if (p.pipelineParallel > 1) parts.push(`pp${p.pipelineParallel}`);
  if (p.dataParallel > 1) parts.push(`dp${p.dataParallel}`);
  if (p.expertParallel > 1) parts.push(`ep${p.expertParallel}`);
  if (p.contextParallel > 1) parts.push(`cp${p.contextParallel}`);
  const { feedForwardParallel: ff = p.tensorParallel } = p;
  if (ff !== p.tensorParallel) parts.push(`ff${ff}`);
  return parts.join(separator);
}
