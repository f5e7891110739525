import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSchedule } from '../bench/baselines/default-scheduler.ts';
import { evenSample, readPriorityInstances } from '../bench/priority-instances.ts';
import { runCase, summarize } from '../bench/priority-figures.ts';
import { ROOT } from './support/run-command.ts';

const DATA = process.env['PLIMSOLL_DATA'] ?? path.join(ROOT, '../shared/data');
const instances = readPriorityInstances(DATA);

function problemOf(cpus: readonly (readonly [cpu: number, priority: number])[], nodes = 2) {
  return {
    resources: ['cpu', 'memory'],
    nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${String(i)}`, capacity: [1000, 1000] })),
    pods: cpus.map(([cpu, priority], i) => ({ name: `p${String(i)}`, priority, requests: [cpu, cpu] })),
  };
}

describe('the default scheduler as a baseline', () => {
  it('spreads pods to the least allocated node, the first by name among equals', () => {
    const pods = [
      [100, 0],
      [300, 0],
      [100, 0],
      [100, 0],
    ] as const;
    expect([...defaultSchedule(problemOf(pods), { preemption: false })]).toEqual([0, 1, 0, 0]);
  });

  it('prefers the node whose CPU and memory are then used alike', () => {
    const problem = problemOf([]);
    const pods = [
      [600, 200],
      [200, 600],
      [0, 400],
    ].map((requests, i) => ({ name: `p${String(i)}`, priority: 0, requests }));
    expect([...defaultSchedule({ ...problem, pods }, { preemption: false })]).toEqual([0, 1, 0]);
  });

  it('leaves a pod pending where only moving others would make room', () => {
    const pods = [
      [500, 0],
      [500, 0],
      [1000, 0],
    ] as const;
    expect([...defaultSchedule(problemOf(pods), { preemption: false })]).toEqual([0, 1, -1]);
  });

  it('preempts the least important pods it needs to, and only those', () => {
    const problem = problemOf([
      [700, 2],
      [700, 1],
      [300, 1],
      [600, 9],
    ]);
    expect([...defaultSchedule(problem, { preemption: true })]).toEqual([0, -1, 0, 1]);
    expect([...defaultSchedule(problem, { preemption: false })]).toEqual([0, 1, 0, -1]);
  });

  it.skipIf(instances === undefined)(
    'places all pods in none of the instances of 105 % target usage, as its authors report (0.0 %)',
    () => {
      const full = instances!.filter((item) => item.utilisation === 1.05 && item.nodes <= 16);
      for (const { problem } of evenSample(full, 60)) {
        expect(defaultSchedule(problem, { preemption: true })).toContain(-1);
      }
    },
  );
});

describe('figures of bench:priority', () => {
  it.skipIf(instances === undefined)('a small sample is improved and certified, valid in every case', () => {
    const small = instances!.filter((item) => item.nodes === 4 && item.utilisation < 1);
    const cases = evenSample(small, 6).map((item, index) => ({
      ...runCase(item, { limit: 5, preemption: true }),
      index,
    }));
    const figures = summarize(cases, { limitSeconds: 5, preemption: true });
    expect(figures.certifiedShare).toBe(1);
    expect(figures.improvedAndCertifiedShare + figures.defaultOptimalShare).toBeCloseTo(1);
  });

  it('a sample is spread over all stretches and all places in them', () => {
    const items = Array.from({ length: 240 }, (_, i) => i);
    const sample = evenSample(items, 24);
    expect(sample.map((item) => Math.floor(item / 10))).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(new Set(sample.map((item) => item % 10)).size).toBe(10);
    expect(evenSample(items, 0)).toBe(items);
  });
});
