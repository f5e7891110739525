import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Allocation } from '../../src/model/index.ts';
import { TARGET_PROFILES, synthesize } from '../../src/synth/index.ts';
import type { JsonObject, SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { mayConnect } from './allowed-traffic.ts';
import { SPLIT_ALLOCATIONS, SPLIT_SOURCE, splitPlan } from './disaggregated-source.ts';
import { PLAN_SOURCE, allocationOf, planWith } from './plan-source.ts';
import { TENANT_SOURCE } from './tenancy-source.ts';

/* What each profile does in its own way; what all of them keep stands in profile-conformance.test.ts. */

function filesOf(source: SynthesisSource, profile: string): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function fileOf(files: readonly SynthesizedFile[], kind: string, name: string): SynthesizedFile {
  const found = files.find((file) => file.kind === kind && file.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

const specOf = <T>(file: SynthesizedFile): T => file.manifest['spec'] as unknown as T;
const remarks = (source: SynthesisSource, profile: string): readonly string[] =>
  synthesize(source, { profile }).diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`);

interface PickerConfig {
  readonly plugins: readonly { readonly type: string; readonly name?: string }[];
  readonly schedulingProfiles: readonly {
    readonly name: string;
    readonly plugins: readonly { readonly pluginRef: string }[];
  }[];
}

describe.each(['llm-d', 'kserve'])('the endpoint picker of profile %s', (profile) => {
  const whole = filesOf(PLAN_SOURCE, profile);
  const split = filesOf(SPLIT_SOURCE, profile);

  it('has one profile for whole models and one per role otherwise; every plugin it refers to exists', () => {
    for (const [files, names] of [
      [whole, ['default']],
      [split, ['prefill', 'decode']],
    ] as const) {
      const { data } = fileOf(files, 'ConfigMap', 'chat-epp').manifest as { data: Record<string, string> };
      const config = parse(data['config.yaml'] ?? '') as PickerConfig;
      const plugins = new Set(config.plugins.map(({ name, type }) => name ?? type));
      expect(config.schedulingProfiles.map(({ name }) => name)).toEqual(names);
      for (const { plugins: used } of config.schedulingProfiles) {
        for (const { pluginRef } of used) expect(plugins).toContain(pluginRef);
      }
    }
  });

  it('is the one that the pool names, at the port where it listens', () => {
    const { endpointPickerRef } = specOf<{
      endpointPickerRef: { name: string; port: { number: number }; failureMode: string };
    }>(fileOf(whole, 'InferencePool', 'chat'));
    const service = specOf<{ ports: readonly { port: number }[] }>(
      fileOf(whole, 'Service', endpointPickerRef.name),
    );
    expect(service.ports.map(({ port }) => port)).toEqual([endpointPickerRef.port.number]);
    expect(endpointPickerRef.failureMode).toBe('FailOpen');
    const other = specOf<{ endpointPickerRef: { failureMode: string } }>(
      fileOf(split, 'InferencePool', 'chat'),
    );
    expect(other.endpointPickerRef.failureMode).toBe('FailClose');
  });

  it('may read pods and pools of its own namespace, and nothing of the cluster', () => {
    expect(whole.filter((file) => /^ClusterRole/.test(file.kind))).toEqual([]);
    const { rules } = fileOf(whole, 'Role', 'chat-epp').manifest as unknown as {
      rules: readonly { verbs: readonly string[] }[];
    };
    for (const { verbs } of rules) expect(verbs).toEqual(['get', 'list', 'watch']);
  });

  it('is asked by clients, reads the metrics of pods and is reached by no engine', () => {
    const files = filesOf(TENANT_SOURCE, profile);
    const picker = { namespace: 'llm', labels: podLabels(fileOf(files, 'Deployment', 'chat-epp')) };
    const decode = {
      namespace: 'llm',
      labels: {
        'plimsoll.dev/workload': 'chat',
        'plimsoll.dev/role': 'decode',
        'app.kubernetes.io/component': 'server',
        'app.kubernetes.io/part-of': 'llminferenceservice',
        'kserve.io/component': 'workload',
      },
    };
    const prefill = { ...decode, labels: { ...decode.labels, 'plimsoll.dev/role': 'prefill' } };
    const gateway = { namespace: 'web', labels: {} };
    expect(mayConnect(files, gateway, picker, 9002)).toBe(true);
    expect(mayConnect(files, gateway, decode, 8000)).toBe(true);
    expect(mayConnect(files, gateway, prefill, 8000)).toBe(false);
    expect(mayConnect(files, picker, prefill, 8000)).toBe(true);
    expect(mayConnect(files, decode, picker, 9002)).toBe(false);
    expect(mayConnect(files, { namespace: 'elsewhere', labels: {} }, picker, 9002)).toBe(false);
  });
});

describe('profile llm-d', () => {
  it('rolls constant roles out as one DisaggregatedSet, and says why it does not for others', () => {
    const files = filesOf(SPLIT_SOURCE, 'llm-d');
    const { roles } = specOf<{ roles: readonly { name: string }[] }>(
      fileOf(files, 'DisaggregatedSet', 'search'),
    );
    expect(roles.map(({ name }) => name).sort()).toEqual(['decode', 'prefill']);
    expect(files.some((file) => file.kind === 'DisaggregatedSet' && file.name === 'chat')).toBe(false);
    const notes = remarks(SPLIT_SOURCE, 'llm-d').filter((text) => text.startsWith('note'));
    expect(notes).toEqual([expect.stringMatching(/chat are separate sets.*change over the week/)]);
  });

  it('numbers the roles that have several pod sets', () => {
    const constant = SPLIT_ALLOCATIONS.filter(({ workload }) => workload === 'chat').map(
      (item): Allocation => ({ ...item, replicas: { w0: { 'us-east-1a': 1 }, w1: { 'us-east-1a': 1 } } }),
    );
    const files = filesOf(splitPlan(constant), 'llm-d');
    const { roles } = specOf<{ roles: readonly { name: string }[] }>(
      fileOf(files, 'DisaggregatedSet', 'chat'),
    );
    expect(roles.map(({ name }) => name).sort()).toEqual(['decode-1', 'decode-2', 'prefill']);
  });

  it('leads the gateway to the pool by the path of namespace and workload', () => {
    const files = filesOf(PLAN_SOURCE, 'llm-d');
    const route = JSON.stringify(fileOf(files, 'HTTPRoute', 'deep').manifest);
    expect(route).toContain('"/research/deep"');
    expect(files.some((file) => file.kind === 'Service' && file.name === 'deep')).toBe(false);
  });
});

describe('profile kserve', () => {
  it('gives the route to one service, and one service to each other pod set', () => {
    const services = filesOf(SPLIT_SOURCE, 'kserve').filter((file) => file.kind === 'LLMInferenceService');
    const routed = services.filter((file) => 'router' in specOf<object>(file)).map(({ name }) => name);
    expect(routed).toEqual(['chat', 'search']);
    expect(services.map(({ name }) => name)).toEqual(['chat', 'chat-decode-l40s-spot', 'search']);
    expect(Object.keys(specOf<object>(fileOf(services, 'LLMInferenceService', 'chat')))).toContain('prefill');
  });

  it('refuses texts that KServe would execute as a template', () => {
    const workloads = PLAN_SOURCE.problem.workloads.map((workload) => ({
      ...workload,
      checkpoints: { fp8: 'evil/{{ .GlobalConfig }}' },
    }));
    const source = {
      ...planWith([allocationOf('chat-h100-on-demand')]),
      problem: { ...PLAN_SOURCE.problem, workloads },
    };
    const outcome = synthesize(source, { profile: 'kserve' });
    expect(outcome.ok).toBe(false);
    expect(remarks(source, 'kserve').filter((text) => text.startsWith('error'))).toEqual([
      expect.stringContaining('start of a template'),
    ]);
    expect(synthesize(source, { profile: 'vanilla' }).ok).toBe(true);
  });

  it('lifts the pod security of namespaces with replicas over several nodes alone', () => {
    const levels = filesOf(PLAN_SOURCE, 'kserve')
      .filter((file) => file.kind === 'Namespace')
      .map(({ name, manifest }) => [
        name,
        (manifest['metadata'] as { labels: Record<string, string> }).labels[
          'pod-security.kubernetes.io/enforce'
        ],
      ]);
    expect(levels).toEqual([
      ['llm', 'baseline'],
      ['prod', 'baseline'],
      ['research', 'privileged'],
    ]);
  });
});

describe('profile dynamo', () => {
  const chat = planWith([allocationOf('chat-h100-on-demand'), allocationOf('chat-l40s-spot')]);

  it('names the difference between the planned engine and the one in the image', () => {
    expect(remarks(chat, 'dynamo')).toContainEqual(
      expect.stringMatching(/^warning: chat runs vllm 0\.19\.0 in Dynamo 1\.1\.1; .* vllm 0\.19\.1/),
    );
  });

  it('scales components by their adapters, whose pods no other component is taken for', () => {
    const files = filesOf(chat, 'dynamo');
    const targets = files
      .filter((file) => file.kind === 'ScaledObject')
      .map((file) => specOf<{ scaleTargetRef: { kind: string; name: string } }>(file).scaleTargetRef);
    expect(targets.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 2 }, () => 'DynamoGraphDeploymentScalingAdapter'),
    );
    expect(targets.map(({ name }) => name)).toEqual(['chat-worker-1', 'chat-worker-2']);
    const query = JSON.stringify(fileOf(files, 'ScaledObject', 'chat-h100-on-demand').manifest);
    const pattern = new RegExp(`^${/pod=~\\"([^"\\]+)\\"/.exec(query)?.[1] ?? ''}$`);
    expect('chat-worker-1-1a2b3c-6d5f7-x9z8y').toMatch(pattern);
    expect('chat-0-worker-1-abcde').toMatch(pattern);
    expect('chat-worker-12-6d5f7-x9z8y').not.toMatch(pattern);
  });

  it('leaves probes, ports, identity and shared memory to the operator', () => {
    const graph = specOf<{ components: readonly JsonObject[] }>(
      fileOf(filesOf(chat, 'dynamo'), 'DynamoGraphDeployment', 'chat'),
    );
    const worker = JSON.stringify(graph.components[1]);
    for (const field of ['Probe', '"ports"', 'serviceAccountName', '/dev/shm']) {
      expect(worker).not.toContain(field);
    }
    expect(graph.components.map(({ sharedMemorySize }) => sharedMemorySize)).toEqual([
      undefined,
      '32Gi',
      '16Gi',
    ]);
  });
});

