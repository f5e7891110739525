import { describe, expect, it } from 'vitest';
import { sampleObject } from '../testing/sample-rollout.ts';
import { needsWaiting, readinessOf } from './readiness.ts';

function stateOf(kind: string, fields: Readonly<Record<string, unknown>>, generation = 2): string {
  const object = sampleObject(kind, 'x', fields);
  return readinessOf({ ...object, metadata: { ...object.metadata, generation } }).state;
}

function rollout(status: Readonly<Record<string, unknown>>): string {
  return stateOf('Deployment', { spec: { replicas: 3 }, status: { observedGeneration: 2, ...status } });
}

describe('readiness', () => {
  it('of a Deployment: its controller has seen it, all pods are new, none is left of the old, all are available', () => {
    const done = { replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
    expect(rollout(done)).toBe('ready');
    expect(rollout({ ...done, observedGeneration: 1 })).toBe('waiting');
    expect(rollout({ ...done, updatedReplicas: 2 })).toBe('waiting');
    expect(rollout({ ...done, replicas: 4 })).toBe('waiting');
    expect(rollout({ ...done, availableReplicas: 2 })).toBe('waiting');
    expect(
      rollout({ conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }),
    ).toBe('failed');
  });

  it('of a Deployment without pods needs none', () => {
    expect(stateOf('Deployment', { spec: { replicas: 0 }, status: { observedGeneration: 2 } })).toBe('ready');
  });

  it('of groups of pods counts groups', () => {
    const spec = { replicas: 2 };
    const done = { observedGeneration: 2, updatedReplicas: 2, readyReplicas: 2 };
    expect(stateOf('LeaderWorkerSet', { spec, status: done })).toBe('ready');
    expect(stateOf('LeaderWorkerSet', { spec, status: { ...done, readyReplicas: 1 } })).toBe('waiting');
    expect(stateOf('LeaderWorkerSet', { spec })).toBe('waiting');
  });

  it('of groups of pods is of this generation: counts of the last template are not believed', () => {
    const spec = { replicas: 2 };
    const counts = { updatedReplicas: 2, readyReplicas: 2 };
    expect(stateOf('LeaderWorkerSet', { spec, status: { ...counts, observedGeneration: 1 } })).toBe(
      'waiting',
    );
    // Before LeaderWorkerSet 0.9 nothing says which generation counts are of: they count after a while.
    const object = sampleObject('LeaderWorkerSet', 'x', { spec, status: counts });
    expect(readinessOf(object)).toMatchObject({ state: 'waiting', isJudged: false });
  });

  it.each(['NodePool', 'ScaledObject', 'EC2NodeClass'])(
    'of %s follows its condition of this generation',
    (kind) => {
      const ready = { type: 'Ready', status: 'True' };
      expect(stateOf(kind, { status: { conditions: [ready] } })).toBe('ready');
      expect(stateOf(kind, { status: { conditions: [{ ...ready, status: 'False' }] } })).toBe('waiting');
      expect(stateOf(kind, { status: { conditions: [{ ...ready, observedGeneration: 1 }] } })).toBe(
        'waiting',
      );
      // Without a word of its controller there may be none.
      expect(readinessOf(sampleObject(kind, 'x'))).toMatchObject({ state: 'waiting', isJudged: false });
    },
  );

  it('of a definition waits for the server, of a namespace until it is active', () => {
    expect(readinessOf(sampleObject('CustomResourceDefinition', 'x'))).toMatchObject({ isJudged: true });
    expect(stateOf('Namespace', { status: { phase: 'Active' } })).toBe('ready');
    expect(stateOf('Namespace', { status: { phase: 'Terminating' } })).toBe('waiting');
  });

  it('of what has no controller is at once', () => {
    expect(needsWaiting('Service')).toBe(false);
    expect(stateOf('Service', {})).toBe('ready');
    expect(stateOf('constructor', {})).toBe('ready');
  });
});
