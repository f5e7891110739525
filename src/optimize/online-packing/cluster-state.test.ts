import { describe, expect, it } from 'vitest';
import { ClusterState } from './cluster-state.ts';
import { countShapes } from './pod-shape.ts';
import type { PodShape } from './pod-shape.ts';

const NODE = { name: 'n', cpuMilli: 8000, memoryMib: 1000, gpus: 2, model: 'A' };
const pod = (change: Partial<PodShape>): PodShape => ({
  cpuMilli: 1000,
  memoryMib: 100,
  gpus: 1,
  gpuMilli: 1000,
  models: [],
  ...change,
});

describe('a cluster', () => {
  it('gives equal shapes one number, whatever the order and repetition of their models', () => {
    const cluster = new ClusterState([NODE]);
    const first = cluster.intern(pod({ models: ['A', 'B'] }));
    expect(cluster.intern(pod({ models: ['B', 'A', 'A'] }))).toBe(first);
    expect(cluster.intern(pod({ models: ['B'] }))).not.toBe(first);
    expect(countShapes([pod({ models: ['A', 'B'] }), pod({ models: ['B', 'A'] })])).toHaveLength(1);
  });

  it('fits a pod only where CPU, memory, model and single GPUs suffice', () => {
    const cluster = new ClusterState([NODE]);
    const fits = (change: Partial<PodShape>): boolean => cluster.fits(cluster.intern(pod(change)), 0);
    expect(fits({})).toBe(true);
    expect(fits({ cpuMilli: 8001 })).toBe(false);
    expect(fits({ memoryMib: 1001 })).toBe(false);
    expect(fits({ models: ['B'] })).toBe(false);
    expect(fits({ gpus: 3 })).toBe(false);
    expect(fits({ gpus: 0, gpuMilli: 0, models: ['B'] })).toBe(true);
  });

  it('does not add up shares of different GPUs', () => {
    const cluster = new ClusterState([NODE]);
    const small = cluster.intern(pod({ gpuMilli: 600 }));
    cluster.place(small, { node: 0, gpus: [0] });
    cluster.place(small, { node: 0, gpus: [1] });
    expect(cluster.freeGpuMilli[0]).toBe(800);
    expect(cluster.fits(small, 0)).toBe(false);
    expect(cluster.fits(cluster.intern(pod({ gpuMilli: 400 })), 0)).toBe(true);
  });

  it('offers the GPU with the least free share that suffices', () => {
    const cluster = new ClusterState([NODE]);
    cluster.place(cluster.intern(pod({ gpuMilli: 300 })), { node: 0, gpus: [1] });
    expect(cluster.bestFitGpus(cluster.intern(pod({ gpuMilli: 700 })), 0)).toEqual([1]);
    expect(cluster.bestFitGpus(cluster.intern(pod({ gpuMilli: 800 })), 0)).toEqual([0]);
  });

  it('has after a release what it had before, and counts what is held', () => {
    const cluster = new ClusterState([NODE]);
    const shape = cluster.intern(pod({ gpus: 2 }));
    cluster.place(shape, { node: 0, gpus: [0, 1] });
    expect(cluster.allocatedGpuMilli).toBe(2000);
    cluster.release(shape, { node: 0, gpus: [0, 1] });
    expect([
      cluster.allocatedGpuMilli,
      cluster.freeCpu[0],
      cluster.freeMemory[0],
      cluster.freeGpuMilli[0],
    ]).toEqual([0, 8000, 1000, 2000]);
  });

  it('refuses what does not fit, GPUs twice, too few of them, and releases of what nobody holds', () => {
    const cluster = new ClusterState([NODE]);
    const one = cluster.intern(pod({}));
    const two = cluster.intern(pod({ gpus: 2 }));
    expect(() => cluster.place(cluster.intern(pod({ cpuMilli: 9000 })), { node: 0, gpus: [0] })).toThrow();
    expect(() => cluster.place(two, { node: 0, gpus: [0, 0] })).toThrow();
    expect(() => cluster.place(two, { node: 0, gpus: [0] })).toThrow();
    expect(() => cluster.place(one, { node: 0, gpus: [2] })).toThrow();
    expect(() => cluster.release(one, { node: 0, gpus: [0] })).toThrow();
    cluster.place(one, { node: 0, gpus: [0] });
    expect(() => cluster.place(one, { node: 0, gpus: [0] })).toThrow();
  });
});