describe.each(TARGET_PROFILES.map(({ name }) => name))('queues in profile %s', (profile) => {
  it('hold the pods of every pod set, and none of those before them', () => {
    const files = filesOf(TENANT_SOURCE, profile);
    const queues = new Set(files.filter((file) => file.kind === 'LocalQueue').map(({ name }) => name));
    const queued = files.flatMap((file) => labelsWithin(file.manifest)).filter(hasQueue);
    const sets = new Set(
      queued.map((labels) => labels['plimsoll.dev/allocation']).filter((name) => name !== undefined),
    );
    for (const labels of queued) {
      expect(queues).toContain(labels['kueue.x-k8s.io/queue-name']);
      expect(labels['app.kubernetes.io/component'] ?? '').not.toMatch(/router|frontend|endpoint-picker/);
    }
    for (const name of ['chat-decode-l40s-spot', 'search-decode-a3-spot-dp4']) {
      expect(sets).toContain(name);
    }
  });
});

function hasQueue(labels: Readonly<Record<string, string>>): boolean {
  return labels['kueue.x-k8s.io/queue-name'] !== undefined;
}

function podLabels(file: SynthesizedFile): Readonly<Record<string, string>> {
  return specOf<{ template: { metadata: { labels: Readonly<Record<string, string>> } } }>(file).template
    .metadata.labels;
}

/** Every `labels` object within a manifest. */
function labelsWithin(value: unknown): readonly Readonly<Record<string, string>>[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'labels' ? [item as Readonly<Record<string, string>>] : labelsWithin(item),
  );
}
