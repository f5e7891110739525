import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Fleet, compileFleet } from '../../constructs/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { parseProblem } from '../../model/index.ts';
import type { ServiceDocument } from '../../model/index.ts';
import { importManifests } from './index.ts';
import type { ImportManifestsOptions, ImportedStack } from './index.ts';

const DEFAULTS = { cpuMillicores: 100, memory: 128 * 2 ** 20 };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-import-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(
  stdin: string,
  options: Partial<ImportManifestsOptions> = {},
  target = '-',
): Promise<Outcome<ImportedStack>> {
  const host = { workingDirectory: folder, today: '2026-11-21', emit: () => {}, elapsedSeconds: () => 0 };
  return importManifests(target, { form: 'yaml', defaults: DEFAULTS, name: 'shop', stdin, ...options }, host);
}

async function stackOf(stdin: string): Promise<ImportedStack> {
  const outcome = await run(stdin);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

async function servicesOf(stdin: string): Promise<readonly ServiceDocument[]> {
  return (await stackOf(stdin)).document.services!;
}

async function codesOf(stdin: string): Promise<readonly string[]> {
  return (await run(stdin)).diagnostics.map((item) => item.code);
}

/** A Deployment `name` labelled `app: name` with a pod spec in flow style, one container `main` unless it names others. */
function deployment(name: string, spec: object = {}, more: object = {}): string {
  const containers = [
    { name: 'main', image: `${name}:1`, resources: { requests: { cpu: '100m', memory: '64Mi' } } },
  ];
  return `${JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      template: { metadata: { labels: { app: name } }, spec: { containers, ...spec } },
      ...more,
    },
  })}\n---\n`;
}

const sized = (cpu: string | undefined, memory: string | undefined, limits = {}) => ({
  requests: { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) },
  limits,
});

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
    const outcome = await run(text);
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
    const outcome = await run(
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

  it('counts daemonsets on every node of the pool', async () => {
    const { document } = await stackOf(
      deployment('a') + deployment('agent').replace('"Deployment"', '"DaemonSet"'),
    );
    expect(document.services).toHaveLength(1);
    expect(document.pools[0]!.daemonsets).toEqual({ cpu: '100m', memory: '64Mi', pods: 1 });
  });
});

describe('text from manifests', () => {
  const hostile = '`${process.exit()}` */ " \' \u2028 </script> # {{x}}';

  it('is data in the stack, whatever it holds', async () => {
    const text = deployment('a', {
      containers: [
        {
          name: 'main',
          image: hostile,
          resources: sized('1', '1Gi'),
          env: [
            { name: 'X', value: hostile },
            { name: '__proto__', value: 'y' },
          ],
        },
      ],
    });
    const yaml = await stackOf(text);
    expect((parse(yaml.text) as { services: ServiceDocument[] }).services[0]!.image).toBe(hostile);
    const outcome = await run(text, { form: 'typescript' });
    const source = outcome.ok ? outcome.value.text : '';
    expect(source).toContain(JSON.stringify(hostile));
    expect(source).toContain('["__proto__"]: "y"');
  });
});

describe('a stack in TypeScript', () => {
  it('runs and declares what the same stack in YAML says', async () => {
    const text = `${deployment('general', { nodeSelector: { disk: 'ssd' } })}${deployment('b')}`;
    const outcome = await run(text, { form: 'typescript' });
    const constructs = path.resolve(import.meta.dirname, '../../constructs/index.ts');
    const source = (outcome.ok ? outcome.value.text : '').replace("'plimsoll'", JSON.stringify(constructs));
    const file = path.join(folder, 'stack.ts');
    await writeFile(file, `${source}export { compileFleet } from ${JSON.stringify(constructs)};\n`);
    const stack = (await import(file)) as { default: Fleet; compileFleet: typeof compileFleet };
    const compiled = stack.compileFleet(stack.default);
    const { pools, services } = (await stackOf(text)).document;
    expect(compiled.ok && compiled.value.document).toMatchObject({ name: 'shop', pools, services });
    expect(pools[0]!.id).toBe('general-nodes');
  });
});

