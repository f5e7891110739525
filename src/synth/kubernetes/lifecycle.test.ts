import { describe, expect, it } from 'vitest';
import { gib, seconds } from '../../units/index.ts';
import { disposableReplicas, scaleUpTime, startupBudget, termination } from './lifecycle.ts';
import type { PodSet } from './pod-set.ts';

interface Facts {
  readonly capacityType?: 'spot' | 'on-demand';
  readonly noticeSeconds?: number;
  readonly e2eSeconds?: number;
  readonly startupSeconds?: number;
  readonly tolerates?: PodSet['workload']['tolerates'];
  readonly correlationGroup?: string;
  readonly minReplicas?: number;
  readonly largestZone?: number;
  readonly perNode?: number;
}

/** The fields of a pod set that its lifecycle depends on; the rest is never read. */
function podSet(facts: Facts): PodSet {
  const latency = { e2e: { p99: { high: facts.e2eSeconds ?? 30 } } };
  return {
    name: 'chat',
    workload: { tolerates: facts.tolerates ?? 'nothing' },
    allocation: {
      capacityType: facts.capacityType ?? 'on-demand',
      candidate: { podGroup: { nodes: 1, acceleratorsPerNode: 8 / (facts.perNode ?? 1), memory: gib(1) } },
    },
    offerings: [
      {
        interruption: { notice: seconds(facts.noticeSeconds ?? 120) },
        nodeStartup: seconds(300),
        correlationGroup: facts.correlationGroup ?? 'node',
        instanceType: { accelerator: { name: 'h100', count: 8 } },
      },
    ],
    evaluated: { startup: seconds(facts.startupSeconds ?? 100), capacity: { evidence: { latency } } },
    replicas: { min: facts.minReplicas ?? 4, max: 6, hourly: [] },
    zones: { labels: ['a', 'b'], skew: 1, largest: facts.largestZone ?? 2 },
  } as unknown as PodSet;
}

describe('termination', () => {
  it('drains for the p99 end-to-end latency and the time endpoints take, then stops', () => {
    // 60.2 s rounded up, and 5 s of propagation; 10 s to stop.
    expect(termination(podSet({ e2eSeconds: 60.2 }))).toEqual({ drain: 66, gracePeriod: 76 });
  });

  it('drains at least half a minute and at most ten', () => {
    expect(termination(podSet({ e2eSeconds: 1 })).drain).toBe(30);
    expect(termination(podSet({ e2eSeconds: 5000 })).drain).toBe(600);
  });

  it.each([
    [120, { drain: 110, gracePeriod: 120 }],
    [30, { drain: 20, gracePeriod: 30 }],
    [0, { drain: 20, gracePeriod: 30 }],
  ])(
    'on spot with %d s of notice ends within it, or within 30 s when none is known',
    (noticeSeconds, expected) => {
      expect(termination(podSet({ capacityType: 'spot', noticeSeconds, e2eSeconds: 300 }))).toEqual(expected);
    },
  );

  it('on spot does not wait longer than requests need', () => {
    expect(
      termination(podSet({ capacityType: 'spot', noticeSeconds: 120, e2eSeconds: 30 })).gracePeriod,
    ).toBe(45);
  });
});

describe('start-up', () => {
  it('may take three times the plan, and never less than ten minutes', () => {
    expect(startupBudget(podSet({ startupSeconds: 100 }))).toBe(600);
    expect(startupBudget(podSet({ startupSeconds: 400 }))).toBe(1200);
  });

  it('of one more replica takes the node and the engine', () => {
    expect(scaleUpTime(podSet({ startupSeconds: 100 }))).toBe(400);
  });
});

describe('replicas that may go at once', () => {
  it.each([
    ['one when nothing may fail', { tolerates: 'nothing' as const }, 1],
    ['one node of them', { tolerates: 'node' as const, perNode: 2 }, 2],
    [
      'those of a zone when zones fail whole',
      { tolerates: 'correlation-group' as const, correlationGroup: 'z' },
      2,
    ],
    ['those of a node when nodes fail alone', { tolerates: 'correlation-group' as const }, 1],
    ['never all', { tolerates: 'correlation-group' as const, correlationGroup: 'z', minReplicas: 2 }, 1],
    ['one even of a single replica', { tolerates: 'nothing' as const, minReplicas: 1 }, 1],
    ['one where the quietest window has none', { tolerates: 'node' as const, perNode: 4, minReplicas: 0 }, 1],
  ])('are %s', (_, facts, expected) => {
    expect(disposableReplicas(podSet(facts))).toBe(expected);
  });
});
