import { describe, expect, it } from 'vitest';
import { nodesAvailableAt } from './index.ts';
import type { AvailabilityTrace } from './index.ts';

const TRACE: AvailabilityTrace = {
  id: 'z_v100_1',
  zone: 'z',
  instanceType: 'v100',
  kind: 'probe',
  tickSeconds: 60,
  ticks: 10,
  runStart: Int32Array.of(0, 3, 7),
  runNodes: Int32Array.of(0, 4, 1),
  mostNodes: 4,
  provenance: { evidence: 'measured', source: 'test' },
};

describe('an availability trace', () => {
  it('tells the nodes of the run that a moment falls into', () => {
    const told = [0, 179.9, 180, 419.9, 420, 599.9].map((seconds) => nodesAvailableAt(TRACE, seconds));
    expect(told).toEqual([0, 0, 4, 4, 1, 1]);
  });

  it('has no nodes before it begins and after it ends', () => {
    expect([nodesAvailableAt(TRACE, -1), nodesAvailableAt(TRACE, 600)]).toEqual([0, 0]);
  });
});