describe('manifests that cannot be imported', () => {
  it('are refused with the place: broken YAML, templates, bombs of aliases', async () => {
    const broken = await run(`${deployment('a')}kind: [\n`);
    expect(broken.ok).toBe(false);
    expect(broken.diagnostics[0]).toMatchObject({ code: 'engine-file-invalid' });
    expect(broken.diagnostics[0]!.source!.line).toBeGreaterThan(2);
    const template = await run('kind: Deployment\nmetadata: { name: {{ .Values.name }} }\n');
    expect(template.diagnostics[0]!.fix).toContain('helm template');
    const levels = Array.from({ length: 9 }, (_, i) =>
      i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}, *a${i - 1}]`,
    );
    const bomb = await run(`${levels.join('\n')}\nkind: Deployment\nmetadata: { name: x }\n`);
    expect(bomb.diagnostics.map((item) => item.code)).toEqual(['engine-file-invalid']);
  });

  it('are refused where nothing is to be planned or nothing is there', async () => {
    expect(await codesOf('kind: ConfigMap\nmetadata: { name: x }\n')).toEqual(['import-no-workload']);
    expect(await codesOf('')).toEqual(['import-no-workload']);
    const missing = await run('', {}, 'no-such-folder');
    expect(missing.diagnostics[0]!.code).toBe('engine-file-not-found');
  });

  it('leave out documents that are no objects, and say which object counts of two alike', async () => {
    expect(await codesOf(`${deployment('a')}- 1\n---\nkind: Pod\n`)).toEqual([
      'import-object-invalid',
      'import-object-invalid',
    ]);
    expect(await codesOf(deployment('a') + deployment('a'))).toEqual(['import-duplicate']);
  });

  it('are found in folders below, lists taken apart, and a file written', async () => {
    await mkdir(path.join(folder, 'deploy', 'deep'), { recursive: true });
    const items = [deployment('a'), deployment('b')].map(
      (text) => JSON.parse(text.split('\n')[0]!) as object,
    );
    await writeFile(path.join(folder, 'deploy', 'deep', 'all.json'), JSON.stringify({ kind: 'List', items }));
    await writeFile(path.join(folder, 'deploy', 'notes.txt'), 'kind: [');
    const outcome = await run('', { output: 'out/stack.yaml' }, 'deploy');
    expect(outcome.ok && outcome.value.counts).toEqual({ services: 2, replicas: 2, objects: 2 });
    expect(readFileSync(path.join(folder, 'out', 'stack.yaml'), 'utf8')).toContain('id: a');
    await writeFile(path.join(folder, 'deploy', 'huge.yaml'), Buffer.alloc(17 * 2 ** 20, 32));
    const huge = await run('', {}, 'deploy');
    expect(huge.diagnostics.map((item) => item.code)).toEqual(['import-too-large']);
  });
});

const DATA = process.env['PLIMSOLL_DATA'] ?? path.join(import.meta.dirname, '../../../../shared/data');
const TABLE = path.resolve(DATA, 'microservices/workloads.csv');

describe.skipIf(!existsSync(TABLE))('requests of real applications (shared/data/microservices)', () => {
  const rows = existsSync(TABLE)
    ? readFileSync(TABLE, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','))
    : [];

  it('are summed over the containers of a pod and taken as written', async () => {
    const text = rows
      .map(([app, , workload, container, , cpu, memory, cpuLimit, memoryLimit]) => {
        const quantities = (cpuText?: string, memoryText?: string) => ({
          ...(cpuText === '' ? {} : { cpu: cpuText }),
          ...(memoryText === '' ? {} : { memory: memoryText }),
        });
        const resources = { requests: quantities(cpu, memory), limits: quantities(cpuLimit, memoryLimit) };
        return { app, workload, container: { name: container, resources } };
      })
      .reduce((pods, { app, workload, container }) => {
        const key = `${app!}-${workload!}`.toLowerCase();
        return pods.set(key, [...(pods.get(key) ?? []), container]);
      }, new Map<string, object[]>());
    const manifests = [...text].map(([name, containers]) => deployment(name, { containers })).join('');
    const services = await servicesOf(manifests);
    const requestOf = (id: string) =>
      services.find((service) => service.id === id)!.performance.fixed!.resources.requests;
    expect(services).toHaveLength(text.size);
    expect(requestOf('online-boutique-redis-cart')).toEqual({ cpu: '70m', memory: '200Mi' });
    expect(requestOf('sock-shop-rabbitmq')).toEqual({ cpu: '200m', memory: '256Mi' });
    expect(requestOf('sock-shop-payment')).toEqual({ cpu: '99m', memory: '100Mi' });
    expect(requestOf('deathstarbench-hotelreservation-frontend')).toEqual({ cpu: '100m', memory: '128Mi' });
  });
});
