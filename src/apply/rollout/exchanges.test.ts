import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { applySample, sampleAutoscaler, sampleObject, samplePodSet } from '../testing/sample-rollout.ts';
import { exchangesOf } from './exchanges.ts';
import type { Exchanges } from './exchanges.ts';
import { keyOf } from './object-key.ts';
import { poolRoom, quotaRoom } from './rooms.ts';

/** A pod set of the workload `chat` on the pool `own` whose replicas take devices. */
function onOwn(name: string, replicas: number | readonly [number, number], devices = 1): ClusterObject {
  const podSet = samplePodSet(name, replicas);
  const template = {
    spec: {
      nodeSelector: { 'plimsoll.dev/pool': 'own' },
      priorityClassName: 'chat-base',
      containers: [{ resources: { requests: { cpu: '1', 'nvidia.com/gpu': String(devices) } } }],
    },
  };
  return { ...podSet, spec: { ...(podSet['spec'] as object), template } };
}

function budget(maxUnavailable: number): ClusterObject {
  return sampleObject('PodDisruptionBudget', 'chat', {
    labels: { 'plimsoll.dev/workload': 'chat' },
    spec: { maxUnavailable },
  });
}

const own = (devices: number) => poolRoom('own', { 'nvidia.com/gpu': devices });

/** What happens between the old pod sets and the new ones. */
function between(
  old: readonly ClusterObject[],
  fresh: readonly ClusterObject[],
  { devices = 4, most = 1 } = {},
): Exchanges {
  return exchangesOf({
    intended: [...fresh, budget(most)],
    live: new Map(),
    prunable: old,
    rooms: [own(devices)],
  });
}

const told = ({ strides }: Exchanges): readonly string[] =>
  strides.map(
    ({ kind, counts }) => `${kind} ${[...counts].map(([key, n]) => `${key.slice(-1)}=${n}`).join()}`,
  );
const codes = ({ diagnostics }: Exchanges): readonly string[] => diagnostics.map(({ code }) => code);

describe('pod sets that take the place of others', () => {
  it('are written before anything goes where there is room for both', () => {
    expect(between([onOwn('a', 2)], [onOwn('b', 2)])).toMatchObject({ strides: [], diagnostics: [] });
    expect(between([samplePodSet('a', 4)], [onOwn('b', 4)]).strides).toEqual([]);
  });

  it('take turns by the disruption budget where there is none', () => {
    const exchanges = between([onOwn('a', 4)], [onOwn('b', 4)], { most: 2 });
    expect([...exchanges.start.values()]).toEqual([0]);
    expect(told(exchanges)).toEqual(['drain a=2', 'fill b=2', 'drain a=0', 'fill b=4']);
    expect(codes(exchanges)).toEqual(['apply-drain-first']);
  });

  it('use the room that is left first', () => {
    const exchanges = between([onOwn('a', 2)], [onOwn('b', 3)]);
    expect([...exchanges.start.values()]).toEqual([2]);
    expect(told(exchanges)).toEqual(['drain a=1', 'fill b=3']);
  });

  it('are refused where a new one needs the room of more old ones than may go', () => {
    const wide = [onOwn('b', 1, 4)];
    expect(codes(between([onOwn('a', 4)], wide, { most: 2 }))).toEqual(['apply-no-room']);
    expect(codes(between([onOwn('a', 4)], wide, { most: 4 }))).toEqual(['apply-drain-first']);
  });

  it('count against a quota of their priority class as well', () => {
    const quota = sampleObject('ResourceQuota', 'chat', {
      spec: {
        hard: { 'requests.cpu': '2', pods: '9' },
        scopeSelector: { matchExpressions: [{ values: ['chat-base'] }] },
      },
    });
    const room = quotaRoom(quota);
    if (room === undefined) throw new Error('no room');
    const facts = { intended: [onOwn('b', 2)], live: new Map(), prunable: [onOwn('a', 2)], rooms: [room] };
    expect(told(exchangesOf(facts))).toEqual(['drain a=1', 'fill b=1', 'drain a=0', 'fill b=2']);
    expect(exchangesOf({ ...facts, prunable: [samplePodSet('a', 2)] }).strides).toEqual([]);
  });

  it('never need more than the room, lose no more than the budget, and end with all that is planned', () => {
    const count = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(count, count, count, fc.integer({ min: 1, max: 3 }), (a, b, c, most) => {
        const devices = Math.max(a + b, c, 1);
        const old = [onOwn('a', a), onOwn('b', b)];
        const exchanges = between(old, [onOwn('c', c)], { devices, most });
        if (exchanges.strides.length === 0) return;
        const now = new Map(
          [...old.map((set) => [keyOf(set), set] as const)].map(([key], i) => [key, [a, b][i] ?? 0]),
        );
        for (const [key, n] of exchanges.start) now.set(key, n);
        const total = (): number => [...now.values()].reduce((sum, n) => sum + n, 0);
        for (const { kind, counts } of exchanges.strides) {
          const before = total();
          for (const [key, n] of counts) now.set(key, n);
          if (kind === 'drain') expect(before - total()).toBeLessThanOrEqual(most);
          expect(total()).toBeLessThanOrEqual(devices);
        }
        expect(now.get(keyOf(onOwn('c', c)))).toBe(c);
      }),
    );
  });
});

