import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { bidPricePolicy } from './bid-price-policy.ts';
import { ClusterState } from './cluster-state.ts';
import { placeArrivals } from './place-arrivals.ts';
import { countShapes } from './pod-shape.ts';
import type { ClusterNode, PodShape } from './pod-shape.ts';

const node = (change: Partial<ClusterNode>): ClusterNode => ({
  name: 'n',
  cpuMilli: 96_000,
  memoryMib: 400_000,
  gpus: 8,
  model: 'A',
  ...change,
});
const pod = (change: Partial<PodShape>): PodShape => ({
  cpuMilli: 8000,
  memoryMib: 10_000,
  gpus: 1,
  gpuMilli: 1000,
  models: [],
  ...change,
});
const times = (count: number, shape: PodShape): readonly PodShape[] =>
  Array.from({ length: count }, () => shape);

/** Places the arrivals, told the mix of `expected`; the record and the cluster after. */
function place(nodes: readonly ClusterNode[], arrivals: readonly PodShape[], expected: readonly PodShape[]) {
  const cluster = new ClusterState(nodes);
  const policy = bidPricePolicy({
    cluster,
    expected: countShapes(expected),
    stream: randomStream(1, 'test'),
  });
  const record = placeArrivals(
    cluster,
    policy,
    Int32Array.from(arrivals, (shape) => cluster.intern(shape)),
  );
  return { cluster, placements: record.placements };
}

describe('bid prices', () => {
  it('keep a model that some pods need free of pods that can go elsewhere', () => {
    const nodes = [node({ model: 'B', gpus: 4 }), node({}), node({})];
    const free = times(16, pod({}));
    const { placements } = place(nodes, free, [...free, ...times(4, pod({ models: ['B'] }))]);
    expect(placements.every((placement) => placement !== undefined && placement.node !== 0)).toBe(true);
  });

  it('still place a free pod on the needed model when nothing else is left', () => {
    const { placements } = place(
      [node({ model: 'B', gpus: 1 })],
      [pod({})],
      times(9, pod({ models: ['B'] })),
    );
    expect(placements[0]?.node).toBe(0);
  });

  it('leave a whole node for the pod that needs all its GPUs', () => {
    const single = times(8, pod({}));
    const large = pod({ gpus: 8, cpuMilli: 80_000 });
    const { placements } = place([node({}), node({})], [...single, large], [...single, large]);
    expect(placements[8]).toBeDefined();
  });

  it('pair shares that fill a GPU, in any order of arrival', () => {
    for (let seed = 0; seed < 10; seed++) {
      const stream = randomStream(seed, 'pairs');
      const list = [
        ...times(40, pod({ gpuMilli: 650, cpuMilli: 1000 })),
        ...times(40, pod({ gpuMilli: 350, cpuMilli: 1000 })),
      ];
      const order = list.map((shape) => ({ shape, key: stream.uniform() })).sort((a, b) => a.key - b.key);
      const nodes = Array.from({ length: 5 }, () => node({}));
      const { placements } = place(
        nodes,
        order.map(({ shape }) => shape),
        list,
      );
      expect(placements.filter((placement) => placement === undefined)).toHaveLength(0);
    }
  });

  it('put pods with much CPU per GPU where CPU is left over', () => {
    const nodes = [node({ gpus: 8, cpuMilli: 64_000 }), node({ gpus: 2, cpuMilli: 64_000, model: 'B' })];
    const heavy = times(2, pod({ cpuMilli: 30_000 }));
    const light = times(8, pod({ cpuMilli: 8000 }));
    const { placements } = place(nodes, [...heavy, ...light], [...heavy, ...light]);
    expect(placements.map((placement) => placement?.node)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('learn from the arrivals what they were not told', () => {
    const list = [
      ...times(60, pod({ gpuMilli: 650, cpuMilli: 1000 })),
      ...times(60, pod({ gpuMilli: 350, cpuMilli: 1000 })),
    ];
    const stream = randomStream(2, 'learn');
    const order = list.map((shape) => ({ shape, key: stream.uniform() })).sort((a, b) => a.key - b.key);
    const nodes = Array.from({ length: 8 }, () => node({}));
    const { cluster } = place(
      nodes,
      order.map(({ shape }) => shape),
      [],
    );
    expect(cluster.allocatedGpuMilli).toBe(60_000);
  });
});
