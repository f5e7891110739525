import { describe, expect, it } from 'vitest';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesizedFile } from '../../src/synth/index.ts';
import { PLAN_SOURCE } from './plan-source.ts';

/** The shapes that this test follows from one object to another. */
interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly nodeSelector: Labels;
    readonly tolerations: readonly { key: string; operator: string; value?: string; effect?: string }[];
    readonly serviceAccountName: string;
    readonly priorityClassName: string;
    readonly terminationGracePeriodSeconds: number;
    readonly volumes: readonly { name: string; configMap?: { name: string } }[];
    readonly containers: readonly {
      readonly ports?: readonly { name: string }[];
      readonly volumeMounts: readonly { name: string }[];
      readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
    }[];
  };
}
type Labels = Readonly<Record<string, string>>;
interface WorkloadObject {
  readonly file: SynthesizedFile;
  readonly server: PodTemplate;
  readonly templates: readonly PodTemplate[];
}

const outcome = synthesize(PLAN_SOURCE, { profile: 'vanilla' });
const files: readonly SynthesizedFile[] = outcome.ok ? outcome.value : [];
const ofKind = (kind: string): readonly SynthesizedFile[] => files.filter((file) => file.kind === kind);
const spec = <T>(file: SynthesizedFile): T => file.manifest['spec'] as T;
const matches = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
const exists = (kind: string, namespace: string, name: string): boolean =>
  files.some((file) => file.kind === kind && file.namespace === namespace && file.name === name);

const workloads: readonly WorkloadObject[] = [
  ...ofKind('Deployment').map((file) => {
    const { template } = spec<{ template: PodTemplate }>(file);
    return { file, server: template, templates: [template] };
  }),
  ...ofKind('LeaderWorkerSet').map((file) => {
    const { leaderWorkerTemplate } = spec<{
      leaderWorkerTemplate: { leaderTemplate: PodTemplate; workerTemplate: PodTemplate };
    }>(file);
    const { leaderTemplate, workerTemplate } = leaderWorkerTemplate;
    return { file, server: leaderTemplate, templates: [leaderTemplate, workerTemplate] };
  }),
];
const templates = workloads.flatMap((workload) => workload.templates.map((pod) => ({ ...workload, pod })));

describe('objects refer to each other', () => {
  it('the plan has five pod sets, one of them with two templates', () => {
    expect(workloads).toHaveLength(5);
    expect(templates).toHaveLength(6);
  });

  it('every pod has its namespace, service account, priority class and mounted ConfigMaps', () => {
    for (const { file, pod } of templates) {
      expect(exists('Namespace', '', file.namespace)).toBe(true);
      expect(exists('ServiceAccount', file.namespace, pod.spec.serviceAccountName)).toBe(true);
      expect(exists('PriorityClass', '', pod.spec.priorityClassName)).toBe(true);
      for (const volume of pod.spec.volumes) {
        if (volume.configMap !== undefined)
          expect(exists('ConfigMap', file.namespace, volume.configMap.name)).toBe(true);
      }
      const volumes = pod.spec.volumes.map((volume) => volume.name);
      for (const mount of pod.spec.containers[0]?.volumeMounts ?? []) expect(volumes).toContain(mount.name);
    }
  });

  it('every Deployment selects its own pods and no other', () => {
    for (const file of ofKind('Deployment')) {
      const { selector } = spec<{ selector: { matchLabels: Labels } }>(file);
      const selected = templates.filter(({ pod }) => matches(selector.matchLabels, pod.metadata.labels));
      expect(selected.map((item) => item.file.name)).toEqual([file.name]);
    }
  });

  it('a Service reaches the answering pods of all pod sets of its workload, and no helper', () => {
    for (const file of ofKind('Service')) {
      const { selector } = spec<{ selector: Labels }>(file);
      const selected = templates.filter(
        ({ file: owner, pod }) =>
          owner.namespace === file.namespace && matches(selector, pod.metadata.labels),
      );
      expect(selected.length).toBe(file.name === 'chat' ? 2 : 1);
      for (const { pod } of selected) {
        expect(pod.spec.containers[0]?.ports?.map((port) => port.name)).toEqual(['http']);
      }
    }
  });

  it('every pod set has a disruption budget that never allows none and never all', () => {
    for (const { file, pod } of templates) {
      const budget = ofKind('PodDisruptionBudget').find((item) => item.name === file.name);
      expect(budget?.namespace).toBe(file.namespace);
      if (budget === undefined) continue;
      const { selector, maxUnavailable } = spec<{
        selector: { matchLabels: Labels };
        maxUnavailable: number;
      }>(budget);
      expect(matches(selector.matchLabels, pod.metadata.labels)).toBe(true);
      expect(maxUnavailable).toBeGreaterThanOrEqual(1);
    }
  });

  it('an autoscaler stands for every pod set that varies, and only then the set states no replicas', () => {
    const targets = ofKind('ScaledObject').map(
      (file) => spec<{ scaleTargetRef: { kind: string; name: string } }>(file).scaleTargetRef,
    );
    for (const { file } of workloads) {
      const isScaled = targets.some((target) => target.kind === file.kind && target.name === file.name);
      const { replicas } = spec<{ replicas?: number }>(file);
      expect(replicas === undefined).toBe(isScaled);
    }
    expect(targets.map((target) => target.name).sort()).toEqual([
      'chat-h100-on-demand',
      'chat-l40s-spot',
      'code-nd-on-demand',
    ]);
  });

  it('pods on Karpenter capacity find a node pool whose labels and taints they accept', () => {
    const pools = ofKind('NodePool').map((file) => spec<NodePoolSpec>(file));
    for (const { pod } of templates.filter(
      ({ pod }) => pod.spec.nodeSelector['karpenter.sh/capacity-type'] !== undefined,
    )) {
      const fitting = pools.filter((pool) => accepts(pod, pool));
      expect(fitting).toHaveLength(1);
    }
  });

  it('a pod stops answering before it is killed, and spot pods within the notice', () => {
    const limits: Readonly<Record<string, number>> = { 'chat-l40s-spot': 120, 'search-a3-spot': 30 };
    for (const { file, pod } of templates) {
      const drain = Number(pod.spec.containers[0]?.lifecycle.preStop.exec.command[1]);
      expect(drain).toBeLessThan(pod.spec.terminationGracePeriodSeconds);
      const limit = limits[file.name] ?? Infinity;
      expect(pod.spec.terminationGracePeriodSeconds).toBeLessThanOrEqual(limit);
    }
  });
});

interface NodePoolSpec {
  readonly template: {
    readonly metadata: { readonly labels: Labels };
    readonly spec: {
      readonly taints: readonly { key: string; value?: string; effect: string }[];
      readonly requirements: readonly { key: string; values: readonly string[] }[];
    };
  };
}

function accepts(pod: PodTemplate, pool: NodePoolSpec): boolean {
  const { labels } = pool.template.metadata;
  const { requirements, taints } = pool.template.spec;
  const offers = (key: string, value: string): boolean =>
    labels[key] === value ||
    requirements.some((requirement) => requirement.key === key && requirement.values.includes(value));
  const tolerates = (taint: { key: string; value?: string; effect: string }): boolean =>
    pod.spec.tolerations.some(
      (toleration) =>
        toleration.key === taint.key &&
        (toleration.operator === 'Exists' || toleration.value === taint.value) &&
        (toleration.effect ?? taint.effect) === taint.effect,
    );
  return (
    Object.entries(pod.spec.nodeSelector).every(([key, value]) => offers(key, value)) &&
    taints.every(tolerates)
  );
}
