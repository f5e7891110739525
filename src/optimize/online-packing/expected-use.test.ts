import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { ClusterState } from './cluster-state.ts';
import { ExpectedUse } from './expected-use.ts';
import { NodeTrial } from './node-trial.ts';
import type { PodShape, ShapeWeight } from './pod-shape.ts';

/** The definition of Weng et al. (ATC 2023), shape by shape: all free share is fragmented unless the node can host the shape. */
function fragmentation(trial: NodeTrial, model: string, mix: readonly ShapeWeight[]): number {
  const total = mix.reduce((sum, { weight }) => sum + weight, 0);
  const free = [...trial.freeGpu.subarray(0, trial.gpus)];
  const all = free.reduce((sum, share) => sum + share, 0);
  const of = ({ cpuMilli, gpus, gpuMilli, models }: PodShape): number => {
    const enough = free.filter((share) => share >= gpuMilli);
    const accepts = models.length === 0 || models.includes(model);
    if (gpus === 0 || !accepts || cpuMilli > trial.cpuMilli || enough.length < gpus) return all;
    return all - enough.reduce((sum, share) => sum + share, 0);
  };
  return mix.reduce((sum, { shape, weight }) => sum + (weight / total) * of(shape), 0);
}

describe('expected use', () => {
  it('is the free share less the fragmentation measure of FGD, on random nodes and mixes', () => {
    const stream = randomStream(5, 'expected-use');
    for (let round = 0; round < 200; round++) {
      const cluster = new ClusterState(
        ['A', 'B'].map((model) => ({ name: model, cpuMilli: 32_000, memoryMib: 100, gpus: 4, model })),
      );
      const mix = Array.from({ length: 8 }, () => ({
        shape: {
          cpuMilli: 1000 * stream.integer(20),
          memoryMib: 0,
          gpus: stream.integer(4),
          gpuMilli: [250, 500, 1000][stream.integer(3)]!,
          models: [[], ['A'], ['B', 'A']][stream.integer(3)]!,
        },
        weight: 1 + stream.integer(5),
      }));
      for (let g = 0; g < cluster.freeGpu.length; g++) cluster.freeGpu[g] = 250 * stream.integer(5);
      cluster.freeCpu[0] = 1000 * stream.integer(32);
      const node = stream.integer(2);
      const trial = new NodeTrial(cluster);
      trial.load(node);
      const use = new ExpectedUse(cluster, mix).of(trial);
      expect(trial.freeGpuMilli() - use).toBeCloseTo(
        fragmentation(trial, cluster.nodes[node]!.model, mix),
        6,
      );
    }
  });
});
