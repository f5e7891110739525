/** One suite for every online policy: ours and the rivals of the benchmark. */
import { describe, expect, it } from 'vitest';
import { bestFit } from '../bench/baselines/best-fit.ts';
import { dotProduct } from '../bench/baselines/dot-product.ts';
import { fgd } from '../bench/baselines/fgd.ts';
import { gpuClustering } from '../bench/baselines/gpu-clustering.ts';
import { gpuPacking } from '../bench/baselines/gpu-packing.ts';
import { randomFit } from '../bench/baselines/random-fit.ts';
import { bidPricePolicy, ClusterState, countShapes } from '../src/optimize/online-packing/index.ts';
import type {
  ClusterNode,
  OnlinePolicy,
  OnlinePolicyFactory,
  PodPlacement,
  PodShape,
} from '../src/optimize/online-packing/index.ts';
import { randomStream } from '../src/random/index.ts';
import type { RandomStream } from '../src/random/index.ts';

const POLICIES: Readonly<Record<string, OnlinePolicyFactory>> = {
  'bid-price': bidPricePolicy,
  'bid-price without a mix': (setup) => bidPricePolicy({ ...setup, expected: [] }),
  fgd,
  'best-fit': bestFit,
  'dot-product': dotProduct,
  'gpu-packing': gpuPacking,
  'gpu-clustering': gpuClustering,
  random: randomFit,
};
const MODELS = ['A', 'B', 'C'];
const SHARES = [50, 333, 470, 500, 810, 1000];

describe.each(Object.entries(POLICIES))('%s', (_, factory) => {
  it('places a pod if and only if it fits on some node, where it fits, and changes nothing itself', () => {
    for (let seed = 0; seed < 12; seed++) {
      const { cluster, pods, policy, stream } = setUp(factory, seed);
      const placed: { readonly shape: number; readonly placement: PodPlacement }[] = [];
      let failed = 0;
      for (const pod of pods) {
        const shape = cluster.intern(pod);
        const before = contents(cluster);
        const placement = policy.choose(shape);
        expect(contents(cluster)).toEqual(before);
        const fits = cluster.nodes.some((_node, node) => cluster.fits(shape, node));
        expect(placement !== undefined).toBe(fits);
        if (placement === undefined) failed++;
        else {
          expectAllowed(cluster, pod, placement);
          cluster.place(shape, placement);
          placed.push({ shape, placement });
        }
        if (placed.length > 0 && stream.uniform() < 0.1) {
          const gone = placed.splice(stream.integer(placed.length), 1)[0]!;
          cluster.release(gone.shape, gone.placement);
        }
      }
      expect(failed).toBeGreaterThan(0);
    }
  });

  it('answers the same for the same arrivals and seed', () => {
    const answers = (): readonly (PodPlacement | undefined)[] => {
      const { cluster, pods, policy } = setUp(factory, 3);
      return pods.map((pod) => {
        const shape = cluster.intern(pod);
        const placement = policy.choose(shape);
        if (placement !== undefined) cluster.place(shape, placement);
        return placement;
      });
    };
    expect(answers()).toEqual(answers());
  });

  it('places nothing on an empty cluster', () => {
    const cluster = new ClusterState([]);
    const policy = factory({ cluster, expected: [], stream: randomStream(1, 'policy') });
    const pod = { cpuMilli: 1, memoryMib: 1, gpus: 0, gpuMilli: 0, models: [] };
    expect(policy.choose(cluster.intern(pod))).toBeUndefined();
  });
});

function setUp(
  factory: OnlinePolicyFactory,
  seed: number,
): {
  readonly cluster: ClusterState;
  readonly pods: readonly PodShape[];
  readonly policy: OnlinePolicy;
  readonly stream: RandomStream;
} {
  const stream = randomStream(seed, 'conformance');
  const nodes = Array.from({ length: 1 + stream.integer(8) }, (_, i) => randomNode(stream, i));
  const kinds = Array.from({ length: 12 }, () => randomPod(stream));
  const pods = Array.from({ length: 200 }, () => kinds[stream.integer(kinds.length)]!);
  const cluster = new ClusterState(nodes);
  const policy = factory({ cluster, expected: countShapes(pods), stream: randomStream(seed, 'policy') });
  return { cluster, pods, policy, stream };
}

function randomNode(stream: RandomStream, index: number): ClusterNode {
  const gpus = [0, 1, 2, 4, 8][stream.integer(5)]!;
  return {
    name: `node-${index}`,
    cpuMilli: 4000 * (1 + stream.integer(24)),
    memoryMib: 8192 * (1 + stream.integer(16)),
    gpus,
    model: gpus === 0 ? '' : MODELS[stream.integer(MODELS.length)]!,
  };
}

function randomPod(stream: RandomStream): PodShape {
  const gpus = [0, 1, 1, 1, 2, 8][stream.integer(6)]!;
  return {
    cpuMilli: 500 * (1 + stream.integer(16)),
    memoryMib: 512 * stream.integer(16),
    gpus,
    gpuMilli: gpus === 0 ? 0 : gpus > 1 ? 1000 : SHARES[stream.integer(SHARES.length)]!,
    models: stream.uniform() < 0.6 ? [] : [MODELS[stream.integer(3)]!, MODELS[stream.integer(3)]!],
  };
}

function contents(cluster: ClusterState): readonly unknown[] {
  return [[...cluster.freeCpu], [...cluster.freeMemory], [...cluster.freeGpu], [...cluster.version]];
}

/** Checks a placement against the node by hand, without the cluster's own `fits`. */
function expectAllowed(cluster: ClusterState, pod: PodShape, { node, gpus }: PodPlacement): void {
  const { model } = cluster.nodes[node]!;
  expect(cluster.freeCpu[node]).toBeGreaterThanOrEqual(pod.cpuMilli);
  expect(cluster.freeMemory[node]).toBeGreaterThanOrEqual(pod.memoryMib);
  expect(new Set(gpus).size).toBe(pod.gpus);
  for (const gpu of gpus) {
    expect(gpu).toBeLessThan(cluster.nodes[node]!.gpus);
    expect(cluster.freeGpu[cluster.gpuStart[node]! + gpu]).toBeGreaterThanOrEqual(pod.gpuMilli);
  }
  if (pod.gpus > 0 && pod.models.length > 0) expect(pod.models).toContain(model);
}
