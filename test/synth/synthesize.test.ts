import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fileOfObject, orderForApply, synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { canonicalJson } from '../../src/plan/index.ts';
import { H100, allocation, candidate } from './plan-parts.ts';
import { ALLOCATIONS, PLAN_SOURCE, PROBLEM, allocationOf, planWith } from './plan-source.ts';
import { objectProblems } from './validate-object.ts';

function filesOf(source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile: 'vanilla' });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function codesOf(source: SynthesisSource, profile = 'vanilla'): readonly string[] {
  return synthesize(source, { profile }).diagnostics.map((item) => `${item.severity} ${item.code}`);
}

function fileOf(files: readonly SynthesizedFile[], kind: string, name: string): SynthesizedFile {
  const file = files.find((item) => item.kind === kind && item.name === name);
  if (file === undefined) throw new Error(`no ${kind} ${name}`);
  return file;
}

describe('synthesis', () => {
  it('gives the same bytes whatever the order of the lists of a plan', () => {
    const bytes = filesOf(PLAN_SOURCE).map((file) => [file.path, file.text]);
    const decision = PLAN_SOURCE.decision;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (rotation) => {
        const shuffled = <T>(items: readonly T[]): T[] => {
          const cut = rotation % Math.max(1, items.length);
          return [...items.slice(cut), ...items.slice(0, cut)].reverse();
        };
        const source: SynthesisSource = {
          stack: PLAN_SOURCE.stack,
          problem: { ...PROBLEM, pools: shuffled(PROBLEM.pools), workloads: shuffled(PROBLEM.workloads) },
          offerings: shuffled(PLAN_SOURCE.offerings),
          traffic: shuffled(PLAN_SOURCE.traffic),
          decision: {
            ...decision,
            allocations: shuffled(decision.allocations),
            nodes: shuffled(decision.nodes),
            workloads: shuffled(decision.workloads),
            windows: shuffled(decision.windows),
          },
        };
        expect(filesOf(source).map((file) => [file.path, file.text])).toEqual(bytes);
      }),
      { numRuns: 10 },
    );
  });

  it('gives the same bytes for a plan in memory and the same plan read back', () => {
    const rates = fc.double({ min: 0.001, max: 1000, noNaN: true });
    fc.assert(
      fc.property(rates, (ratePerReplica) => {
        const base = allocationOf('chat-l40s-spot');
        const source = planWith([allocation(base.candidate, { ...base, ratePerReplica })]);
        const readBack = JSON.parse(canonicalJson(source)) as SynthesisSource;
        expect(filesOf(readBack)).toEqual(filesOf(source));
      }),
      { numRuns: 20 },
    );
  });

  it('names the closest profile when there is none of a name', () => {
    const outcome = synthesize(PLAN_SOURCE, { profile: 'vanila' });
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['synth-unknown-profile']);
    expect(outcome.diagnostics[0]?.fix).toContain('"vanilla"');
  });

  it('writes nothing for a decision without replicas', () => {
    expect(filesOf(planWith([]))).toEqual([]);
  });

  it('leaves out an allocation that has replicas in no window', () => {
    const idle = { ...allocationOf('chat-l40s-spot'), replicas: { w0: {}, w1: { 'us-east-1a': 0 } } };
    const files = filesOf(planWith([allocationOf('chat-h100-on-demand'), idle]));
    expect(files.filter((file) => file.name.includes('l40s'))).toEqual([]);
  });

  it('sorts files by wave, kind, namespace and name', () => {
    const waves = orderForApply([...filesOf(PLAN_SOURCE)].reverse());
    expect(waves.map((item) => item.wave)).toEqual([
      'namespaces',
      'priorities',
      'pools',
      'support',
      'workloads',
      'autoscalers',
    ]);
    expect(waves.flatMap((item) => item.files)).toEqual(filesOf(PLAN_SOURCE));
  });

  it('warns of pools without Karpenter and writes no node pool for them', () => {
    expect(codesOf(PLAN_SOURCE)).toEqual(['warning synth-unsupported']);
    expect(
      filesOf(PLAN_SOURCE).filter((file) => file.name.includes('-a3-') && file.kind === 'NodePool'),
    ).toEqual([]);
  });
});

