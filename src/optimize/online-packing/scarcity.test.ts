import { describe, expect, it } from 'vitest';
import { ClusterState } from './cluster-state.ts';
import { NodeTrial } from './node-trial.ts';
import { NodeValue } from './node-value.ts';
import { countShapes } from './pod-shape.ts';
import type { ClusterNode, PodShape } from './pod-shape.ts';
import { Scarcity } from './scarcity.ts';

const node = (model: string, gpus: number, cpuMilli = 96_000): ClusterNode => ({
  name: model,
  cpuMilli,
  memoryMib: 400_000,
  gpus,
  model,
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

function setUp(nodes: readonly ClusterNode[], pods: readonly PodShape[]) {
  const cluster = new ClusterState(nodes);
  const mix = countShapes(pods);
  const scarcity = new Scarcity(cluster, new NodeValue(nodes, mix), mix);
  const fill = (at: number, gpus: readonly number[]): void =>
    cluster.place(cluster.intern(pod({ gpus: gpus.length })), { node: at, gpus });
  const prices = (shape: PodShape): readonly number[] => [...scarcity.modelPrices(cluster.intern(shape))];
  return { cluster, scarcity, fill, prices };
}

describe('prices of models', () => {
  it('are zero where every pod takes every model', () => {
    const { scarcity, prices } = setUp([node('A', 8), node('B', 2)], times(5, pod({})));
    scarcity.refresh();
    expect(prices(pod({}))).toEqual([0, 0]);
  });

  it('are above zero on the model that bound pods fill first, also by the number of GPUs', () => {
    const bound = times(8, pod({ models: ['B'] }));
    const { scarcity, prices } = setUp([node('A', 8), node('B', 2)], [...bound, ...times(4, pod({}))]);
    scarcity.refresh();
    const [onA, onB] = prices(pod({}));
    expect(onA).toBe(0);
    expect(onB).toBeGreaterThan(0);
    expect(prices(pod({ gpus: 2 }))[1]).toBeCloseTo(2 * onB!);
    expect(prices(pod({ gpus: 0, gpuMilli: 0 }))).toEqual([0, 0]);
  });

  it('count a pod for the models alone that have a node large enough for it', () => {
    const large = times(4, pod({ cpuMilli: 120_000, gpus: 8 }));
    const nodes = [node('A', 8), node('B', 8, 128_000)];
    const { scarcity, prices } = setUp(nodes, [...large, ...times(4, pod({}))]);
    scarcity.refresh();
    expect(prices(pod({}))[1]).toBeGreaterThan(0);
  });
});

describe('prices of places', () => {
  const all = [...times(2, pod({ gpus: 8, cpuMilli: 80_000 })), ...times(8, pod({}))];

  it('rise when the last place for a pod of several GPUs would break', () => {
    const { cluster, scarcity, fill } = setUp([node('A', 8), node('A', 8)], all);
    const trial = new NodeTrial(cluster);
    const priceOf = (at: number): number => {
      trial.load(at);
      const before = scarcity.room(trial);
      trial.take(pod({}), cluster.bestFitGpus(cluster.intern(pod({})), at));
      scarcity.refresh();
      return scarcity.breakPrice(scarcity.broken(before, scarcity.room(trial)), 0);
    };
    fill(0, [0]);
    expect(priceOf(0)).toBe(0);
    expect(priceOf(1)).toBeGreaterThan(0);
  });

  it('are not paid by a pod that takes a place of its own kind', () => {
    const { scarcity } = setUp([node('A', 8)], all);
    expect(scarcity.ownKind(pod({ gpus: 8, cpuMilli: 80_000 }))).toBe(1);
    expect(scarcity.ownKind(pod({}))).toBe(0);
  });
});
