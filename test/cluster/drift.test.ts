import { globSync, readFileSync } from 'node:fs';
import nodePath from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PART_OF_LABEL, applySetOf, compareCluster } from '../../src/apply/index.ts';
import type { ClusterClient, ClusterObject } from '../../src/apply/index.ts';
import { compareObject } from '../../src/apply/drift/live/object-drift.ts';
import { driftOfPlan, importLive } from '../../src/engine/index.ts';
import { ROOT, quietHost } from '../../src/engine/testing/host.ts';
import { applyObjects, clientOf, configMap, deployment, namespaceObject, service } from './apply-fixtures.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';

/** Manifests as synthesis writes them, of kinds that the control plane serves; values of Helm and the like are none. */
function goldenManifests(): readonly ClusterObject[] {
  const files = globSync('test/golden/{vanilla,services,disaggregated/vanilla,tenancy}/**/*.yaml', {
    cwd: ROOT,
  });
  return files
    .toSorted()
    .map((file) => parse(readFileSync(nodePath.join(ROOT, file), 'utf8')) as ClusterObject)
    .filter((object) => typeof object.kind === 'string');
}

const NODE = { name: 'drift-node', zone: 'a', allocatable: { cpu: '64', memory: '64Gi' } };

/** The object as the autoscaler leaves it that `apply` starts beside it: a bare write leaves the server's default of one replica. */
function asScaled(object: ClusterObject): ClusterObject {
  const fewest = Number(object.metadata.annotations?.['plimsoll.dev/min-replicas']);
  const { replicas } = (object['spec'] ?? {}) as { readonly replicas?: number };
  if (replicas === undefined || !(fewest > replicas)) return object;
  return { ...object, spec: { ...(object['spec'] as object), replicas: fewest } };
}

