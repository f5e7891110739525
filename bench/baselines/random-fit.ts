import { WHOLE_GPU_MILLI } from '../../src/optimize/online-packing/index.ts';
import type { OnlinePolicy, OnlinePolicySetup } from '../../src/optimize/online-packing/index.ts';

/**
 * Random of the FGD experiments (USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator, read 2026-11): any node where the
 * pod fits, and for a pod that shares a GPU any GPU that is free enough, all with equal chances, drawn from the policy's stream.
 */
export function randomFit({ cluster, stream }: OnlinePolicySetup): OnlinePolicy {
  return {
    name: 'random',
    choose(shape) {
      const fitting: number[] = [];
      for (let node = 0; node < cluster.nodes.length; node++)
        if (cluster.fits(shape, node)) fitting.push(node);
      if (fitting.length === 0) return undefined;
      const node = fitting[stream.integer(fitting.length)]!;
      const { gpus, gpuMilli } = cluster.shape(shape);
      if (gpus !== 1 || gpuMilli === WHOLE_GPU_MILLI) return { node, gpus: cluster.bestFitGpus(shape, node) };
      const shares = [...cluster.freeGpu.subarray(cluster.gpuStart[node], cluster.gpuStart[node + 1])];
      const enough = shares.flatMap((share, gpu) => (share >= gpuMilli ? [gpu] : []));
      return { node, gpus: [enough[stream.integer(enough.length)]!] };
    },
  };
}
