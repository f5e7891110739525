import { gpuMilliOf, WHOLE_GPU_MILLI } from './pod-shape.ts';
import type { ClusterNode, PodShape, ShapeWeight } from './pod-shape.ts';
import { shareValues } from './share-values.ts';

/**
 * An upper bound on the GPU milli that any placement of the given pods can hold, also one that knows all pods before and
 * leaves some out. Weights are numbers of pods.
 *
 * Per GPU, pods are worth at most one GPU at the dual prices of `shareValues` (weak duality), so within any set of models the
 * pods that can go nowhere else fill at most the worth of its GPUs: a fractional knapsack by GPU milli per worth. The bound is
 * the least over the model sets of the pods, the other pods counted in full, and over all GPUs together. CPU, memory and the
 * borders between nodes are left out, so it may be far above what is possible where CPU is short.
 */
export function gpuBound(nodes: readonly ClusterNode[], pods: readonly ShapeWeight[]): number {
  const asking = pods.filter(({ shape }) => gpuMilliOf(shape) > 0);
  const values = shareValues(asking);
  const all = [...new Set(nodes.map((node) => node.model).filter((model) => model !== ''))];
  const accepted = (shape: PodShape): readonly string[] =>
    shape.models.length === 0 ? all : all.filter((model) => shape.models.includes(model));
  const sets = new Map(asking.map(({ shape }) => [accepted(shape).join('|'), new Set(accepted(shape))]));
  sets.set(all.join('|'), new Set(all));
  let least = Infinity;
  for (const models of sets.values()) {
    const isBound = ({ shape }: ShapeWeight): boolean => accepted(shape).every((model) => models.has(model));
    const gpus = nodes.reduce((sum, node) => sum + (models.has(node.model) ? node.gpus : 0), 0);
    const others = asking.filter((entry) => !isBound(entry));
    const rest = others.reduce((sum, { shape, weight }) => sum + weight * gpuMilliOf(shape), 0);
    least = Math.min(least, rest + filled(asking.filter(isBound), gpus, values));
  }
  return least;
}

/** Fractional knapsack: GPU milli of the pods that fit into the worth of so many GPUs. */
function filled(pods: readonly ShapeWeight[], gpus: number, values: Float64Array): number {
  const priced = pods.map(({ shape, weight }) => ({
    milli: weight * gpuMilliOf(shape),
    worth: weight * shape.gpus * values[shape.gpuMilli]!,
  }));
  let left = gpus;
  let milli = 0;
  for (const entry of priced.sort((a, b) => b.milli * a.worth - a.milli * b.worth)) {
    const share = entry.worth <= left ? 1 : left / entry.worth;
    left -= share * entry.worth;
    milli += share * entry.milli;
  }
  return Math.min(milli, gpus * WHOLE_GPU_MILLI);
}
