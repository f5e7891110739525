import {
  countShapes,
  ExpectedUse,
  NodeTrial,
  WHOLE_GPU_MILLI,
} from '../../src/optimize/online-packing/index.ts';
import type {
  OnlinePolicy,
  OnlinePolicySetup,
  PodShape,
  ShapeWeight,
} from '../../src/optimize/online-packing/index.ts';
import { NodeScores } from './node-scores.ts';

/** Share of the pods that the typical shapes cover, the most frequent first (the experiments' podPopularityThreshold). */
const TYPICAL_SHARE = 0.95;

/**
 * Fragmentation Gradient Descent of Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
 * Gradient Descent", USENIX ATC 2023, as its simulator has it (hkust-adsl/kubernetes-scheduler-simulator, read 2026-11): the
 * node, and for a pod that shares a GPU the GPU, where the expected fragmentation F_n(M) grows least, as a score of whole
 * numbers 0 to 100, sigmoid(decrease of F in GPUs) x 100; of equal scores the first node, so that the coarse score also
 * fills nodes one after the other. The typical shapes are the most frequent ones of the list that cover 95 % of its pods, CPU
 * and GPU requests and model alone. Left out: nothing that the published experiments use.
 */
export function fgd({ cluster, expected }: OnlinePolicySetup): OnlinePolicy {
  const use = new ExpectedUse(cluster, typicalShapes(expected));
  const trial = new NodeTrial(cluster);
  const fragmentation = (): number => trial.freeGpuMilli() - use.of(trial);
  const best = (
    shape: number,
    node: number,
  ): { readonly score: number; readonly gpus: readonly number[] } => {
    const pod = cluster.shape(shape);
    trial.load(node);
    const before = fragmentation();
    const after = (gpus: readonly number[]): number => {
      trial.load(node);
      trial.take(pod, gpus);
      return scoreOf(before - fragmentation());
    };
    if (!sharesGpu(pod)) {
      const gpus = cluster.bestFitGpus(shape, node);
      return { score: after(gpus), gpus };
    }
    let top = { score: -1, gpus: [] as readonly number[] };
    const start = cluster.gpuStart[node]!;
    for (let g = start; g < cluster.gpuStart[node + 1]!; g++) {
      if (cluster.freeGpu[g]! < pod.gpuMilli) continue;
      const score = after([g - start]);
      if (score > top.score) top = { score, gpus: [g - start] };
    }
    return top;
  };
  const scores = new NodeScores(cluster, (shape, node) => best(shape, node).score);
  return {
    name: 'fgd',
    choose(shape) {
      const node = scores.best(shape);
      return node < 0 ? undefined : { node, gpus: best(shape, node).gpus };
    },
  };
}

/** The most frequent shapes by CPU, GPUs and models that together cover `TYPICAL_SHARE` of the pods. */
export function typicalShapes(mix: readonly ShapeWeight[]): readonly ShapeWeight[] {
  const merged = countShapes(mix.map(({ shape }) => ({ ...shape, memoryMib: 0 }))).map(({ shape }) => ({
    shape,
    weight: 0,
  }));
  const index = new Map(merged.map(({ shape }, i) => [keyOf(shape), i]));
  for (const { shape, weight } of mix) merged[index.get(keyOf(shape))!]!.weight += weight;
  const total = merged.reduce((sum, { weight }) => sum + weight, 0);
  let covered = 0;
  return merged
    .sort((a, b) => b.weight - a.weight)
    .filter(({ weight }) => {
      const isTypical = covered < TYPICAL_SHARE * total;
      covered += weight;
      return isTypical;
    });
}

function keyOf({ cpuMilli, gpus, gpuMilli, models }: PodShape): string {
  return `${cpuMilli} ${gpus} ${gpuMilli} ${[...new Set(models)].sort().join('|')}`;
}

function scoreOf(decreaseMilli: number): number {
  return Math.trunc(100 / (1 + Math.exp(-decreaseMilli / WHOLE_GPU_MILLI)));
}

function sharesGpu({ gpus, gpuMilli }: PodShape): boolean {
  return gpus === 1 && gpuMilli < WHOLE_GPU_MILLI;
}
