import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { sampleAutoscaler, sampleManifests, sampleObject, samplePodSet } from '../testing/sample-rollout.ts';
import { keyOf } from './object-key.ts';
import { rolloutSteps, stepName } from './steps.ts';

function namesOf(steps: ReturnType<typeof rolloutSteps>): readonly string[] {
  return steps.map(stepName);
}

function liveOf(objects: readonly ClusterObject[]): ReadonlyMap<string, ClusterObject> {
  return new Map(objects.map((object) => [keyOf(object), object]));
}

describe('the steps of a rollout', () => {
  it('are the waves in order when nothing is there', () => {
    const intended = [
      ...sampleManifests(),
      sampleAutoscaler('chat-a', [1, 2]),
      sampleObject('NodePool', 'p'),
    ];
    expect(namesOf(rolloutSteps({ intended, live: new Map(), prunable: [] }))).toEqual([
      'namespaces',
      'priorities',
      'pools',
      'support',
      'workloads',
      'autoscalers',
    ]);
  });

  it('wait for everything new before the first thing shrinks or goes, and delete backward', () => {
    const live = liveOf([samplePodSet('small', 4), sampleAutoscaler('tight', [3, 9])]);
    const intended = [samplePodSet('new', 2), samplePodSet('small', 1), sampleAutoscaler('tight', [1, 9])];
    const prunable = [sampleObject('NodePool', 'p'), samplePodSet('old', 2), sampleAutoscaler('old', [1, 2])];
    expect(namesOf(rolloutSteps({ intended, live, prunable }))).toEqual([
      'workloads',
      'settle workloads',
      'shrink workloads',
      'shrink autoscalers',
      'prune autoscalers',
      'prune workloads',
      'prune pools',
    ]);
  });

  it('take an autoscaler away before its pod set states its replicas', () => {
    const prunable = [sampleAutoscaler('chat', [1, 4])];
    const steps = rolloutSteps({ intended: [samplePodSet('chat', 3)], live: new Map(), prunable });
    expect(namesOf(steps)).toEqual(['release autoscalers', 'workloads']);
  });

  it('write every object once, delete every leftover once, and never delete before all that grows is written', () => {
    const size = fc.integer({ min: 0, max: 5 });
    const sets = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), size, size), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(sets, sets, (wanted, present) => {
        const intended = wanted.map(([name, replicas]) => samplePodSet(name, replicas));
        const before = present.map(([name, , replicas]) => samplePodSet(name, replicas));
        const keys = new Set(intended.map(keyOf));
        const prunable = before.filter((object) => !keys.has(keyOf(object)));
        const steps = rolloutSteps({ intended, live: liveOf(before), prunable });
        const writes = steps.filter((step) => step.kind !== 'settle').flatMap((step) => step.writes);
        expect(writes.map(keyOf).sort()).toEqual(intended.map(keyOf).sort());
        expect(
          steps
            .flatMap((step) => step.deletes)
            .map(keyOf)
            .sort(),
        ).toEqual(prunable.map(keyOf).sort());
        const kinds = steps.map((step) => step.kind);
        const firstDrain = kinds.findIndex((kind) => kind === 'shrink' || kind === 'prune');
        if (firstDrain !== -1) expect(kinds.slice(firstDrain)).not.toContain('write');
      }),
    );
  });
});
