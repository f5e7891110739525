import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applySetOf, connectCluster, readParent } from '../../src/apply/index.ts';
import type { ClusterClient, ClusterObject } from '../../src/apply/index.ts';
import {
  applyObjects,
  clientOf,
  configMap,
  deployment,
  everythingIn,
  inNamespace,
  namesOf,
  namespaceObject,
  service,
} from './apply-fixtures.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import type { Json } from './support/rest.ts';

describeCluster(
  'apply',
  ({ rest, createNodes, kubeconfig, kubeconfigFor, expiredKubeconfig, killApiServer, startApiServer }) => {
    const used: string[] = [];
    let client: ClusterClient;

    /** A namespace of its own for each test, which is its stack as well. */
    function stackOf(name: string): string {
      used.push(`apply-${name}`);
      return `apply-${name}`;
    }

    function objectsOf(name: string): readonly ClusterObject[] {
      return [
        namespaceObject(name),
        configMap(name, 'settings', { level: 'info' }),
        service(name, 'web'),
        deployment(name, 'web', 2),
      ];
    }

    beforeAll(async () => {
      client = await clientOf(kubeconfig);
      await createNodes([
        { name: 'apply-node', zone: 'a', allocatable: { cpu: '64', memory: '64Gi', pods: '500' } },
      ]);
    });

    afterAll(async () => {
      await Promise.all(
        used.flatMap((name) => [
          rest.delete(`/api/v1/namespaces/${name}`),
          rest.delete(`/api/v1/namespaces/plimsoll-system/configmaps/${applySetOf(name).name}`),
        ]),
      );
      await rest.delete('/api/v1/nodes/apply-node');
    });

    test('makes a plan from nothing, waits for its pods, and finds nothing to do afterwards', async () => {
      const stack = stackOf('nothing');
      const first = await applyObjects(client, { stack, manifests: objectsOf(stack) });
      expect(first.errors).toEqual([]);
      expect(first.prepared.changes.map((change) => change.action)).toEqual(Array(4).fill('create'));
      const live = await rest.get(`/apis/apps/v1/namespaces/${stack}/deployments/web`);
      expect(live.status.availableReplicas).toBe(2);
      const parent = await rest.get(`/api/v1/namespaces/plimsoll-system/configmaps/plimsoll-${stack}`);
      expect(readParent(parent as ClusterObject)).toMatchObject({
        state: 'complete',
        groupKinds: ['ConfigMap', 'Deployment.apps', 'Namespace', 'Service'],
        namespaces: [stack],
      });
      const again = await applyObjects(client, { stack, manifests: objectsOf(stack) });
      expect(again.prepared.changes.map((change) => change.action)).toEqual(Array(4).fill('unchanged'));
      const after = await rest.get(`/apis/apps/v1/namespaces/${stack}/deployments/web`);
      expect(after.metadata.resourceVersion).toBe(live.metadata.resourceVersion);
    });

    test('shows the fields that change, as the server sees them, and hides secrets', async () => {
      const stack = stackOf('change');
      await applyObjects(client, { stack, manifests: objectsOf(stack) });
      const [, , , web] = objectsOf(stack) as readonly Json[];
      const container = web.spec.template.spec.containers[0];
      container.env = [
        { name: 'LEVEL', value: 'info' },
        { name: 'API_TOKEN', value: 'hunter2' },
      ];
      container.resources.requests.cpu = '0.02';
      const manifests = [...objectsOf(stack).slice(0, 3), web as ClusterObject];
      const { prepared, errors } = await applyObjects(client, { stack, manifests });
      expect(errors).toEqual([]);
      const changed = prepared.changes.filter((change) => change.action === 'change');
      expect(changed.map((change) => change.name)).toEqual(['web']);
      const text = JSON.stringify(changed);
      expect(text).toContain('"before":"10m","after":"20m"');
      expect(text).toContain('API_TOKEN');
      expect(text).not.toContain('hunter2');
    });

    test('deletes what the plan no longer has and nothing that it did not make', async () => {
      const stack = stackOf('prune');
      await applyObjects(client, { stack, manifests: objectsOf(stack) });
      const set = applySetOf(stack);
      const label = { 'applyset.kubernetes.io/part-of': set.id };
      await rest.create(`/api/v1/namespaces/${stack}/configmaps`, {
        metadata: { name: 'theirs', labels: label },
      });
      await rest.create(`/api/v1/namespaces/${stack}/configmaps`, { metadata: { name: 'other' } });
      const manifests = objectsOf(stack).filter(
        (object) => object.kind === 'Service' || object.kind === 'Namespace',
      );
      const { result, prepared } = await applyObjects(client, { stack, manifests });
      expect(result?.outcome).toBe('complete');
      expect(prepared.leftovers.kept.map(({ object }) => object.metadata.name)).toEqual(['theirs']);
      expect(await everythingIn(rest, stack)).toEqual(['ConfigMap/other', 'ConfigMap/theirs', 'Service/web']);
      const pods = await rest.list(`/api/v1/namespaces/${stack}/pods`);
      expect(pods).toEqual([]);
    });

    test('reports conflicts of fields before anything is written, and takes them only when told to', async () => {
      const stack = stackOf('conflict');
      await applyObjects(client, { stack, manifests: objectsOf(stack) });
      const path = `/apis/apps/v1/namespaces/${stack}/deployments/web`;
      const scale = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { replicas: 3 },
      };
      await rest.apply(path, scale, { manager: 'somebody', force: true });
      const manifests = [...objectsOf(stack), configMap(stack, 'more', {})];
      // Of a set that an interrupted run left: what others changed shows as a conflict.
      const parent = `/api/v1/namespaces/plimsoll-system/configmaps/plimsoll-${stack}`;
      await rest.merge(parent, { data: { state: 'applying' } });
      const refused = await applyObjects(client, { stack, manifests });
      expect(refused.errors).toEqual(['apply-field-conflict']);
      expect(refused.prepared.diagnostics.map((item) => item.detail).join()).toContain('somebody');
      expect(await everythingIn(rest, stack)).not.toContain('ConfigMap/more');
      const forced = await applyObjects(client, { stack, manifests, force: true });
      expect(forced.result?.outcome).toBe('complete');
      expect((await rest.get(path)).spec.replicas).toBe(2);
    });

    test('refuses when others changed or deleted objects since the last apply, and names them', async () => {
      const stack = stackOf('live');
      await applyObjects(client, { stack, manifests: objectsOf(stack) });
      await rest.merge(`/api/v1/namespaces/${stack}/configmaps/settings`, { data: { level: 'debug' } });
      await rest.delete(`/api/v1/namespaces/${stack}/services/web`);
      const { errors, prepared } = await applyObjects(client, { stack, manifests: objectsOf(stack) });
      expect(errors).toEqual(['apply-live-changed']);
      expect(prepared.diagnostics[0]?.detail).toMatch(
        /ConfigMap .*settings: changed \(.+\)\nService .*web: deleted/,
      );
      const forced = await applyObjects(client, { stack, manifests: objectsOf(stack), force: true });
      expect(forced.result?.outcome).toBe('complete');
      expect(await everythingIn(rest, stack)).toEqual(namesOf(objectsOf(stack)));
    });

    test('does not mind what controllers and autoscalers write', async () => {
      const stack = stackOf('scaled');
      const scaled = deployment(stack, 'web');
      const range = { 'plimsoll.dev/min-replicas': '1', 'plimsoll.dev/max-replicas': '4' };
      const manifests = [
        namespaceObject(stack),
        { ...scaled, metadata: { ...scaled.metadata, annotations: range } } as ClusterObject,
      ];
      await applyObjects(client, { stack, manifests });
      const scale = `/apis/apps/v1/namespaces/${stack}/deployments/web/scale`;
      await rest.merge(scale, { spec: { replicas: 3 } });
      const { errors, prepared } = await applyObjects(client, { stack, manifests });
      expect(errors).toEqual([]);
      expect(prepared.changes.filter((change) => change.action === 'change')).toEqual([]);
      expect((await rest.get(`/apis/apps/v1/namespaces/${stack}/deployments/web`)).spec.replicas).toBe(3);
    });

    test('hands replicas to an autoscaler and takes them back without losing a pod', async () => {
      const stack = stackOf('handover');
      const path = `/apis/apps/v1/namespaces/${stack}/deployments/web`;
      const stated = [namespaceObject(stack), deployment(stack, 'web', 3)];
      const left = deployment(stack, 'web');
      const annotations = { 'plimsoll.dev/min-replicas': '2', 'plimsoll.dev/max-replicas': '6' };
      const scaled = [
        namespaceObject(stack),
        { ...left, metadata: { ...left.metadata, annotations } } as ClusterObject,
        inNamespace(
          stack,
          'keda.sh/v1alpha1',
          'ScaledObject',
          'web',
        )({
          spec: {
            scaleTargetRef: { name: 'web' },
            minReplicaCount: 2,
            maxReplicaCount: 6,
            triggers: [{ type: 'cpu', metricType: 'Utilization', metadata: { value: '60' } }],
          },
        }),
      ];
      await applyObjects(client, { stack, manifests: stated });
      const handed = await applyObjects(client, { stack, manifests: scaled });
      expect(handed.result?.outcome).toBe('complete');
      expect((await rest.get(path)).spec.replicas).toBe(3);
      await rest.merge(`${path}/scale?fieldManager=kube-controller-manager`, { spec: { replicas: 5 } });
      const taken = await applyObjects(client, { stack, manifests: stated });
      expect(taken.errors).toEqual([]);
      const live = await rest.get(path);
      expect(live.spec.replicas).toBe(3);
      expect(live.metadata.managedFields.map((entry: Json) => entry.manager as string)).not.toContain(
        'plimsoll-replicas',
      );
      await expect(
        rest.get(`/apis/keda.sh/v1alpha1/namespaces/${stack}/scaledobjects/web`),
      ).rejects.toMatchObject({ status: 404 });
      expect((await applyObjects(client, { stack, manifests: stated })).prepared.changes).toMatchObject([
        { action: 'unchanged' },
        { action: 'unchanged' },
      ]);
    });

    test('keeps as many pods available as there were while one pod set takes the place of another', async () => {
      const stack = stackOf('surge');
      const old = [namespaceObject(stack), deployment(stack, 'old', 3)];
      await applyObjects(client, { stack, manifests: old });
      let isOver = false;
      const seen: number[] = [];
      const watching = (async () => {
        while (!isOver) {
          const sets = await rest.list(`/apis/apps/v1/namespaces/${stack}/deployments`);
          seen.push(
            sets.reduce((sum, item: Json) => sum + ((item.status.availableReplicas as number) ?? 0), 0),
          );
          await sleep(20);
        }
      })();
      const { result } = await applyObjects(client, {
        stack,
        manifests: [namespaceObject(stack), deployment(stack, 'new', 3)],
      });
      isOver = true;
      await watching;
      expect(result?.steps.map((step) => step.name)).toEqual([
        'namespaces',
        'workloads',
        'settle workloads',
        'prune workloads',
      ]);
      expect(seen.length).toBeGreaterThan(5);
      expect(Math.min(...seen)).toBe(3);
    });

    test('tells before the first write what a policy of the cluster denies', async () => {
      const stack = stackOf('denied');
      const admission = '/apis/admissionregistration.k8s.io/v1';
      const rules = [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
      ];
      const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': stack } };
      await rest.apply(`${admission}/validatingadmissionpolicies/${stack}`, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: stack },
        spec: {
          matchConstraints: { resourceRules: rules },
          validations: [{ expression: "object.metadata.name != 'settings'", message: 'no settings here' }],
        },
      });
      await rest.apply(`${admission}/validatingadmissionpolicybindings/${stack}`, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: stack },
        spec: { policyName: stack, validationActions: ['Deny'], matchResources: { namespaceSelector } },
      });
      await rest.create('/api/v1/namespaces', { metadata: { name: stack } });
      const maps = `/api/v1/namespaces/${stack}/configmaps?dryRun=All`;
      await eventually(
        () =>
          rest
            .create(maps, { metadata: { name: 'settings' } })
            .then(() => 'let in')
            .catch(() => 'denied'),
        (found) => found === 'denied',
      );
      const { errors, prepared } = await applyObjects(client, { stack, manifests: objectsOf(stack) });
      expect(errors).toEqual(['apply-denied']);
      expect(prepared.diagnostics.map((item) => item.detail).join()).toContain('no settings here');
      expect(await everythingIn(rest, stack)).toEqual([]);
      for (const kind of ['policies', 'policybindings'])
        await rest.delete(`${admission}/validatingadmission${kind}/${stack}`);
    });

    test('refuses names that somebody else took, before anything is written', async () => {
      const stack = stackOf('taken');
      await rest.create('/api/v1/namespaces', { metadata: { name: stack } });
      await rest.create(`/api/v1/namespaces/${stack}/configmaps`, { metadata: { name: 'settings' } });
      const { errors, prepared } = await applyObjects(client, { stack, manifests: objectsOf(stack) });
      expect(errors).toEqual(['apply-name-taken']);
      expect(prepared.diagnostics.map((item) => item.code)).toContain('apply-namespace-kept');
      expect(await everythingIn(rest, stack)).toEqual(['ConfigMap/settings']);
    });

    test('names kinds that the cluster does not serve, and objects it does not accept', async () => {
      const stack = stackOf('kinds');
      const unknown = inNamespace(stack, 'example.com/v1', 'Unicorn', 'u')();
      const missing = await applyObjects(client, { stack, manifests: [...objectsOf(stack), unknown] });
      expect(missing.errors).toEqual(['apply-missing-kind']);
      expect(missing.prepared.diagnostics[0]?.summary).toContain('Unicorn.example.com');
      await applyObjects(client, { stack, manifests: objectsOf(stack).slice(0, 1) });
      const wrong = inNamespace(stack, 'v1', 'Service', 'bad')({ spec: { ports: [{ port: 99999 }] } });
      const refused = await applyObjects(client, { stack, manifests: [...objectsOf(stack), wrong] });
      expect(refused.errors).toEqual(['apply-invalid-object']);
      expect(await everythingIn(rest, stack)).toEqual([]);
    });

    test('names permissions that are missing, before anything is written', async () => {
      const stack = stackOf('rights');
      const rules = [{ apiGroups: ['', 'apps'], resources: ['*'], verbs: ['get', 'list'] }];
      const weak = await clientOf(await kubeconfigFor({ name: 'apply-weak', rules }));
      const { errors, prepared } = await applyObjects(weak, { stack, manifests: objectsOf(stack) });
      expect(new Set(errors)).toEqual(new Set(['apply-missing-permission']));
      const told = prepared.diagnostics.map((item) => item.summary);
      expect(told).toContain(`You may not create, patch, delete deployments.apps in namespace ${stack}.`);
      expect(told).toContain('You may not create, patch configmaps in namespace plimsoll-system.');
      await expect(rest.get(`/api/v1/namespaces/${stack}`)).rejects.toMatchObject({ status: 404 });
    });

    test('refuses a namespace that is being deleted', async () => {
      const stack = stackOf('ending');
      await rest.create('/api/v1/namespaces', { metadata: { name: stack } });
      const held = { metadata: { name: 'held', finalizers: ['example.com/held'] } };
      await rest.create(`/api/v1/namespaces/${stack}/configmaps`, held);
      await rest.delete(`/api/v1/namespaces/${stack}`);
      const { errors } = await applyObjects(client, { stack, manifests: objectsOf(stack) });
      expect(errors).toEqual(['apply-namespace-terminating']);
      await rest.merge(`/api/v1/namespaces/${stack}/configmaps/held`, { metadata: { finalizers: null } });
      await eventually(
        () => rest.get(`/api/v1/namespaces/${stack}`).catch(() => 'gone'),
        (found) => found === 'gone',
      );
    });

    test('tells an expired token and a server that is away from each other', async () => {
      const expired = await connectCluster({ kubeconfig: expiredKubeconfig() });
      expect(expired.diagnostics.map((item) => item.code)).toEqual(['apply-unauthorized']);
      await killApiServer();
      const away = await connectCluster({ kubeconfig });
      await startApiServer();
      expect(away.diagnostics.map((item) => item.code)).toEqual(['apply-unreachable']);
    });

    test('reports pods that do not come, with what was done, and goes on when it is run again', async () => {
      const stack = stackOf('stuck');
      const [namespace, settings, web, pods] = objectsOf(stack) as readonly [
        ClusterObject,
        ClusterObject,
        ClusterObject,
        Json,
      ];
      pods.spec.template.spec.nodeSelector = { 'apply-test': 'later' };
      const manifests = [namespace, settings, web, pods as ClusterObject];
      const stuck = await applyObjects(client, { stack, manifests }, { timeoutSeconds: 8 });
      expect(stuck.errors).toEqual(['apply-not-ready']);
      expect(stuck.result?.diagnostics[0]?.detail).toMatch(/0 of 2 pods are available; .*node.*affinity/);
      expect(stuck.result?.steps).toEqual([
        { name: 'namespaces', state: 'done' },
        { name: 'support', state: 'done' },
        { name: 'workloads', state: 'stopped' },
      ]);
      await rest.merge('/api/v1/nodes/apply-node', { metadata: { labels: { 'apply-test': 'later' } } });
      const resumed = await applyObjects(client, { stack, manifests });
      expect(resumed.result?.outcome).toBe('complete');
    });

    test('rides out an API server that is killed in the middle of a wave and started again', async () => {
      const stack = stackOf('crash');
      const maps = Array.from({ length: 150 }, (_, index) =>
        configMap(stack, `map-${index}`, { index: String(index) }),
      );
      const manifests = [...objectsOf(stack), ...maps];
      let restarted: Promise<void> | undefined;
      const { result } = await applyObjects(
        client,
        { stack, manifests },
        {
          onProgress: (step, detail, [done]) => {
            if (step !== 'support' || detail !== 'written' || done !== 40) return;
            restarted = killApiServer().then(startApiServer);
          },
        },
      );
      await restarted;
      expect(result?.outcome).toBe('complete');
      expect(restarted).toBeDefined();
      expect(await everythingIn(rest, stack)).toEqual(namesOf(manifests));
    });
  },
);
