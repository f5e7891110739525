import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePack } from '../../src/policy/index.ts';
import { evaluate, policy } from '../../src/policy/testing/policy-input.ts';
import type { Allocation } from '../../src/model/index.ts';
import { synthesize } from '../../src/synth/index.ts';
import type { JsonObject, SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { SPLIT_ALLOCATIONS, SPLIT_SOURCE, splitPlan } from './disaggregated-source.ts';
import { objectProblems } from './validate-object.ts';

type Labels = Readonly<Record<string, string>>;

/** The parts of a pod template that this test reads. */
interface Template {
  readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly automountServiceAccountToken: boolean;
    readonly terminationGracePeriodSeconds: number;
    readonly securityContext: JsonObject;
    readonly containers: readonly {
      readonly args: readonly string[];
      readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

const outcome = synthesize(SPLIT_SOURCE, { profile: 'vanilla' });
const files: readonly SynthesizedFile[] = outcome.ok ? outcome.value : [];

function fileOf(kind: string, name: string): SynthesizedFile {
  const found = files.find((file) => file.kind === kind && file.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

const spec = <T>(file: SynthesizedFile): T => file.manifest['spec'] as T;
const templateOf = (name: string): Template =>
  spec<{ template: Template }>(fileOf('Deployment', name)).template;

/** Every template by the name of its owner: of a LeaderWorkerSet the leader's and the helpers'. */
const templates: readonly (readonly [name: string, template: Template])[] = files.flatMap((file) => {
  if (file.kind === 'Deployment') return [[file.name, templateOf(file.name)] as const];
  if (file.kind !== 'LeaderWorkerSet') return [];
  const { leaderWorkerTemplate: group } = spec<{
    leaderWorkerTemplate: { leaderTemplate: Template; workerTemplate: Template };
  }>(file);
  return [
    [file.name, group.leaderTemplate] as const,
    [`${file.name}/helpers`, group.workerTemplate] as const,
  ];
});

const selectedBy = (selector: Labels): readonly string[] =>
  templates
    .filter(([, { metadata }]) =>
      Object.entries(selector).every(([key, value]) => metadata.labels[key] === value),
    )
    .map(([name]) => name)
    .sort();

function selectorOf(args: readonly string[], flag: string): Labels {
  const start = args.indexOf(flag) + 1;
  const length = args.slice(start).findIndex((argument) => argument.startsWith('--'));
  return Object.fromEntries(
    args.slice(start, start + length).map((pair) => pair.split('=') as [string, string]),
  );
}

function problemsOf(source: SynthesisSource): readonly string[] {
  const result = synthesize(source, { profile: 'vanilla' });
  return result.ok ? [] : result.diagnostics.map((item) => `${item.code}: ${item.summary}`);
}

describe('a plan with prefill and decode pools', () => {
  it('names pod sets by their role, whether the plan says it in its ids or not', () => {
    expect(templates.map(([name]) => name).sort()).toEqual([
      'chat-decode-h100-on-demand',
      'chat-decode-l40s-spot',
      'chat-prefill-h100-on-demand',
      'chat-router',
      'search-decode-a3-spot-dp4',
      'search-decode-a3-spot-dp4/helpers',
      'search-prefill-a3-spot',
      'search-router',
    ]);
  });

  it('warns of nothing but the pool without Karpenter, and every object validates offline', () => {
    expect(outcome.diagnostics.map((item) => item.severity)).toEqual(['warning']);
    for (const file of files) expect(objectProblems(file.manifest)).toEqual([]);
  });

  it('sends clients to the router, and the router to the answering pods of each role', () => {
    for (const workload of ['chat', 'search']) {
      const { selector } = spec<{ selector: Labels }>(fileOf('Service', workload));
      expect(selectedBy(selector)).toEqual([`${workload}-router`]);
    }
    const { args } = templateOf('chat-router').spec.containers[0] ?? { args: [] };
    expect(args).toContain('--service-discovery-namespace=llm');
    expect(selectedBy(selectorOf(args, '--prefill-selector'))).toEqual(['chat-prefill-h100-on-demand']);
    expect(selectedBy(selectorOf(args, '--decode-selector'))).toEqual([
      'chat-decode-h100-on-demand',
      'chat-decode-l40s-spot',
    ]);
    const search = templateOf('search-router').spec.containers[0]?.args ?? [];
    expect(selectedBy(selectorOf(search, '--decode-selector'))).toEqual(['search-decode-a3-spot-dp4']);
  });

  it('has a headless Service for each role that selects the same pods', () => {
    const service = spec<{ clusterIP: string; selector: Labels }>(fileOf('Service', 'search-decode'));
    expect(service.clusterIP).toBe('None');
    expect(selectedBy(service.selector)).toEqual(['search-decode-a3-spot-dp4']);
  });

  it('opens the ports of the hand-over and says them where the router looks', () => {
    const portsOf = (name: string): readonly string[] =>
      (templateOf(name).spec.containers[0]?.ports ?? []).map((port) => `${port.name} ${port.containerPort}`);
    expect(portsOf('chat-prefill-h100-on-demand')).toEqual(['http 8000', 'nixl 5600']);
    expect(portsOf('search-prefill-a3-spot')).toEqual(['http 8000', 'bootstrap 8998']);
    expect(templateOf('search-prefill-a3-spot').metadata.annotations['sglang.ai/bootstrap-port']).toBe(
      '8998',
    );
    expect(templateOf('chat-prefill-h100-on-demand').metadata.annotations).not.toHaveProperty(
      'sglang.ai/bootstrap-port',
    );
  });

  it('tells an uneven pipeline to the engine', () => {
    const env = templateOf('search-prefill-a3-spot').spec.containers[0]?.env ?? [];
    expect(env).toContainEqual({ name: 'SGLANG_PP_LAYER_PARTITION', value: '38,42' });
  });

  it('scales each role by the time a request spends in it', () => {
    const triggers = spec<{ triggers: readonly { name: string; metadata: { threshold?: string } }[] }>(
      fileOf('ScaledObject', 'chat-decode-h100-on-demand'),
    ).triggers;
    const inFlight = triggers.find((trigger) => trigger.name === 'requests-in-flight');
    // 3 requests/s × (8 s − 1.6 s) from the first token on.
    expect(Number(inFlight?.metadata.threshold)).toBeCloseTo(19.2, 6);
  });
});

describe('a router', () => {
  it('may read the pods of its namespace, and nothing else', () => {
    const role = fileOf('Role', 'chat-router').manifest;
    expect(role['rules']).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    const binding = fileOf('RoleBinding', 'chat-router').manifest;
    expect(binding['roleRef']).toMatchObject({ kind: 'Role', name: 'chat-router' });
    expect(binding['subjects']).toEqual([{ kind: 'ServiceAccount', name: 'chat-router', namespace: 'llm' }]);
    const users = templates
      .filter(([, { spec: pod }]) => pod.serviceAccountName === 'chat-router')
      .map(([name]) => name);
    expect(users).toEqual(['chat-router']);
    expect(files.filter((file) => file.kind.startsWith('Cluster'))).toEqual([]);
  });

  it('runs as a user that is not root, with a token of an hour and no mounted one', () => {
    const { automountServiceAccountToken, securityContext } = templateOf('chat-router').spec;
    expect(automountServiceAccountToken).toBe(false);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
    expect(fileOf('Deployment', 'chat-router').text).toContain('expirationSeconds: 3600');
  });

  it('stays as long as the longest request behind it', () => {
    const longest = Math.max(
      ...templates
        .filter(([name]) => name.startsWith('chat-') && !name.includes('spot'))
        .map(([, template]) => template.spec.terminationGracePeriodSeconds),
    );
    expect(templateOf('chat-router').spec.terminationGracePeriodSeconds).toBe(longest);
  });

  it('is judged by the shipped rules like every Deployment, and breaks none', () => {
    const fileName = path.resolve(import.meta.dirname, '../../policies/reliability/pack.yaml');
    const pack = parsePack(readFileSync(fileName, 'utf8'), { fileName });
    if (!pack.ok) throw new Error('the pack cannot be read');
    const judged = evaluate({
      manifests: files,
      packs: [pack.value],
      policies: [policy({ pack: 'reliability' })],
    });
    const verdicts = judged.report.verdicts.filter((verdict) => verdict.subject.includes('-router'));
    expect(verdicts.length).toBeGreaterThan(8);
    expect(verdicts.filter((verdict) => verdict.outcome !== 'pass')).toEqual([]);
    expect(judged.manifests.map((file) => file.manifest)).toEqual(files.map((file) => file.manifest));
  });

  it('of a workload whose pods are all surge still has its priority class', () => {
    const onlySearch = SPLIT_ALLOCATIONS.filter((item) => item.workload === 'search');
    const written = synthesize(splitPlan(onlySearch), { profile: 'vanilla' });
    const names = written.ok ? written.value.filter((file) => file.kind === 'PriorityClass') : [];
    expect(names.map((file) => file.name)).toEqual(['split-base', 'split-surge']);
  });
});

describe('roles that cannot be deployed', () => {
  const find = (id: string): Allocation => {
    const found = SPLIT_ALLOCATIONS.find((item) => item.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const prefill = find('chat-prefill-h100-on-demand');
  const decode = find('chat-decode-h100-on-demand');
  const changed = (of: Allocation, changes: Partial<Allocation['candidate']>): Allocation => ({
    ...of,
    candidate: { ...of.candidate, ...changes },
  });

  it.each([
    ['without a counterpart', [prefill], 'it has no decode replicas'],
    [
      'without a counterpart in some hours',
      [prefill, { ...decode, replicas: { ...decode.replicas, w1: {} } }],
      'no decode replicas in some hours',
    ],
    [
      'beside whole replicas',
      [prefill, decode, { ...changed(decode, { role: 'aggregated' }), id: 'chat-h100' }],
      'some replicas serve whole requests',
    ],
    ['with KV caches in two formats', [prefill, changed(decode, { kvPrecision: 'bf16' })], 'in one format'],
    ['of two versions', [prefill, changed(decode, { engineVersion: '0.18.0' })], 'same engine and version'],
    [
      'of an engine without a router',
      [prefill, decode].map((item) => changed(item, { engine: 'tensorrt-llm', engineVersion: '1.2.0' })),
      'fixed list of addresses',
    ],
    [
      'with stages on different nodes',
      [
        changed(prefill, {
          stages: ['p5.48xlarge', 'p4d.24xlarge'].map((instanceType) => ({
            pool: 'h100',
            instanceType,
            accelerator: 'h100-sxm',
            layers: 40,
          })),
        }),
        decode,
      ],
      'lie on different nodes',
    ],
  ])('%s are refused', (_, allocations, reason) => {
    const problems = problemsOf(splitPlan(allocations));
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem).toMatch(/^synth-unsupported: /);
    expect(problems.join('\n')).toContain(reason);
  });
});
