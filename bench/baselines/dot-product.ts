import { gpuMilliOf } from '../../src/optimize/online-packing/index.ts';
import type { OnlinePolicy, OnlinePolicySetup } from '../../src/optimize/online-packing/index.ts';
import { MAX_NODE_CPU_MILLI, MAX_NODE_GPU_MILLI } from './best-fit.ts';
import { NodeScores } from './node-scores.ts';

/**
 * DotProd of the FGD experiments (USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator with the options merge and max,
 * read 2026-11), after the packing rule of Tetris (Grandl et al., SIGCOMM 2014): the node whose free CPU and GPU share have the
 * smallest scaled dot product with the request, as a whole number of per cent; then the GPU by best fit.
 */
export function dotProduct({ cluster }: OnlinePolicySetup): OnlinePolicy {
  const scores = new NodeScores(cluster, (shape, node) => {
    const pod = cluster.shape(shape);
    const cpu = (cluster.freeCpu[node]! / MAX_NODE_CPU_MILLI) * (pod.cpuMilli / MAX_NODE_CPU_MILLI);
    const gpu = (cluster.freeGpuMilli[node]! / MAX_NODE_GPU_MILLI) * (gpuMilliOf(pod) / MAX_NODE_GPU_MILLI);
    return Math.trunc((1 - (cpu + gpu) / 2) * 100);
  });
  return {
    name: 'dot-product',
    choose(shape) {
      const node = scores.best(shape);
      return node < 0 ? undefined : { node, gpus: cluster.bestFitGpus(shape, node) };
    },
  };
}
