import { WHOLE_GPU_MILLI } from '../../src/optimize/online-packing/index.ts';
import type {
  ClusterState,
  OnlinePolicy,
  OnlinePolicySetup,
} from '../../src/optimize/online-packing/index.ts';
import { NodeScores } from './node-scores.ts';

/**
 * GpuPacking of the FGD experiments (USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator, read 2026-11): GPUs in use
 * first (the fuller, the better), then free GPUs of nodes in use, free nodes last. Pods without GPUs go to the first node.
 */
export function gpuPacking({ cluster }: OnlinePolicySetup): OnlinePolicy {
  const scores = new NodeScores(cluster, (shape, node) => {
    if (cluster.shape(shape).gpus === 0) return 0;
    const free = wholeGpus(cluster, node);
    if (free === cluster.nodes[node]!.gpus) return Math.max(33 - free, free);
    const start = cluster.gpuStart[node]!;
    const shares = cluster.bestFitGpus(shape, node).map((gpu) => cluster.freeGpu[start + gpu]!);
    const opened = shares.filter((share) => share === WHOLE_GPU_MILLI).length;
    if (opened > 0) return Math.max(50 - opened, 33);
    const percent = shares.reduce((sum, share) => sum + Math.trunc((share * 100) / WHOLE_GPU_MILLI), 0);
    return Math.max(100 - Math.trunc(percent / 10), 50);
  });
  return {
    name: 'gpu-packing',
    choose(shape) {
      const node = scores.best(shape);
      return node < 0 ? undefined : { node, gpus: cluster.bestFitGpus(shape, node) };
    },
  };
}

function wholeGpus({ freeGpu, gpuStart }: ClusterState, node: number): number {
  let whole = 0;
  for (let g = gpuStart[node]!; g < gpuStart[node + 1]!; g++) if (freeGpu[g] === WHOLE_GPU_MILLI) whole++;
  return whole;
}
