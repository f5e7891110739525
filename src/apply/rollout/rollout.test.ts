import { describe, expect, it } from 'vitest';
import { ClusterError } from '../cluster/cluster-client.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import {
  applySample,
  sampleAutoscaler,
  sampleManifests,
  sampleObject,
  samplePodSet,
} from '../testing/sample-rollout.ts';
import { PART_OF_LABEL, applySetOf, readParent } from './apply-set.ts';
import type { SetRecord } from './apply-set.ts';
import { keyOf } from './object-key.ts';

const SET = applySetOf('chat');

function parentOf(cluster: MemoryCluster): SetRecord {
  const parent = cluster.objects.get(`ConfigMap/plimsoll-system/${SET.name}`);
  if (parent === undefined) throw new Error('there is no parent');
  return readParent(parent);
}

/** Keys of all objects but the parent and its namespace, sorted. */
function keysOf(cluster: MemoryCluster): readonly string[] {
  return [...cluster.objects.keys()].filter((key) => !key.includes('plimsoll-')).sort();
}

const WITHOUT_SERVICE = sampleManifests().filter((object) => object.kind !== 'Service');

describe('a rollout into an empty cluster', () => {
  it('makes every object, as a member of the set, after the parent and in the order of the waves', async () => {
    const cluster = new MemoryCluster();
    const { result } = await applySample(cluster, sampleManifests());
    expect(result?.outcome).toBe('complete');
    expect(keysOf(cluster)).toEqual(sampleManifests().map(keyOf).sort());
    for (const key of keysOf(cluster)) {
      expect(cluster.objects.get(key)?.metadata.labels?.[PART_OF_LABEL]).toBe(SET.id);
    }
    const written = cluster.writes.filter((write) => !write.includes('plimsoll-'));
    expect(written).toEqual([
      'apply Namespace//llm',
      'apply PriorityClass.scheduling.k8s.io//chat-base',
      'apply PodDisruptionBudget.policy/llm/chat',
      'apply Service/llm/chat',
      'apply Deployment.apps/llm/chat-a',
    ]);
    expect(cluster.writes[1]).toBe(`apply ConfigMap/plimsoll-system/${SET.name}`);
  });

  it('leaves a parent that knows plan, kinds and namespaces', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    expect(parentOf(cluster)).toMatchObject({
      state: 'complete',
      step: '',
      planHash: 'hash-5',
      namespaces: ['llm'],
      groupKinds: [
        'Deployment.apps',
        'Namespace',
        'PodDisruptionBudget.policy',
        'PriorityClass.scheduling.k8s.io',
        'Service',
      ],
    });
  });
});

describe('a rollout of a plan that is there', () => {
  it('writes no object again', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    cluster.writes.length = 0;
    const { prepared } = await applySample(cluster, sampleManifests());
    expect(prepared.changes.map((change) => change.action)).toEqual(Array(5).fill('unchanged'));
    expect(new Set(cluster.writes)).toEqual(new Set([`apply ConfigMap/plimsoll-system/${SET.name}`]));
  });

  it('names the field that changes and writes that object alone', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    cluster.writes.length = 0;
    const { prepared } = await applySample(cluster, sampleManifests(3));
    expect(prepared.changes.filter((change) => change.action !== 'unchanged')).toMatchObject([
      { name: 'chat-a', action: 'change', changes: [{ path: ['spec', 'replicas'], before: 2, after: 3 }] },
    ]);
    expect(cluster.writes.filter((write) => !write.includes('plimsoll-'))).toEqual([
      'apply Deployment.apps/llm/chat-a',
    ]);
  });

  it('deletes what the plan no longer has, and forgets its kind only then', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    const { prepared } = await applySample(cluster, WITHOUT_SERVICE);
    expect(prepared.changes.at(-1)).toMatchObject({
      action: 'delete',
      kind: 'Service',
      step: 'prune support',
    });
    expect(keysOf(cluster)).toEqual(WITHOUT_SERVICE.map(keyOf).sort());
    expect(parentOf(cluster).groupKinds).not.toContain('Service');
  });

  it('finds its members again when the parent was deleted', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    cluster.objects.delete(`ConfigMap/plimsoll-system/${SET.name}`);
    await applySample(cluster, WITHOUT_SERVICE);
    expect(keysOf(cluster)).toEqual(WITHOUT_SERVICE.map(keyOf).sort());
    expect(parentOf(cluster)).toMatchObject({ state: 'complete' });
  });

  it('keeps an object that got the label of the set by hand, and namespaces', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    await cluster.apply(sampleObject('Service', 'theirs', { labels: { [PART_OF_LABEL]: SET.id } }), {
      fieldManager: 'kubectl',
      force: false,
      isDryRun: false,
    });
    const { prepared } = await applySample(cluster, []);
    expect(prepared.leftovers.kept.map(({ object }) => object.metadata.name).sort()).toEqual([
      'llm',
      'theirs',
    ]);
    expect(keysOf(cluster)).toEqual(['Namespace//llm', 'Service/llm/theirs']);
  });
});

