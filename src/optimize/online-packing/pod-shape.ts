/** One GPU in the unit of shares: a pod that asks 1000 of a GPU takes it whole. */
export const WHOLE_GPU_MILLI = 1000;

/** A node as the online placer sees it: what is allocatable when it is empty. */
export interface ClusterNode {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** GPUs of one model; 0 on a node without GPUs. */
  readonly gpus: number;
  /** Model of the GPUs; empty on a node without GPUs. */
  readonly model: string;
}

/** What a pod asks for. Pods of equal shape are interchangeable. */
export interface PodShape {
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** Number of different GPUs of one node; 0 for a pod without GPUs. */
  readonly gpus: number;
  /** Share of each of those GPUs, 1 to 1000 (whole); 0 for a pod without GPUs. */
  readonly gpuMilli: number;
  /** GPU models the pod accepts; empty accepts all. Without GPUs it is not looked at. */
  readonly models: readonly string[];
}

/** How often a shape is expected among the pods to come; weights are relative and positive. */
export interface ShapeWeight {
  readonly shape: PodShape;
  readonly weight: number;
}

/** A text that is equal for equal shapes; the order and repetition of models do not count. */
export function shapeKey(shape: PodShape): string {
  const models = shape.gpus === 0 ? '' : [...new Set(shape.models)].sort().join('|');
  return `${shape.cpuMilli} ${shape.memoryMib} ${shape.gpus} ${shape.gpus === 0 ? 0 : shape.gpuMilli} ${models}`;
}

/** GPU milli that a pod of the shape takes in all. */
export function gpuMilliOf(shape: PodShape): number {
  return shape.gpus * shape.gpuMilli;
}

/** The shapes of the pods with the number of pods of each, in order of first appearance. */
export function countShapes(pods: Iterable<PodShape>): readonly ShapeWeight[] {
  const counts = new Map<string, { readonly shape: PodShape; weight: number }>();
  for (const shape of pods) {
    const key = shapeKey(shape);
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { shape, weight: 1 });
    else entry.weight += 1;
  }
  return [...counts.values()];
}
