import { afterAll, beforeAll, expect, test } from 'vitest';
import { applySetOf, poolRoom } from '../../src/apply/index.ts';
import type { ClusterClient, ClusterObject } from '../../src/apply/index.ts';
import { applyObjects, clientOf, deployment, inNamespace, namespaceObject } from './apply-fixtures.ts';
import { describeCluster } from './support/describe-cluster.ts';

const STACK = 'drain-first';
const WORKLOAD = { 'plimsoll.dev/workload': 'chat' };
const CORES = 4;

/** Four pods of a core each, on the only node that they may have, which has four cores. */
function podSet(name: string): ClusterObject {
  const made = deployment(STACK, name, CORES);
  const spec = made['spec'] as { template: { metadata: object; spec: { containers: object[] } } };
  const containers = spec.template.spec.containers.map((container) => ({
    ...container,
    resources: { requests: { cpu: '1' } },
  }));
  const template = {
    metadata: { labels: { app: name, ...WORKLOAD } },
    spec: { ...spec.template.spec, containers, nodeSelector: { 'plimsoll.dev/pool': 'own' } },
  };
  return {
    ...made,
    metadata: { ...made.metadata, labels: { ...made.metadata.labels, ...WORKLOAD } },
    spec: { ...spec, template },
  };
}

function objectsOf(name: string): readonly ClusterObject[] {
  const budget = inNamespace(STACK, 'policy/v1', 'PodDisruptionBudget', 'chat');
  const made = budget({ spec: { maxUnavailable: 1, selector: { matchLabels: WORKLOAD } } });
  const labels = { ...made.metadata.labels, ...WORKLOAD };
  return [namespaceObject(STACK), { ...made, metadata: { ...made.metadata, labels } }, podSet(name)];
}

describeCluster(
  'apply where old and new pods cannot be there at once',
  ({ rest, createNodes, kubeconfig }) => {
    let client: ClusterClient;
    const rooms = [poolRoom('own', { cpu: CORES * 1000 })];

    /** Pods of the workload that run, seen over and over until stopped: fewest and most. */
    function watched(): { readonly stop: () => Promise<readonly [fewest: number, most: number]> } {
      let isStopped = false;
      const seen: number[] = [];
      const looking = (async () => {
        while (!isStopped) {
          const pods = await rest.list(
            `/api/v1/namespaces/${STACK}/pods?labelSelector=plimsoll.dev/workload=chat`,
          );
          const running = pods.filter(
            ({ status, metadata }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined,
          );
          seen.push(running.length);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      return {
        stop: async () => {
          isStopped = true;
          await looking;
          return [Math.min(...seen), Math.max(...seen)];
        },
      };
    }

    beforeAll(async () => {
      client = await clientOf(kubeconfig);
      await createNodes([
        {
          name: 'drain-first-own',
          zone: 'a',
          labels: { 'plimsoll.dev/pool': 'own' },
          allocatable: { cpu: String(CORES), memory: '64Gi' },
        },
      ]);
    });

    afterAll(async () => {
      await rest.delete(`/api/v1/namespaces/${STACK}`);
      await rest.delete(`/api/v1/namespaces/plimsoll-system/configmaps/${applySetOf(STACK).name}`);
      await rest.delete('/api/v1/nodes/drain-first-own');
    });

    test('old pods give way to new ones one by one, as the disruption budget lets them', async () => {
      const first = await applyObjects(client, { stack: STACK, manifests: objectsOf('old'), rooms });
      expect(first.result?.outcome).toBe('complete');
      const watch = watched();
      const second = await applyObjects(client, { stack: STACK, manifests: objectsOf('new'), rooms });
      const [fewest, most] = await watch.stop();
      expect(second.errors).toEqual([]);
      expect(
        second.result?.steps.map(({ name }) => name).filter((name) => name === 'drain workloads'),
      ).toHaveLength(CORES);
      expect({ fewest, most }).toEqual({ fewest: CORES - 1, most: CORES });
      const names = (await rest.list(`/apis/apps/v1/namespaces/${STACK}/deployments`)).map(
        ({ metadata, status }) => [metadata.name, status.availableReplicas],
      );
      expect(names).toEqual([['new', CORES]]);
    });

    test('surge first alone would wait for room that never comes', async () => {
      const stuck = await applyObjects(
        client,
        { stack: STACK, manifests: objectsOf('newer') },
        { timeoutSeconds: 3 },
      );
      expect(stuck.errors).toContain('apply-not-ready');
      const resumed = await applyObjects(client, { stack: STACK, manifests: objectsOf('newer'), rooms });
      expect(resumed.result?.outcome).toBe('complete');
    });
  },
);