describe('a change of pod sets', () => {
  const old = [sampleObject('Namespace', 'llm'), samplePodSet('chat-old', 4)];

  it('makes the new ones ready before the old ones go or shrink', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, [...old, samplePodSet('chat-small', 5)]);
    cluster.writes.length = 0;
    await applySample(cluster, [
      old[0] as ClusterObject,
      samplePodSet('chat-small', 1),
      samplePodSet('chat-new', 4),
    ]);
    expect(cluster.writes.filter((write) => !write.includes('plimsoll-'))).toEqual([
      'apply Deployment.apps/llm/chat-new',
      'apply Deployment.apps/llm/chat-small',
      'delete Deployment.apps/llm/chat-old',
    ]);
  });

  it('starts a scaled set that takes the place of another with all its replicas, and one that does not with the fewest', async () => {
    const scaled = [samplePodSet('chat-new', [2, 6]), sampleAutoscaler('chat-new', [2, 6])];
    const replacing = new MemoryCluster();
    await applySample(replacing, old);
    await applySample(replacing, [old[0] as ClusterObject, ...scaled]);
    expect(replacing.objects.get('Deployment.apps/llm/chat-new')?.['spec']).toMatchObject({ replicas: 6 });
    const empty = new MemoryCluster();
    await applySample(empty, [old[0] as ClusterObject, ...scaled]);
    expect(empty.objects.get('Deployment.apps/llm/chat-new')?.['spec']).toMatchObject({ replicas: 2 });
  });

  it('leaves the replicas as they are when an autoscaler takes over', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, [old[0] as ClusterObject, samplePodSet('chat', 4)]);
    const scaled = [samplePodSet('chat', [2, 6]), sampleAutoscaler('chat', [2, 6])];
    const { prepared } = await applySample(cluster, [old[0] as ClusterObject, ...scaled]);
    expect(cluster.objects.get('Deployment.apps/llm/chat')?.['spec']).toMatchObject({ replicas: 4 });
    const change = prepared.changes.find((item) => item.kind === 'Deployment');
    expect(change?.changes.map((item) => item.path)).not.toContainEqual(['spec', 'replicas']);
  });

  it('takes the replicas back from an autoscaler, which goes first', async () => {
    const cluster = new MemoryCluster();
    const scaled = [samplePodSet('chat', [2, 6]), sampleAutoscaler('chat', [2, 6])];
    await applySample(cluster, [old[0] as ClusterObject, ...scaled]);
    cluster.edit(
      'Deployment.apps/llm/chat',
      'kube-controller-manager',
      (object) => ({ ...object, spec: { ...(object['spec'] as object), replicas: 5 } }),
      { 'f:spec': { 'f:replicas': {} } },
    );
    const live = cluster.objects.get('Deployment.apps/llm/chat');
    const entries = live?.metadata.managedFields?.map((entry) =>
      entry.manager === 'kube-controller-manager' ? { ...entry, subresource: 'scale' } : entry,
    );
    cluster.objects.set('Deployment.apps/llm/chat', {
      ...(live as ClusterObject),
      metadata: { ...(live as ClusterObject).metadata, managedFields: entries ?? [] },
    });
    cluster.writes.length = 0;
    const { result } = await applySample(cluster, [old[0] as ClusterObject, samplePodSet('chat', 3)]);
    expect(result?.outcome).toBe('complete');
    expect(cluster.objects.get('Deployment.apps/llm/chat')?.['spec']).toMatchObject({ replicas: 3 });
    expect(cluster.writes.find((write) => !write.includes('plimsoll-'))).toBe(
      'delete ScaledObject.keda.sh/llm/chat',
    );
    const owners = cluster.objects
      .get('Deployment.apps/llm/chat')
      ?.metadata.managedFields?.map((entry) => entry.manager);
    expect(owners).not.toContain('plimsoll-replicas');
  });
});

