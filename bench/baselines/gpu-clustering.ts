import { WHOLE_GPU_MILLI } from '../../src/optimize/online-packing/index.ts';
import type { OnlinePolicy, OnlinePolicySetup, PodShape } from '../../src/optimize/online-packing/index.ts';
import { MAX_NODE_GPU_MILLI } from './best-fit.ts';
import { NodeScores } from './node-scores.ts';

/**
 * GpuClustering of the FGD experiments (USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator, read 2026-11), after
 * Gandiva (Xiao et al., OSDI 2018): pods of one kind (sharing a GPU, or k whole GPUs) gather on nodes of their kind, then on
 * mixed nodes that have it, then on free nodes, then on others; within each the node with the least free GPU share. It
 * remembers what it placed and does not see pods leave, which none does in these experiments.
 */
export function gpuClustering({ cluster }: OnlinePolicySetup): OnlinePolicy {
  const kinds = cluster.nodes.map(() => new Set<string>());
  const scores = new NodeScores(cluster, (shape, node) => {
    const pod = cluster.shape(shape);
    if (pod.gpus === 0) return 0;
    const fullness = Math.trunc(
      (25 * (MAX_NODE_GPU_MILLI - cluster.freeGpuMilli[node]!)) / MAX_NODE_GPU_MILLI,
    );
    const present = kinds[node]!;
    if (present.has(kindOf(pod))) return fullness + (present.size === 1 ? 75 : 50);
    return fullness + (present.size === 0 ? 25 : 0);
  });
  return {
    name: 'gpu-clustering',
    choose(shape) {
      const node = scores.best(shape);
      if (node < 0) return undefined;
      const pod = cluster.shape(shape);
      if (pod.gpus > 0) kinds[node]!.add(kindOf(pod));
      return { node, gpus: cluster.bestFitGpus(shape, node) };
    },
  };
}

function kindOf({ gpus, gpuMilli }: PodShape): string {
  return gpuMilli < WHOLE_GPU_MILLI ? 'share' : `${gpus}`;
}
