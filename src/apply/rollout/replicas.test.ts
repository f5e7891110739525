import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { scaledRange } from './replicas.ts';

const annotations = { 'plimsoll.dev/min-replicas': '2', 'plimsoll.dev/max-replicas': '6' };

function objectOf(kind: string, spec: object): ClusterObject {
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'chat', namespace: 'llm', annotations }, spec };
}

describe('the range in which an autoscaler keeps a pod set', () => {
  it('is what its annotations say where it states no replicas', () => {
    expect(scaledRange(objectOf('Deployment', {}))).toEqual({ min: 2, max: 6 });
    expect(scaledRange(objectOf('LeaderWorkerSet', {}))).toEqual({ min: 2, max: 6 });
  });

  it('is nobody’s where the set states its replicas', () => {
    expect(scaledRange(objectOf('Deployment', { replicas: 2 }))).toBeUndefined();
  });

  it('is not that of the autoscaler itself, whose kind has no replicas to hand over', () => {
    expect(scaledRange(objectOf('ScaledObject', { minReplicaCount: 2 }))).toBeUndefined();
  });
});
