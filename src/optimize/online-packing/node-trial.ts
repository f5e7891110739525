import type { ClusterState } from './cluster-state.ts';
import { WHOLE_GPU_MILLI } from './pod-shape.ts';
import type { PodShape } from './pod-shape.ts';

/**
 * A scratch copy of what is free on one node, to look at a placement without making it.
 * Mutable and meant to be loaded again and again: one copy serves all nodes of a cluster.
 */
export class NodeTrial {
  /** Free share of each GPU in milli; only the first `gpus` entries belong to the node. */
  readonly freeGpu: Int32Array;
  gpus = 0;
  cpuMilli = 0;
  memoryMib = 0;
  /** Index of the GPU model in `cluster.models`. */
  model = 0;
  readonly #cluster: ClusterState;

  constructor(cluster: ClusterState) {
    this.#cluster = cluster;
    this.freeGpu = new Int32Array(cluster.nodes.reduce((most, node) => Math.max(most, node.gpus), 0));
  }

  /** Copies what is free on the node now. */
  load(node: number): void {
    const { freeCpu, freeMemory, freeGpu, gpuStart, modelOf } = this.#cluster;
    const start = gpuStart[node]!;
    this.gpus = gpuStart[node + 1]! - start;
    for (let g = 0; g < this.gpus; g++) this.freeGpu[g] = freeGpu[start + g]!;
    this.cpuMilli = freeCpu[node]!;
    this.memoryMib = freeMemory[node]!;
    this.model = modelOf[node]!;
  }

  /** Takes CPU, memory and a share of one GPU (or none for -1). */
  takeOne(shape: PodShape, gpu: number): void {
    this.cpuMilli -= shape.cpuMilli;
    this.memoryMib -= shape.memoryMib;
    if (gpu >= 0) this.freeGpu[gpu]! -= shape.gpuMilli;
  }

  /** Takes the resources of a pod on the given GPUs. */
  take(shape: PodShape, gpus: readonly number[]): void {
    this.takeOne(shape, -1);
    for (const gpu of gpus) this.freeGpu[gpu]! -= shape.gpuMilli;
  }

  /** Number of GPUs that nobody uses. */
  wholeGpus(): number {
    let whole = 0;
    for (let g = 0; g < this.gpus; g++) if (this.freeGpu[g] === WHOLE_GPU_MILLI) whole++;
    return whole;
  }

  /** Free share of all GPUs in milli. */
  freeGpuMilli(): number {
    let sum = 0;
    for (let g = 0; g < this.gpus; g++) sum += this.freeGpu[g]!;
    return sum;
  }
}
