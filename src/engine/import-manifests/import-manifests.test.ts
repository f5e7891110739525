import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseProblem } from '../../model/index.ts';
import { codesOf, deployment, importText, servicesOf, sized, stackOf } from './testing/import-text.ts';

describe('an imported workload', () => {
  it('becomes a service of its replicas, image, port and namespace that the problem schema takes', async () => {
    const stack = await stackOf(
      `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store, namespace: shop }
spec:
  replicas: 3
  template:
    metadata: { labels: { app: store } }
    spec:
      terminationGracePeriodSeconds: 45
      containers:
        - name: db
          image: postgres:18
          args: [-c, fsync=on]
          ports: [{ name: sql, containerPort: 5432 }]
          resources: { requests: { cpu: 1, memory: 1Gi }, limits: { memory: 2Gi } }
---
kind: Service
metadata: { name: store, namespace: shop }
spec: { selector: { app: store }, ports: [{ port: 5000, targetPort: sql }] }
`,
    );
    expect(stack.document.services).toEqual([
      {
        id: 'store',
        image: 'postgres:18',
        port: 5432,
        args: ['-c', 'fsync=on'],
        performance: {
          fixed: {
            resources: { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { memory: '2048Mi' } },
            replicas: 3,
          },
        },
        scheduling: { zoneSkew: 'unlimited' },
        terminationGrace: '45s',
        namespace: 'shop',
      },
    ]);
    const parsed = parseProblem(parse(stack.text) as never);
    expect(parsed.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
  });

  it('asks for its containers and sidecars together, or for an init container that needs more', async () => {
    const sum = {
      containers: [
        { name: 'a', resources: sized('100m', '100Mi', { cpu: '1', memory: '1Gi' }) },
        { name: 'b', resources: sized('200m', '50Mi', { memory: '1Gi' }) },
      ],
      initContainers: [
        { name: 'early', resources: sized('2', '10Mi') },
        { name: 'mesh', restartPolicy: 'Always', resources: sized('300m', '30Mi', { memory: '64Mi' }) },
        { name: 'late', resources: sized('1900m', undefined) },
      ],
      overhead: { cpu: '10m' },
    };
    const [service] = await servicesOf(deployment('a', sum));
    // CPU: max(100 + 200 + 300, 2000, 1900 + 300) + 10; one container without a CPU limit leaves the pod without.
    expect(service!.performance.fixed!.resources).toEqual({
      requests: { cpu: '2210m', memory: '180Mi' },
      limits: { memory: '2112Mi' },
    });
  });

  it('takes a limit for a missing request, and else says which default it took', async () => {
    const text = deployment('a', {
      containers: [{ name: 'x', resources: { limits: { cpu: '500m' } } }, { name: 'y' }],
    });
    const outcome = await importText(text);
    const assumed = outcome.diagnostics.filter((item) => item.code === 'import-assumed-request');
    expect(assumed.map((item) => item.summary)).toEqual([
      expect.stringContaining('container "y" asks for no CPU; 100m assumed'),
      expect.stringContaining('container "x", container "y" asks for no memory; 128Mi assumed'),
    ]);
    expect((await servicesOf(text))[0]!.performance.fixed!.resources.requests).toEqual({
      cpu: '600m',
      memory: '256Mi',
    });
  });

  it('is bounded by its autoscaler and by a budget that keeps a number of pods', async () => {
    const text = `${deployment('a', {}, { replicas: 20 })}
kind: HorizontalPodAutoscaler
metadata: { name: a }
spec: { scaleTargetRef: { kind: Deployment, name: a }, minReplicas: 2, maxReplicas: 8 }
---
kind: PodDisruptionBudget
metadata: { name: a }
spec: { selector: { matchLabels: { app: a } }, minAvailable: 3 }
`;
    const [service] = await servicesOf(text);
    expect(service!.replicas).toEqual({ min: 3, max: 8 });
    expect(service!.performance.fixed!.replicas).toBe(8);
  });

  it('keeps what decides its nodes', async () => {
    const text = `${deployment('a', {
      nodeSelector: { 'kubernetes.io/os': 'linux', disk: 'ssd' },
      tolerations: [{ key: 'team', value: 'x', effect: 'NoSchedule' }, { operator: 'Exists' }],
      priorityClassName: 'high',
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64', 'amd64'] }],
              },
            ],
          },
        },
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
            },
          ],
        },
      },
      topologySpreadConstraints: [
        { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' },
      ],
    })}${deployment('b')}${deployment('c')}
kind: PriorityClass
metadata: { name: high }
value: 700
`;
    expect((await servicesOf(text))[0]!.scheduling).toEqual({
      architectures: ['amd64', 'arm64'],
      nodeSelector: { disk: 'ssd' },
      tolerations: [
        { key: 'team', operator: 'Equal', value: 'x', effect: 'NoSchedule' },
        { operator: 'Exists' },
      ],
      maxPerNode: 1,
      apartFrom: ['b'],
      zoneSkew: 2,
      priority: 700,
    });
    const { pools } = (await stackOf(text)).document;
    expect(pools.map((pool) => [pool.id, pool.labels])).toEqual([
      ['general', undefined],
      ['labelled-1', { disk: 'ssd' }],
    ]);
    const { text: yaml } = await stackOf(text);
    const parsed = parseProblem(parse(yaml) as never);
    expect(parsed.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
  });

  it('says once what cannot be carried over, and leaves secrets behind', async () => {
    const outcome = await importText(
      `${deployment('a', {
        volumes: [{ name: 'v' }],
        affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{}] } },
        containers: [
          {
            name: 'main',
            resources: sized('1', '1Gi', { 'nvidia.com/gpu': 1 }),
            env: [
              { name: 'DB_PASSWORD', value: 'hunter2' },
              { name: 'MODE', value: 'fast' },
            ],
          },
        ],
      })}kind: ConfigMap\nmetadata: { name: x }\n---\nkind: ConfigMap\nmetadata: { name: y }\n`,
    );
    const lost = outcome.diagnostics.filter((item) => item.code === 'import-not-carried');
    expect(lost).toHaveLength(1);
    for (const part of ['1 volumes', 'preferred pod anti-affinity', 'nvidia.com/gpu', 'DB_PASSWORD']) {
      expect(lost[0]!.summary).toContain(part);
    }
    expect(outcome.diagnostics.find((item) => item.code === 'import-kinds-ignored')!.summary).toContain(
      '2 ConfigMap',
    );
    expect(outcome.ok && outcome.value.text).not.toContain('hunter2');
    expect(outcome.ok && outcome.value.document.services![0]!.environment).toEqual({ MODE: 'fast' });
  });

  it('is named apart from one of the same name in another namespace', async () => {
    const other = deployment('web').replace('"name":"web"}', '"name":"web","namespace":"blue"}');
    const services = await servicesOf(deployment('web') + other);
    expect(services.map((service) => service.id)).toEqual(['blue-web', 'web']);
  });

  it.each([
    ['a long name that no id may have', '"name":"a"}', `"name":"9-Foo_Bar.${'x'.repeat(90)}"}`],
    ['no grace', '"containers"', '"terminationGracePeriodSeconds":0,"containers"'],
    ['requests of zero', '"100m","memory":"64Mi"', '0,"memory":0'],
    ['negative requests', '"100m"', '"-1"'],
    ['a limit below its request', '"64Mi"}', '"64Mi"},"limits":{"cpu":"1m","memory":"1Mi"}'],
    ['an impossible port', '"image"', '"ports":[{"containerPort":99999999}],"image"'],
    ['another architecture', '"containers"', '"nodeSelector":{"kubernetes.io/arch":"s390x"},"containers"'],
    ['tolerations of any kind', '"containers"', '"tolerations":[{},{"key":"","effect":"x"}],"containers"'],
    ['no replicas', '"spec":{', '"spec":{"replicas":0,'],
    ['a negative priority', '"containers"', '"priority":-5,"containers"'],
  ])('with %s still makes a problem that is taken', async (_, from, to) => {
    const manifest = deployment('a').replace(from, to);
    expect(manifest).toContain(to);
    const parsed = parseProblem(parse((await stackOf(manifest)).text) as never);
    expect(parsed.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
  });

  it('without containers is left out, with a warning', async () => {
    const text = deployment('a') + deployment('b', { containers: [] });
    expect(await servicesOf(text)).toHaveLength(1);
    expect(await codesOf(text)).toEqual(['import-object-invalid']);
    expect(await codesOf('kind: Deployment\nmetadata: { name: x }\nspec: 7\n')).toEqual([
      'import-object-invalid',
      'import-no-workload',
    ]);
  });

  it('counts daemonsets on every node of the pool', async () => {
    const { document } = await stackOf(
      deployment('a') + deployment('agent').replace('"Deployment"', '"DaemonSet"'),
    );
    expect(document.services).toHaveLength(1);
    expect(document.pools[0]!.daemonsets).toEqual({ cpu: '100m', memory: '64Mi', pods: 1 });
  });
});
