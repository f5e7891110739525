import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { ClusterState } from './cluster-state.ts';
import { gpuBound } from './gpu-bound.ts';
import { countShapes, gpuMilliOf } from './pod-shape.ts';
import type { ClusterNode, PodShape } from './pod-shape.ts';

const node = (gpus: number, model: string): ClusterNode => ({
  name: model,
  cpuMilli: 1e6,
  memoryMib: 1e6,
  gpus,
  model,
});
const pod = (gpuMilli: number, models: readonly string[] = [], gpus = 1): PodShape => ({
  cpuMilli: 1,
  memoryMib: 1,
  gpus,
  gpuMilli,
  models,
});

/** The most GPU milli over all ways to place each pod somewhere or nowhere. */
function best(cluster: ClusterState, pods: readonly PodShape[], from = 0): number {
  if (from === pods.length) return 0;
  let most = best(cluster, pods, from + 1);
  const shape = cluster.intern(pods[from]!);
  for (let at = 0; at < cluster.nodes.length; at++) {
    if (!cluster.fits(shape, at)) continue;
    const start = cluster.gpuStart[at]!;
    for (let gpu = 0; gpu < cluster.nodes[at]!.gpus; gpu++) {
      const gpus = pods[from]!.gpus === 1 ? [gpu] : cluster.bestFitGpus(shape, at);
      if (cluster.freeGpu[start + gpu]! < pods[from]!.gpuMilli) continue;
      cluster.place(shape, { node: at, gpus });
      most = Math.max(most, gpuMilliOf(pods[from]!) + best(cluster, pods, from + 1));
      cluster.release(shape, { node: at, gpus });
    }
  }
  return most;
}

describe('the bound on allocated GPUs', () => {
  it('is never below the best of all placements', () => {
    for (let seed = 0; seed < 60; seed++) {
      const stream = randomStream(seed, 'bound');
      const nodes = [node(2, 'A'), node(1, 'B')];
      const pods = Array.from({ length: 5 }, () =>
        stream.uniform() < 0.2
          ? pod(1000, [], 2)
          : pod([190, 333, 470, 600, 810, 1000][stream.integer(6)]!, [[], ['A'], ['B']][stream.integer(3)]),
      );
      expect(gpuBound(nodes, countShapes(pods))).toBeGreaterThanOrEqual(
        best(new ClusterState(nodes), pods) - 1e-6,
      );
    }
  });

  it('sees that large shares waste the rest of their GPU', () => {
    expect(gpuBound([node(4, 'A')], countShapes(Array.from({ length: 9 }, () => pod(810))))).toBeCloseTo(
      3240,
    );
  });

  it('counts pods bound to one model by what that model has', () => {
    const pods = countShapes(Array.from({ length: 6 }, () => pod(1000, ['B'])));
    expect(gpuBound([node(4, 'A'), node(1, 'B')], pods)).toBeCloseTo(1000);
  });
});
