import { describe, expect, it } from 'vitest';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import {
  applySample,
  sampleManifests,
  sampleObject,
  samplePodSet,
  sampleRequest,
} from '../testing/sample-rollout.ts';
import { PART_OF_LABEL, applySetOf } from './apply-set.ts';
import { prepareRollout } from './prepare.ts';

async function problemsOf(
  cluster: MemoryCluster,
  manifests: readonly ClusterObject[] = sampleManifests(),
): Promise<readonly string[]> {
  cluster.writes.length = 0;
  const { diagnostics } = await prepareRollout(cluster, sampleRequest(manifests));
  expect(cluster.writes).toEqual([]);
  return diagnostics.map(({ code, summary }) => `${code}: ${summary}`);
}

async function made(cluster: MemoryCluster, ...objects: readonly ClusterObject[]): Promise<void> {
  for (const object of objects) {
    await cluster.apply(object, { fieldManager: 'somebody', force: false, isDryRun: false });
  }
}

describe('looking at a cluster before the first write', () => {
  it('finds nothing wrong with an empty one, and says what the server could not be asked', async () => {
    expect(await problemsOf(new MemoryCluster())).toEqual([
      'apply-unchecked: The namespace or kind of 3 objects is made by this apply; the server checks them when they are written.',
    ]);
  });

  it('names every kind that is not served and every permission that is missing, together', async () => {
    const cluster = new MemoryCluster({
      unserved: ['PodDisruptionBudget.policy'],
      denied: ['patch services', 'delete services', 'list deployments', 'create configmaps'],
    });
    expect(await problemsOf(cluster)).toEqual([
      'apply-missing-kind: The cluster does not serve PodDisruptionBudget.policy in version policy/v1; the plan has 1 of them.',
      'apply-missing-permission: You may not create configmaps in namespace plimsoll-system.',
      'apply-missing-permission: You may not list deployments.apps in namespace llm.',
      'apply-missing-permission: You may not patch, delete services in namespace llm.',
    ]);
  });

  it('names all permissions where not even namespaces may be read', async () => {
    const found = await problemsOf(new MemoryCluster({ denied: ['get namespaces', 'patch services'] }));
    expect(found).toEqual([
      'apply-missing-permission: You may not get namespaces in the whole cluster.',
      'apply-missing-permission: You may not patch services in namespace llm.',
    ]);
  });

  it('does not miss a kind that the plan itself defines', async () => {
    const definition = {
      ...sampleObject('CustomResourceDefinition', 'unicorns.example.com', {
        spec: { group: 'example.com', names: { kind: 'Unicorn' } },
      }),
      apiVersion: 'v1',
      kind: 'Namespace',
    };
    const unicorn = { ...sampleObject('Unicorn', 'u'), apiVersion: 'example.com/v1' };
    const [missing] = await problemsOf(new MemoryCluster(), [...sampleManifests(), unicorn]);
    expect(missing).toContain('apply-missing-kind');
    const known = { ...definition, kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1' };
    const found = await problemsOf(new MemoryCluster(), [...sampleManifests(), known, unicorn]);
    expect(found.filter((problem) => problem.includes('Unicorn'))).toEqual([]);
  });

  it('refuses a namespace that is being deleted, and one that nobody makes', async () => {
    const cluster = new MemoryCluster();
    await made(cluster, sampleObject('Namespace', 'llm'));
    const live = cluster.objects.get('Namespace//llm') as ClusterObject;
    cluster.objects.set('Namespace//llm', {
      ...live,
      metadata: { ...live.metadata, deletionTimestamp: '2026-11-22T00:00:00Z' },
    });
    expect((await problemsOf(cluster))[0]).toMatch(/^apply-namespace-terminating: Namespace llm/);
    const homeless = sampleManifests().filter((object) => object.kind !== 'Namespace');
    expect((await problemsOf(new MemoryCluster(), homeless))[0]).toMatch(
      /^apply-refused: Namespace llm does not exist/,
    );
  });

  it('refuses names that others took, tells whose set they are in, and uses a namespace as it is', async () => {
    const cluster = new MemoryCluster();
    await made(
      cluster,
      sampleObject('Namespace', 'llm'),
      sampleObject('Service', 'chat'),
      sampleObject('PriorityClass', 'chat-base', { labels: { [PART_OF_LABEL]: 'applyset-other-v1' } }),
    );
    const { diagnostics, intended } = await prepareRollout(cluster, sampleRequest(sampleManifests()));
    const found = diagnostics.map(({ code, path, detail }) => `${code} ${path} ${detail}`);
    expect(found[0]).toContain('apply-namespace-kept llm');
    expect(found[1]).toMatch(/apply-name-taken PriorityClass chat-base .*applyset-other-v1/);
    expect(found[2]).toMatch(/apply-name-taken Service llm\/chat .*no set/);
    expect(intended.map((object) => object.kind)).not.toContain('Namespace');
  });

  it('takes over an object that was given the label of the set', async () => {
    const cluster = new MemoryCluster();
    const label = { [PART_OF_LABEL]: applySetOf('chat').id };
    await made(cluster, sampleObject('Namespace', 'llm'), sampleObject('Service', 'chat', { labels: label }));
    const { result } = await applySample(cluster, sampleManifests());
    expect(result?.outcome).toBe('complete');
  });

  it('tells changes by others since the last apply from conflicts, which an unfinished run leaves', async () => {
    const cluster = new MemoryCluster();
    await applySample(cluster, sampleManifests());
    cluster.edit(
      'Deployment.apps/llm/chat-a',
      'kubectl-edit',
      (object) => ({ ...object, spec: { replicas: 7 } }),
      { 'f:spec': { 'f:replicas': {} } },
    );
    expect(await problemsOf(cluster)).toEqual([
      'apply-live-changed: 1 object of the plan changed in the cluster since the last apply: Deployment llm/chat-a.',
    ]);
    const parent = cluster.objects.get(
      `ConfigMap/plimsoll-system/${applySetOf('chat').name}`,
    ) as ClusterObject;
    cluster.objects.set(`ConfigMap/plimsoll-system/${applySetOf('chat').name}`, {
      ...parent,
      data: { ...(parent['data'] as object), state: 'applying' },
    });
    expect(await problemsOf(cluster)).toEqual([expect.stringContaining('apply-field-conflict')]);
    const { result } = await applySample(cluster, sampleManifests(), { force: true });
    expect(result?.outcome).toBe('complete');
    expect(cluster.objects.get('Deployment.apps/llm/chat-a')?.['spec']).toMatchObject({ replicas: 2 });
  });

  it('shows no secret among the changes', async () => {
    const cluster = new MemoryCluster();
    const pods = (value: string) => {
      const object = samplePodSet('chat', 1);
      return {
        ...object,
        spec: { replicas: 1, env: [{ name: 'API_TOKEN', value }], args: [`--api-key=${value}`] },
      };
    };
    await applySample(cluster, [sampleObject('Namespace', 'llm'), pods('hunter1')]);
    const { prepared } = await applySample(cluster, [sampleObject('Namespace', 'llm'), pods('hunter2')]);
    const text = JSON.stringify(prepared.changes);
    expect(text).toContain('API_TOKEN');
    expect(text).not.toMatch(/hunter/);
  });
});
