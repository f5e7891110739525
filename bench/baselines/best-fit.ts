import { gpuMilliOf } from '../../src/optimize/online-packing/index.ts';
import type { OnlinePolicy, OnlinePolicySetup } from '../../src/optimize/online-packing/index.ts';
import { NodeScores } from './node-scores.ts';

/** Largest CPU and GPU of a node in the experiments, by which requests are scaled (their constants, read 2026-11). */
export const MAX_NODE_CPU_MILLI = 128_000;
export const MAX_NODE_GPU_MILLI = 8000;

/**
 * BestFit of the FGD experiments (USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator, read 2026-11): the node with the
 * least left over after the pod, CPU and GPU share weighed alike and scaled by the largest node, as a whole number of per
 * cent; then the GPU with the least free share that suffices. Left out: the rescaling of scores per pod, which keeps their order.
 */
export function bestFit({ cluster }: OnlinePolicySetup): OnlinePolicy {
  const scores = new NodeScores(cluster, (shape, node) => {
    const pod = cluster.shape(shape);
    const cpu = (cluster.freeCpu[node]! - pod.cpuMilli) / MAX_NODE_CPU_MILLI;
    const gpu = (cluster.freeGpuMilli[node]! - gpuMilliOf(pod)) / MAX_NODE_GPU_MILLI;
    return Math.trunc((1 - (cpu + gpu) / 2) * 100);
  });
  return {
    name: 'best-fit',
    choose(shape) {
      const node = scores.best(shape);
      return node < 0 ? undefined : { node, gpus: cluster.bestFitGpus(shape, node) };
    },
  };
}
