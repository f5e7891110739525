import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../../cluster/cluster-client.ts';
import { ClusterError } from '../../cluster/cluster-client.ts';
import { applySetOf } from '../../rollout/apply-set.ts';
import { dumpClient } from '../dump-client.ts';
import { compareCluster } from './compare-cluster.ts';

const OWN = { 'app.kubernetes.io/managed-by': 'plimsoll', 'app.kubernetes.io/part-of': 'shop' };

function object(kind: string, name: string, labels: Record<string, string> = OWN): ClusterObject {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1';
  return { apiVersion, kind, metadata: { name, namespace: 'a', labels } };
}

const PLANNED = [object('Deployment', 'web'), object('Service', 'web')];
const SET = { 'applyset.kubernetes.io/part-of': applySetOf('shop').id };
const PARENT: ClusterObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'plimsoll-shop',
    namespace: 'plimsoll-system',
    labels: { 'applyset.kubernetes.io/id': applySetOf('shop').id },
    annotations: { 'applyset.kubernetes.io/contains-group-kinds': 'Deployment.apps,PersistentVolumeClaim' },
  },
  data: { 'plan-hash': 'abc' },
};

async function states(objects: readonly ClusterObject[]): Promise<readonly string[]> {
  const found = await compareCluster(dumpClient(objects, 'test'), { stack: 'shop', manifests: PLANNED });
  return found.objects.map(({ kind, name, state }) => `${kind}/${name} ${state}`);
}

describe('a cluster held against a plan', () => {
  it('names missing objects', async () => {
    expect(await states([object('Service', 'web')])).toEqual(['Deployment/web missing', 'Service/web same']);
  });

  it('finds objects of its set that are not planned, of kinds that only the set remembers too', async () => {
    const objects = [
      PARENT,
      ...PLANNED,
      object('Deployment', 'old', SET),
      object('PersistentVolumeClaim', 'gone', SET),
      object('Deployment', 'foreign', { 'applyset.kubernetes.io/part-of': 'applyset-2-v1' }),
    ];
    expect(await states(objects)).toEqual([
      'Deployment/old extra',
      'Deployment/web same',
      'PersistentVolumeClaim/gone extra',
      'Service/web same',
    ]);
  });

  it('goes by its own labels where apply left no set', async () => {
    const other = { ...OWN, 'app.kubernetes.io/part-of': 'other' };
    const objects = [...PLANNED, object('Deployment', 'old'), object('Deployment', 'theirs', other)];
    expect(await states(objects)).toEqual([
      'Deployment/old extra',
      'Deployment/web same',
      'Service/web same',
    ]);
  });

  it('tells which plan was applied last, and how far', async () => {
    const found = await compareCluster(dumpClient([PARENT], 'test'), { stack: 'shop', manifests: [] });
    expect(found.lastRun).toMatchObject({ planHash: 'abc', state: 'applying' });
  });

  it('goes on where the server does not know a kind, and stops at any other refusal', async () => {
    const client = dumpClient(PLANNED, 'test');
    const failing = (failure: ClusterError['failure']) => ({
      ...client,
      get: (ref: Parameters<typeof client.get>[0]) =>
        ref.kind === 'Service' ? Promise.reject(new ClusterError(failure, 'no')) : client.get(ref),
    });
    const plan = { stack: 'shop', manifests: PLANNED };
    const found = await compareCluster(failing('unknown-kind'), plan);
    expect(found.objects.map(({ state }) => state)).toEqual(['same', 'unknown-kind']);
    await expect(compareCluster(failing('forbidden'), plan)).rejects.toThrow('no');
  });
});