describe('user values are data', () => {
  const tricky = ['on', '1e3', '0777', 'yes', 'No', '0o7', '1_000', '0x1F', '1.5', 'null', '2026-01-01', 'y'];

  it('labels that YAML 1.1 would misread keep their text', () => {
    const labels = Object.fromEntries(tricky.map((text, index) => [`example.com/l${index}`, text]));
    const problem = { ...PROBLEM, pools: [{ ...H100, labels }] };
    const files = filesOf(planWith([allocationOf('chat-h100-on-demand')], { problem }));
    const pool = fileOf(files, 'NodePool', 'prod-h100-on-demand');
    for (const version of ['1.1', '1.2'] as const) {
      const read = parse(pool.text, { version }) as {
        spec: { template: { metadata: { labels: Record<string, unknown> } } };
      };
      const values = Object.entries(read.spec.template.metadata.labels)
        .filter(([key]) => key.startsWith('example.com/'))
        .map(([, value]) => value);
      expect(values).toEqual(
        Object.keys(labels)
          .sort()
          .map((key) => labels[key]),
      );
    }
  });

  it('a model id that names a variable or a shell command is passed as text', () => {
    const model = 'x/$(HF_TOKEN); rm -rf / `id` "quoted"';
    const problem = {
      ...PROBLEM,
      workloads: PROBLEM.workloads.map((workload) => ({ ...workload, model, checkpoints: {} })),
    };
    const files = filesOf(planWith([allocationOf('chat-h100-on-demand')], { problem }));
    const read = parse(fileOf(files, 'Deployment', 'chat-h100-on-demand').text, { version: '1.1' }) as {
      spec: { template: { spec: { containers: { command: string[]; args: string[] }[] } } };
    };
    const container = read.spec.template.spec.containers[0];
    expect(container?.command).toEqual(['vllm', 'serve']);
    expect(container?.args[0]).toBe('x/$$(HF_TOKEN); rm -rf / `id` "quoted"');
  });

  it('a model id that would be read as an option is refused', () => {
    const problem = {
      ...PROBLEM,
      workloads: PROBLEM.workloads.map((workload) => ({
        ...workload,
        model: '--config=/etc/passwd',
        checkpoints: {},
      })),
    };
    expect(codesOf(planWith([allocationOf('chat-h100-on-demand')], { problem }))).toContain(
      'error synth-unsupported',
    );
  });

  it('labels of Kubernetes domains are left out with a warning', () => {
    const problem = {
      ...PROBLEM,
      pools: [{ ...H100, labels: { 'kubernetes.io/role': 'gpu', 'not a key': 'x', 'example.com/a': 'b c' } }],
    };
    const source = planWith([allocationOf('chat-h100-on-demand')], { problem });
    expect(codesOf(source)).toEqual(['warning synth-unsupported', 'warning synth-unsupported']);
    const pool = fileOf(filesOf(source), 'NodePool', 'prod-h100-on-demand');
    expect(objectProblems(pool.manifest)).toEqual([]);
    expect(pool.text).toContain('example.com/a: b-c');
  });
});

describe('names', () => {
  const base = allocationOf('chat-h100-on-demand');

  it('of an allocation too long for Kubernetes are shortened with a hash and stay different', () => {
    const long = 'a'.repeat(60);
    const ids = [`${long}-one`, `${long}-two`];
    const files = filesOf(planWith(ids.map((id) => ({ ...base, id }))));
    const names = files.filter((file) => file.kind === 'Deployment').map((file) => file.name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^a{38}-[0-9a-f]{8}$/);
  });

  it('of allocations whose ids become equal get a hash each, independent of order', () => {
    const twins = [
      { ...base, id: 'chat_a' },
      { ...base, id: 'chat-a' },
    ];
    const namesOf = (allocations: typeof twins): readonly string[] =>
      filesOf(planWith(allocations))
        .filter((file) => file.kind === 'Deployment')
        .map((file) => file.name);
    const names = namesOf(twins);
    expect(names).toHaveLength(2);
    expect(namesOf([...twins].reverse())).toEqual(names);
    for (const name of names) expect(name).toMatch(/^chat-a-[0-9a-f]{8}$/);
  });

  it('that would be the same object twice are an error', () => {
    expect(codesOf(planWith([base, base]))).toContain('error synth-name-collision');
  });

  it('that Kubernetes refuses are all reported', () => {
    const problem = {
      ...PROBLEM,
      workloads: PROBLEM.workloads.map((workload) => ({ ...workload, namespace: 'Bad_Space' })),
    };
    const codes = codesOf(planWith([base], { problem }));
    expect(codes.filter((code) => code === 'error synth-invalid-name').length).toBeGreaterThan(1);
  });

  it('of Services must start with a letter', () => {
    const digit = { ...base, id: '7b-h100-on-demand', workload: '7b' };
    const problem = {
      ...PROBLEM,
      workloads: PROBLEM.workloads.map((workload) => ({
        ...workload,
        id: workload.id === 'chat' ? '7b' : workload.id,
      })),
    };
    expect(codesOf(planWith([digit], { problem }))).toEqual(['error synth-invalid-name']);
  });
});