describeCluster('drift', ({ rest, createNodes, kubeconfig }) => {
  const golden = goldenManifests();
  const made: string[] = [];
  let client: ClusterClient;

  beforeAll(async () => {
    client = await clientOf(kubeconfig);
    await createNodes([NODE]);
  });

  afterAll(async () => {
    await Promise.all(made.map((name) => rest.delete(`/api/v1/namespaces/${name}`)));
    for (const name of ['drift-node', 'drift-late']) await rest.delete(`/api/v1/nodes/${name}`);
  });

  async function makeNamespace(name: string): Promise<void> {
    if ((await client.get({ apiVersion: 'v1', kind: 'Namespace', name })) !== undefined) return;
    made.push(name);
    await rest.create('/api/v1/namespaces', { metadata: { name } });
  }

  test('what the API server makes of every manifest that synthesis writes is no drift', async () => {
    const namespaces = new Set(golden.flatMap(({ metadata }) => metadata.namespace ?? []));
    for (const name of namespaces) await makeNamespace(name);
    const options = { fieldManager: 'plimsoll', force: true, isDryRun: true };
    const found: string[] = [];
    const seen = new Set<string>();
    for (const manifest of golden) {
      const live = await client.apply(manifest, options);
      seen.add(manifest.kind);
      const { fields } = compareObject(manifest, asScaled(live));
      for (const field of fields)
        found.push(`${manifest.kind} ${manifest.metadata.name}: ${JSON.stringify(field)}`);
    }
    expect(found).toEqual([]);
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'Deployment',
        'LeaderWorkerSet',
        'NodePool',
        'ScaledObject',
        'PodDisruptionBudget',
      ]),
    );
  });

  test('names what others changed, deleted and added, and who it was', async () => {
    const stack = 'drift-changed';
    made.push(stack);
    const manifests = [
      namespaceObject(stack),
      configMap(stack, 'settings', { level: 'info' }),
      service(stack, 'web'),
      deployment(stack, 'web', 2),
    ];
    const applied = await applyObjects(client, { stack, manifests });
    expect(applied.errors).toEqual([]);
    const drift = async () =>
      (await compareCluster(client, { stack, manifests })).objects
        .filter(({ state }) => state !== 'same')
        .map(({ kind, name, state, fields }) =>
          [
            `${kind}/${name}`,
            state,
            ...fields.map((field) => `${field.path} by ${field.managers.join()}`),
          ].join(' '),
        );
    expect(await drift()).toEqual([]);
    const other = { fieldManager: 'someone', force: true, isDryRun: false };
    const { apiVersion, kind } = manifests[3]!;
    const metadata = { name: 'web', namespace: stack };
    await client.apply({ apiVersion, kind, metadata, spec: { replicas: 5 } }, other);
    await client.apply(configMap(stack, 'settings', { level: 'debug' }), other);
    await rest.delete(`/api/v1/namespaces/${stack}/services/web`);
    const stray = configMap(stack, 'stray', {});
    const labels = { [PART_OF_LABEL]: applySetOf(stack).id };
    await client.apply({ ...stray, metadata: { ...stray.metadata, labels } }, other);
    expect(await drift()).toEqual([
      'ConfigMap/settings changed data.level by someone',
      'ConfigMap/stray extra',
      'Deployment/web changed spec.replicas by someone',
      'Service/web missing',
    ]);
  });

  test('a field that we own and plan no longer is left over', async () => {
    const stack = 'drift-left-over';
    made.push(stack);
    const manifests = [namespaceObject(stack), configMap(stack, 'settings', { a: '1', b: '2' })];
    expect((await applyObjects(client, { stack, manifests })).errors).toEqual([]);
    const planned = [manifests[0]!, configMap(stack, 'settings', { a: '1' })];
    const { objects } = await compareCluster(client, { stack, manifests: planned });
    expect(objects.flatMap(({ fields }) => fields)).toEqual([
      { path: 'data.b', change: 'left-over', managers: [] },
    ]);
  });

  test('fewer ready replicas than planned are short, until they are ready', async () => {
    const stack = 'drift-short';
    made.push(stack);
    const small = deployment(stack, 'web', 2);
    const { template, ...spec } = small['spec'] as { readonly template: { readonly spec: object } };
    const nodeSelector = { 'drift-test': 'late' };
    const web: ClusterObject = {
      ...small,
      spec: { ...spec, template: { ...template, spec: { ...template.spec, nodeSelector } } },
    };
    const manifests = [namespaceObject(stack), web];
    const options = { fieldManager: 'plimsoll', force: false, isDryRun: false };
    for (const manifest of manifests) await client.apply(manifest, options);
    const states = async () =>
      (await compareCluster(client, { stack, manifests })).objects.map(
        ({ kind, state }) => `${kind} ${state}`,
      );
    expect(await states()).toEqual(['Deployment short', 'Namespace same']);
    await createNodes([{ ...NODE, name: 'drift-late', labels: nodeSelector }]);
    const back = await eventually(states, (found) => found.includes('Deployment same'));
    expect(back).toEqual(['Deployment same', 'Namespace same']);
  });

  test('a plan that was never applied is missing from the cluster', async () => {
    const outcome = await driftOfPlan(
      'plans/chat',
      { live: { cluster: { kubeconfig } }, windowSeconds: 3600, tolerance: { relative: 0.2 }, now: 0 },
      quietHost(),
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const { objects, hasDrifted } = outcome.value;
    expect(hasDrifted).toBe(true);
    expect(objects?.lastApplied).toBeUndefined();
    const deployments = objects?.findings
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ state }) => state);
    expect(new Set(deployments)).toEqual(new Set(['missing']));
  });

  test('the cluster is imported as it stands: nodes as pools, Deployments as services', async () => {
    const stack = 'drift-import';
    made.push(stack);
    const manifests = [namespaceObject(stack), deployment(stack, 'web', 2), service(stack, 'web')];
    expect((await applyObjects(client, { stack, manifests })).errors).toEqual([]);
    const outcome = await importLive(
      {
        from: { cluster: { kubeconfig } },
        name: 'imported',
        form: 'yaml',
        defaults: { cpuMillicores: 100, memory: 2 ** 27 },
        namespaces: [stack],
        windowSeconds: 3600,
        now: 0,
      },
      quietHost(),
    );
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const { document } = outcome.value;
    expect(document.services).toMatchObject([
      {
        id: 'web',
        namespace: stack,
        port: 80,
        environment: { LEVEL: 'info' },
        performance: { fixed: { replicas: 2, resources: { requests: { cpu: '10m', memory: '16Mi' } } } },
      },
    ]);
    expect(document.pools.length).toBeGreaterThan(0);
    expect(document.pools.flatMap(({ zones }) => zones)).toContain('a');
  });
});