describe('a rollout without room for old and new', () => {
  const namespace = sampleObject('Namespace', 'llm');
  const writesOf = (cluster: MemoryCluster): readonly string[] =>
    cluster.writes.filter((write) => write.includes('Deployment') || write.includes('Scaled'));

  it('drains and fills in turns, and ends with what is planned alone', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, [namespace, budget(2), onOwn('chat-a', 4)]);
    cluster.writes.length = 0;
    const { prepared, result } = await applySample(cluster, [namespace, budget(2), onOwn('chat-b', 4)], {
      rooms: [own(4)],
    });
    expect(result?.outcome).toBe('complete');
    expect(prepared.diagnostics.map(({ code }) => code)).toContain('apply-drain-first');
    expect(prepared.changes.map(({ action, name }) => `${action} ${name}`)).toContain('create chat-b');
    expect(writesOf(cluster).map((write) => write.replace('Deployment.apps/llm/', ''))).toEqual([
      'apply chat-b',
      'apply chat-a',
      'apply chat-b',
      'apply chat-a',
      'apply chat-b',
      'delete chat-a',
    ]);
    expect(cluster.objects.get('Deployment.apps/llm/chat-b')?.['spec']).toMatchObject({ replicas: 4 });
    const again = await applySample(cluster, [namespace, budget(2), onOwn('chat-b', 4)], { rooms: [own(4)] });
    expect(again.prepared.changes.every(({ action }) => action === 'unchanged')).toBe(true);
  });

  it('takes the autoscaler of what gives way first, and lets the new one have its own at the end', async () => {
    const cluster = new MemoryCluster();
    const scaled = (name: string) => [onOwn(name, [2, 4]), sampleAutoscaler(name, [2, 4])];
    await applySample(cluster, [namespace, budget(2), ...scaled('chat-a')]);
    cluster.writes.length = 0;
    const { result } = await applySample(cluster, [namespace, budget(2), ...scaled('chat-b')], {
      rooms: [own(4)],
    });
    expect(result?.outcome).toBe('complete');
    const writes = writesOf(cluster);
    expect(writes[0]).toBe('delete ScaledObject.keda.sh/llm/chat-a');
    expect(writes.indexOf('apply ScaledObject.keda.sh/llm/chat-b')).toBeGreaterThan(
      writes.lastIndexOf('apply Deployment.apps/llm/chat-b'),
    );
    expect(cluster.objects.get('Deployment.apps/llm/chat-b')?.['spec']).toMatchObject({ replicas: 4 });
    expect(cluster.objects.has('Deployment.apps/llm/chat-a')).toBe(false);
  });

  it('goes on from wherever it was cut off', async () => {
    for (let step = 1; step <= 5; step++) {
      const cluster = new MemoryCluster();
      await applySample(cluster, [namespace, budget(1), onOwn('chat-a', 3)]);
      const stop = new AbortController();
      let seen = 0;
      const after = [namespace, budget(1), onOwn('chat-b', 3)];
      await applySample(cluster, after, {
        rooms: [own(3)],
        signal: stop.signal,
        onProgress: (name) => {
          if (['drain workloads', 'fill workloads'].includes(name) && ++seen === step) stop.abort();
        },
      });
      const resumed = await applySample(cluster, after, { rooms: [own(3)] });
      expect(resumed.result?.outcome).toBe('complete');
      expect(cluster.objects.get('Deployment.apps/llm/chat-b')?.['spec']).toMatchObject({ replicas: 3 });
      expect(cluster.objects.has('Deployment.apps/llm/chat-a')).toBe(false);
    }
  });
});
