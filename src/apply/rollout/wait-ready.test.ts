import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { fastClock, sampleObject, samplePodSet } from '../testing/sample-rollout.ts';
import { applySetOf, asMember } from './apply-set.ts';
import { keyOf } from './object-key.ts';
import { GRACE_SECONDS } from './readiness.ts';
import { waitReady } from './wait-ready.ts';
import type { WaitSettings } from './wait-ready.ts';

const SET = applySetOf('chat');

/** A cluster that holds the objects with the status they are given, and what waiting for them needs. */
async function waiting(objects: readonly ClusterObject[], settings: Partial<WaitSettings> = {}) {
  const cluster = new MemoryCluster();
  const members = [sampleObject('Namespace', 'llm'), ...objects].map((object) => asMember(object, SET));
  for (const member of members) {
    const stored = await cluster.apply(member, { fieldManager: 'plimsoll', force: false, isDryRun: false });
    const { status } = member;
    cluster.objects.set(keyOf(member), { ...stored, ...(status === undefined ? {} : { status }) });
  }
  const clock = fastClock();
  const found = await waitReady(members, {
    client: cluster,
    clock,
    setId: SET.id,
    deadline: 60,
    checkStopped: () => undefined,
    onProgress: () => undefined,
    ...settings,
  });
  return { found, seconds: clock.now() };
}

function stuckPods(name: string): ClusterObject {
  return { ...samplePodSet(name, 2), status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2 } };
}

describe('waiting', () => {
  it('ends at once when all is ready', async () => {
    expect(await waiting([samplePodSet('a', 3)])).toEqual({ found: undefined, seconds: 0 });
  });

  it('ends with its time, and tells of each object what it lacks; of many the first ten', async () => {
    const { found, seconds } = await waiting(
      Array.from({ length: 12 }, (_, index) => stuckPods(`pods-${index}`)),
    );
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(found).toMatchObject({
      code: 'apply-not-ready',
      summary: '12 objects did not become ready in time.',
    });
    expect(found?.detail.split('\n')).toHaveLength(11);
    expect(found?.detail).toContain('Deployment llm/pods-0: 0 of 2 pods are available');
    expect(found?.detail).toContain('and 2 more');
  });

  it('ends early where an object is beyond help', async () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    const { found, seconds } = await waiting([
      { ...stuckPods('a'), status: { observedGeneration: 1, conditions } },
    ]);
    expect(found?.summary).toBe('1 object did not become ready.');
    expect(seconds).toBe(0);
  });

  it('gives a controller that does not speak a few seconds, and no longer', async () => {
    const silent = { ...sampleObject('NodePool', 'p'), status: {} };
    const { found, seconds } = await waiting([silent]);
    expect(found).toBeUndefined();
    expect(seconds).toBeGreaterThanOrEqual(GRACE_SECONDS);
    expect(seconds).toBeLessThan(2 * GRACE_SECONDS);
    expect(await waiting([silent], { deadline: 1 })).toMatchObject({ found: undefined });
  });

  it('stops when the user wants to', async () => {
    const stop = new Error('stop');
    const checkStopped = (): void => {
      throw stop;
    };
    await expect(waiting([stuckPods('a')], { checkStopped })).rejects.toBe(stop);
  });
});