describe('local disk', () => {
  const diskOf = (checkpoints: Readonly<Record<string, string>>): string | undefined => {
    const workloads = PROBLEM.workloads.map((workload) => ({ ...workload, checkpoints }));
    const source = planWith([allocationOf('chat-h100-on-demand')], { problem: { ...PROBLEM, workloads } });
    const text = fileOf(filesOf(source), 'Deployment', 'chat-h100-on-demand').text;
    return /ephemeral-storage: "(\w+)"/.exec(text)?.[1];
  };

  it('holds the checkpoint and a fifth more: twice as much when fp8 weights are made of bf16 ones', () => {
    // 8 ranks of 8.75 GiB are 70 GiB, and 1.2 times that 84 GiB.
    expect(diskOf({ fp8: 'org/model-FP8' })).toBe('84Gi');
    expect(diskOf({})).toBe('168Gi');
  });
});

describe('decisions that cannot be expressed', () => {
  const base = allocationOf('chat-h100-on-demand');
  const withCandidate = (facts: Parameters<typeof candidate>[2]): SynthesisSource =>
    planWith([allocation(candidate('chat', H100, facts), { ...base, ratePerReplica: 1 })]);

  it('an engine without a flag table is refused with the closest name', () => {
    const outcome = synthesize(withCandidate({ engine: 'vlm' }), { profile: 'vanilla' });
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics[0]).toMatchObject({ code: 'synth-unsupported' });
    expect(outcome.diagnostics[0]?.fix).toContain('"vllm"');
  });

  it.each([
    ['a version outside the table', { engineVersion: '0.6.0' }],
    ['a version that is none', { engineVersion: 'latest' }],
    ['a role of its own', { role: 'prefill' as const }],
    ['context parallelism', { parallelism: { ...base.candidate.parallelism, contextParallel: 2 } }],
    ['a KV cache in int8', { kvPrecision: 'int8' as const }],
  ])('%s is refused', (_, facts) => {
    expect(codesOf(withCandidate(facts))).toEqual(['error synth-unsupported']);
  });

  it('several nodes need a vLLM with native groups', () => {
    const podGroup = { ...base.candidate.podGroup, nodes: 2 };
    const parallelism = { ...base.candidate.parallelism, pipelineParallel: 2 };
    expect(codesOf(withCandidate({ podGroup, parallelism, engineVersion: '0.11.0' }))).toEqual([
      'error synth-unsupported',
    ]);
    expect(codesOf(withCandidate({ podGroup, parallelism, engineVersion: '0.12.0' }))).toEqual([]);
  });

  it('weights in a format nobody makes while loading are warned of', () => {
    expect(codesOf(withCandidate({ weightPrecision: 'int4' }))).toEqual(['warning synth-unsupported']);
  });

  it('a model that no engine can load is warned of', () => {
    const workloads = PROBLEM.workloads.map((workload) => ({ ...workload, model: 'mine', checkpoints: {} }));
    const source = planWith([base], { problem: { ...PROBLEM, workloads } });
    expect(codesOf(source)).toEqual(['warning synth-unsupported']);
  });

  it('a plan that lost its workload or pool is refused, each allocation by itself', () => {
    const problem = { ...PROBLEM, workloads: [], pools: [] };
    expect(codesOf({ ...PLAN_SOURCE, problem })).toEqual(ALLOCATIONS.map(() => 'error synth-unsupported'));
  });
});

describe('a repaired object', () => {
  it('is written by the same rule as a synthesised one', () => {
    const [file] = filesOf(PLAN_SOURCE).filter((item) => item.kind === 'Deployment');
    if (file === undefined) throw new Error('no Deployment');
    const reversed = Object.fromEntries(Object.entries(file.manifest).reverse());
    expect(fileOfObject('vanilla', reversed)).toEqual(file);
  });

  it('cannot leave its folder', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '../../etc/x' } };
    expect(() => fileOfObject('vanilla', object)).toThrow(TypeError);
  });
});
