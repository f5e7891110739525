import { describe, expect, it } from 'vitest';
import { ClusterState } from './cluster-state.ts';
import { NodeTrial } from './node-trial.ts';
import { NodeValue } from './node-value.ts';
import type { PodShape } from './pod-shape.ts';

const NODES = [{ name: 'n', cpuMilli: 96_000, memoryMib: 800_000, gpus: 8, model: 'A' }];
const pod = (cpuMilli: number, gpuMilli = 1000): PodShape => ({
  cpuMilli,
  memoryMib: 1000,
  gpus: 1,
  gpuMilli,
  models: [],
});

function valueOf(trial: { readonly cpuMilli: number; readonly whole: number }, mean = 10_000): number {
  const cluster = new ClusterState(NODES);
  const scratch = new NodeTrial(cluster);
  scratch.load(0);
  scratch.cpuMilli = trial.cpuMilli;
  scratch.freeGpu.fill(0, trial.whole);
  return new NodeValue(NODES, [{ shape: pod(mean), weight: 1 }]).of(scratch);
}

describe('the value of a node', () => {
  it('is near its free GPUs when CPU is ample and near what CPU feeds when it is short', () => {
    expect(valueOf({ cpuMilli: 96_000, whole: 2 })).toBeCloseTo(2, 1);
    expect(valueOf({ cpuMilli: 20_000, whole: 8 })).toBeCloseTo(2, 1);
  });

  it('falls with every GPU and every core taken', () => {
    for (let whole = 1; whole <= 8; whole++)
      for (let cpu = 8000; cpu <= 96_000; cpu += 8000) {
        const value = valueOf({ cpuMilli: cpu, whole });
        expect(valueOf({ cpuMilli: cpu, whole: whole - 1 })).toBeLessThan(value);
        expect(valueOf({ cpuMilli: cpu - 8000, whole })).toBeLessThanOrEqual(value);
      }
  });

  it('counts GPUs alone when the mix has none of them', () => {
    const cluster = new ClusterState(NODES);
    const trial = new NodeTrial(cluster);
    trial.load(0);
    expect(new NodeValue(NODES, []).of(trial)).toBe(8);
  });

  it('takes a pod of a share that leaves no room for others as a whole GPU', () => {
    const value = new NodeValue(NODES, [{ shape: pod(1000, 810), weight: 1 }]);
    expect(value.gpusOf(pod(0, 810))).toBeCloseTo(1);
  });
});
