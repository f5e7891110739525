import type { NodeTrial } from './node-trial.ts';
import { gpuMilliOf } from './pod-shape.ts';
import type { ClusterNode, ShapeWeight } from './pod-shape.ts';
import { shareValues } from './share-values.ts';

/** Spread of what a GPU's pods ask for besides it, in GPUs per square root of free GPUs. *Assumed*; flat from 0.2 to 0.45. */
const SPREAD = 0.3;
/** Keeps the spread positive on nodes without free GPUs. *Assumed*. */
const SPREAD_FLOOR = 0.25;
/**
 * A cluster whose pods ask for more than this share of its CPU (memory) by the time its GPUs are full is short of it; each
 * part beyond raises the need per GPU by `SHORTAGE_SLOPE` times, up to `MAX_SHORTAGE`. *Assumed*: chosen on mixes with
 * up to three times the pods without GPUs of the openb default list, see docs/placement-benchmarks/openb.md.
 */
const SHORTAGE_START = 0.9;
const SHORTAGE_SLOPE = 6;
const MAX_SHORTAGE = 3;

/**
 * What the free resources of a node are worth, in whole GPUs: the lesser of the GPU share that the mix can pack into them
 * (`shareValues`) and what the free CPU and memory suffice for, at the mean need per GPU of the mix. The lesser is
 * smoothed, because the needs of the pods to come vary: min(a, b) - t log(exp(-(a-min)/t) + exp(-(b-min)/t)). Pods that need
 * much CPU per GPU so go where CPU is left over, the others where it is short.
 */
export class NodeValue {
  /** Worth of a free share per GPU, see `shareValues`. */
  readonly shares: Float64Array;
  /** CPU milli per GPU; 0 when the mix has no pods with GPUs. */
  readonly #cpuPerGpu: number;
  /** Memory MiB per GPU. */
  readonly #memoryPerGpu: number;

  constructor(nodes: readonly ClusterNode[], mix: readonly ShapeWeight[]) {
    this.shares = shareValues(mix);
    const gpus = nodes.reduce((sum, node) => sum + node.gpus, 0);
    const need = (part: (of: ClusterNode | ShapeWeight['shape']) => number): number => {
      const capacity = nodes.reduce((sum, node) => sum + part(node), 0);
      return this.#needPerGpu(mix, part, capacity / gpus);
    };
    this.#cpuPerGpu = need(({ cpuMilli }) => cpuMilli);
    this.#memoryPerGpu = need(({ memoryMib }) => memoryMib);
  }

  /** Worth of a pod's GPUs as the mix packs them: a pod of share 810 costs a whole GPU when nothing fits beside it. */
  gpusOf({ gpus, gpuMilli }: ShapeWeight['shape']): number {
    return gpus * this.shares[gpuMilli]!;
  }

  /** Worth of what is free on the node. */
  of({ freeGpu, gpus, cpuMilli, memoryMib }: NodeTrial): number {
    let free = 0;
    for (let g = 0; g < gpus; g++) free += this.shares[freeGpu[g]!]!;
    let fed = Infinity;
    if (this.#cpuPerGpu > 0) fed = cpuMilli / this.#cpuPerGpu;
    if (this.#memoryPerGpu > 0) fed = Math.min(fed, memoryMib / this.#memoryPerGpu);
    const least = Math.min(free, fed);
    const spread = SPREAD * Math.sqrt(free + SPREAD_FLOOR);
    return least - spread * Math.log(Math.exp((least - free) / spread) + Math.exp((least - fed) / spread));
  }

  /** Mean need per GPU of the pods with GPUs, raised where all pods together ask for nearly as much as there is. */
  #needPerGpu(
    mix: readonly ShapeWeight[],
    part: (shape: ShapeWeight['shape']) => number,
    capacityPerGpu: number,
  ): number {
    let gpus = 0;
    let withGpus = 0;
    let all = 0;
    for (const { shape, weight } of mix) {
      all += weight * part(shape);
      if (gpuMilliOf(shape) === 0) continue;
      gpus += weight * this.gpusOf(shape);
      withGpus += weight * part(shape);
    }
    if (gpus === 0) return 0;
    const shortage = all / gpus / capacityPerGpu - SHORTAGE_START;
    return (withGpus / gpus) * Math.min(MAX_SHORTAGE, 1 + SHORTAGE_SLOPE * Math.max(0, shortage));
  }
}
