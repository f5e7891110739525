import { shapeKey, WHOLE_GPU_MILLI } from './pod-shape.ts';
import type { ClusterNode, PodShape } from './pod-shape.ts';

/** Where one pod goes: a node and which of its GPUs. */
export interface PodPlacement {
  /** Index into the nodes of the cluster. */
  readonly node: number;
  /** GPUs of that node by number from 0, one per GPU that the pod asks for; empty without GPUs. */
  readonly gpus: readonly number[];
}

/**
 * What is free on every node while pods come and go: CPU, memory and each single GPU.
 * Mutable; `place` and `release` are the only ways to change it and refuse (throw) what does not fit, so a cluster state is
 * never over-committed. Shapes are interned: a policy works with their numbers and can keep tables by them.
 */
export class ClusterState {
  readonly nodes: readonly ClusterNode[];
  /** Free CPU per node in milli. */
  readonly freeCpu: Float64Array;
  /** Free memory per node in MiB. */
  readonly freeMemory: Float64Array;
  /** First entry of each node in `freeGpu`, and one more for the end. */
  readonly gpuStart: Int32Array;
  /** Free share of each GPU in milli. */
  readonly freeGpu: Int32Array;
  /** Sum of `freeGpu` per node. */
  readonly freeGpuMilli: Int32Array;
  /** Number of changes so far, per node: what was computed for a node holds while this stays. */
  readonly version: Int32Array;
  /** Model of each node as an index into `models`. */
  readonly modelOf: Int32Array;
  readonly models: readonly string[];
  readonly capacityGpuMilli: number;
  readonly #shapes: PodShape[] = [];
  readonly #shapeIndex = new Map<string, number>();
  /** Per shape: 1 for each model it accepts. */
  readonly #accepts: Uint8Array[] = [];
  #allocatedGpuMilli = 0;

  constructor(nodes: readonly ClusterNode[]) {
    this.nodes = nodes;
    this.models = [...new Set(nodes.map((node) => node.model))].sort();
    this.freeCpu = Float64Array.from(nodes, (node) => node.cpuMilli);
    this.freeMemory = Float64Array.from(nodes, (node) => node.memoryMib);
    this.gpuStart = new Int32Array(nodes.length + 1);
    nodes.forEach((node, i) => (this.gpuStart[i + 1] = this.gpuStart[i]! + node.gpus));
    this.freeGpu = new Int32Array(this.gpuStart[nodes.length]!).fill(WHOLE_GPU_MILLI);
    this.freeGpuMilli = Int32Array.from(nodes, (node) => node.gpus * WHOLE_GPU_MILLI);
    this.version = new Int32Array(nodes.length);
    this.modelOf = Int32Array.from(nodes, (node) => this.models.indexOf(node.model));
    this.capacityGpuMilli = this.freeGpu.length * WHOLE_GPU_MILLI;
  }

  /** GPU milli that placed pods hold. */
  get allocatedGpuMilli(): number {
    return this.#allocatedGpuMilli;
  }

  /** Number of shapes seen so far. */
  get shapeCount(): number {
    return this.#shapes.length;
  }

  /** The number of a shape; equal shapes have one number, given in order of first appearance. */
  intern(shape: PodShape): number {
    const key = shapeKey(shape);
    const known = this.#shapeIndex.get(key);
    if (known !== undefined) return known;
    const accepted = new Set(shape.models);
    this.#shapes.push(shape);
    this.#accepts.push(
      Uint8Array.from(this.models, (model) =>
        shape.gpus === 0 || (model !== '' && (accepted.size === 0 || accepted.has(model))) ? 1 : 0,
      ),
    );
    this.#shapeIndex.set(key, this.#shapes.length - 1);
    return this.#shapes.length - 1;
  }

  /** The shape of a number that `intern` gave. */
  shape(index: number): PodShape {
    return this.#shapes[index]!;
  }

  /** Whether the shape accepts the GPUs of the node; always true for shapes without GPUs. */
  accepts(shape: number, node: number): boolean {
    return this.#accepts[shape]![this.modelOf[node]!] === 1;
  }

  /** Whether the shape accepts GPUs of a model, by its index in `models`; always true for shapes without GPUs. */
  acceptsModel(shape: number, model: number): boolean {
    return this.#accepts[shape]![model] === 1;
  }

  /** Whether a pod of the shape fits on the node as it is now. */
  fits(shape: number, node: number): boolean {
    const { cpuMilli, memoryMib, gpus, gpuMilli } = this.#shapes[shape]!;
    if (this.freeCpu[node]! < cpuMilli || this.freeMemory[node]! < memoryMib) return false;
    if (gpus === 0) return true;
    if (this.freeGpuMilli[node]! < gpus * gpuMilli || !this.accepts(shape, node)) return false;
    let missing = gpus;
    const end = this.gpuStart[node + 1]!;
    for (let g = this.gpuStart[node]!; g < end; g++)
      if (this.freeGpu[g]! >= gpuMilli && --missing === 0) return true;
    return false;
  }

  /**
   * The GPUs a pod of the shape takes by best fit: those with the least free share that suffices, the lower number first.
   * The pod must fit. Whole GPUs are therefore taken in order of their number.
   */
  bestFitGpus(shape: number, node: number): readonly number[] {
    const { gpus, gpuMilli } = this.#shapes[shape]!;
    const start = this.gpuStart[node]!;
    const taken: number[] = [];
    while (taken.length < gpus) {
      let best = -1;
      for (let g = start; g < this.gpuStart[node + 1]!; g++) {
        if (this.freeGpu[g]! < gpuMilli || taken.includes(g - start)) continue;
        if (best < 0 || this.freeGpu[g]! < this.freeGpu[best]!) best = g;
      }
      taken.push(best - start);
    }
    return taken;
  }

  /** Takes the resources of a placement. Throws when they are not free, so a policy's mistake never passes. */
  place(shape: number, placement: PodPlacement): void {
    const { gpus } = this.#shapes[shape]!;
    const { node } = placement;
    const slots = new Set(placement.gpus);
    if (!this.fits(shape, node) || slots.size !== gpus || placement.gpus.length !== gpus)
      throw new Error(`a pod was placed on node ${node} where it does not fit`);
    this.#change(shape, placement, -1);
  }

  /** Gives the resources of an earlier placement back. Throws when more would be free than the node has. */
  release(shape: number, placement: PodPlacement): void {
    this.#change(shape, placement, 1);
  }

  #change(shape: number, { node, gpus }: PodPlacement, sign: 1 | -1): void {
    const { cpuMilli, memoryMib, gpuMilli } = this.#shapes[shape]!;
    const start = this.gpuStart[node]!;
    for (const slot of gpus) {
      const free = this.freeGpu[start + slot]! + sign * gpuMilli;
      if (start + slot >= this.gpuStart[node + 1]! || free < 0 || free > WHOLE_GPU_MILLI)
        throw new Error(`GPU ${slot} of node ${node} cannot be changed by ${sign * gpuMilli} milli`);
      this.freeGpu[start + slot] = free;
    }
    this.freeCpu[node]! += sign * cpuMilli;
    this.freeMemory[node]! += sign * memoryMib;
    this.freeGpuMilli[node]! += sign * gpuMilli * gpus.length;
    this.#allocatedGpuMilli -= sign * gpuMilli * gpus.length;
    this.version[node]! += 1;
  }
}
