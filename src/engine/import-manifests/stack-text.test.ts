import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Fleet, compileFleet } from '../../constructs/index.ts';
import type { ServiceDocument } from '../../model/index.ts';
import { codesOf, deployment, importText, servicesOf, sized, stackOf } from './testing/import-text.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-import-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
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
    const outcome = await importText(text, { form: 'typescript' });
    const source = outcome.ok ? outcome.value.text : '';
    expect(source).toContain(JSON.stringify(hostile));
    expect(source).toContain('["__proto__"]: "y"');
  });
});

describe('a stack in TypeScript', () => {
  it('runs and declares what the same stack in YAML says', async () => {
    const text = `${deployment('general', { nodeSelector: { disk: 'ssd' } })}${deployment('b')}`;
    const outcome = await importText(text, { form: 'typescript' });
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
    const broken = await importText(`${deployment('a')}kind: [\n`);
    expect(broken.ok).toBe(false);
    expect(broken.diagnostics[0]).toMatchObject({ code: 'engine-file-invalid' });
    expect(broken.diagnostics[0]!.source!.line).toBeGreaterThan(2);
    const template = await importText('kind: Deployment\nmetadata: { name: {{ .Values.name }} }\n');
    expect(template.diagnostics[0]!.fix).toContain('helm template');
    const levels = Array.from({ length: 9 }, (_, i) =>
      i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}, *a${i - 1}]`,
    );
    const bomb = await importText(`${levels.join('\n')}\nkind: Deployment\nmetadata: { name: x }\n`);
    expect(bomb.diagnostics.map((item) => item.code)).toEqual(['engine-file-invalid']);
    expect(await codesOf(`a: ${'['.repeat(50_000)}`)).toEqual(['engine-file-invalid']);
    const nested = `{"kind":"Deployment","metadata":{"name":"a"},"x":${'{"x":'.repeat(20_000)}1${'}'.repeat(20_001)}`;
    expect(await codesOf(nested)).toEqual(['engine-file-invalid']);
  });

  it('are refused where nothing is to be planned or nothing is there', async () => {
    expect(await codesOf('kind: ConfigMap\nmetadata: { name: x }\n')).toEqual(['import-no-workload']);
    expect(await codesOf('')).toEqual(['import-no-workload']);
    const missing = await importText('', {}, { target: 'no-such-folder', folder });
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
    const outcome = await importText('', { output: 'out/stack.yaml' }, { target: 'deploy', folder });
    expect(outcome.ok && outcome.value.counts).toEqual({ services: 2, replicas: 2, objects: 2 });
    expect(readFileSync(path.join(folder, 'out', 'stack.yaml'), 'utf8')).toContain('id: a');
    await writeFile(path.join(folder, 'deploy', 'huge.yaml'), Buffer.alloc(17 * 2 ** 20, 32));
    const huge = await importText('', {}, { target: 'deploy', folder });
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