/** The cluster, but the request of this number fails: before anything happens, or with its answer lost. */
function failingAt(cluster: MemoryCluster, number: number, when: 'before' | 'after'): ClusterClient {
  let count = 0;
  const gone = () => new ClusterError('unreachable', 'gone');
  const through = async <T>(request: () => Promise<T>): Promise<T> => {
    const isHit = ++count >= number;
    if (isHit && (when === 'before' || count > number)) throw gone();
    const answer = await request();
    if (isHit) throw gone();
    return answer;
  };
  return {
    description: cluster.description,
    serverVersion: () => through(() => cluster.serverVersion()),
    servedKind: (version, kind) => through(() => cluster.servedKind(version, kind)),
    servedKinds: () => through(() => cluster.servedKinds()),
    get: (ref) => through(() => cluster.get(ref)),
    list: (kind, options) => through(() => cluster.list(kind, options)),
    apply: (object, options) => through(() => cluster.apply(object, options)),
    delete: (ref, options) => through(() => cluster.delete(ref, options)),
    mayDo: (questions) => through(() => cluster.mayDo(questions)),
  };
}

describe('a rollout that is cut off', () => {
  const before = [
    ...sampleManifests(),
    samplePodSet('chat-old', 3),
    sampleObject('ConfigMap', 'old', { data: { a: '1' } }),
  ];
  const after = [
    ...sampleManifests(1),
    samplePodSet('chat-new', [2, 6]),
    sampleAutoscaler('chat-new', [2, 6]),
    sampleObject('NodePool', 'new', { spec: { weight: 1 } }),
  ];

  it.each(['before', 'after'] as const)(
    'at any request, %s it takes effect, ends in the same state when it is run again',
    async (when) => {
      const whole = new MemoryCluster();
      await applySample(whole, before);
      await applySample(whole, after);
      for (let number = 1; ; number++) {
        const cluster = new MemoryCluster();
        await applySample(cluster, before);
        const cut = await applySample(failingAt(cluster, number, when), after, { run: 'cut' }).catch(
          (error: unknown) => {
            expect(error).toBeInstanceOf(ClusterError);
            return undefined;
          },
        );
        const resumed = await applySample(cluster, after, { run: 'resumed' });
        expect(resumed.prepared.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
        expect(keysOf(cluster)).toEqual(keysOf(whole));
        expect(parentOf(cluster)).toMatchObject({
          ...parentOf(whole),
          run: 'resumed',
          resourceVersion: expect.any(String),
        });
        for (const key of keysOf(whole)) {
          expect(cluster.objects.get(key)?.['spec']).toEqual(whole.objects.get(key)?.['spec']);
        }
        if (cut?.result?.outcome === 'complete') return expect(number).toBeGreaterThan(40);
      }
    },
  );

  it('tells what was done, what not and where it stopped', async () => {
    const cluster = new MemoryCluster();
    const stop = new AbortController();
    const { result } = await applySample(cluster, sampleManifests(), {
      signal: stop.signal,
      onProgress: (step) => {
        if (step === 'priorities') stop.abort();
      },
    });
    expect(result?.outcome).toBe('interrupted');
    expect(result?.diagnostics.map((item) => item.code)).toEqual(['engine-interrupted']);
    expect(result?.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'namespaces done',
      'priorities done',
      'support stopped',
      'workloads not-started',
    ]);
    expect([...(result?.fates ?? [])].filter(([, fate]) => fate === 'done')).toHaveLength(2);
    expect(parentOf(cluster)).toMatchObject({ state: 'applying', step: 'priorities' });
  });

  it('stops when another run writes to the same set', async () => {
    const cluster = new MemoryCluster();
    let isFirst = true;
    const { result } = await applySample(cluster, sampleManifests(), {
      run: 'slow',
      onProgress: () => {
        if (!isFirst) return;
        isFirst = false;
        const parent = cluster.objects.get(`ConfigMap/plimsoll-system/${SET.name}`) as ClusterObject;
        cluster.objects.set(keyOf(parent), {
          ...parent,
          metadata: { ...parent.metadata, resourceVersion: 'other' },
          data: { ...(parent['data'] as object), run: 'fast' },
        });
      },
    });
    expect(result?.diagnostics.map((item) => item.code)).toEqual(['apply-concurrent']);
  });
});
