import { describe, expect, it } from 'vitest';
import type { ServiceAllocation } from '../../src/model/index.ts';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { WINDOWS } from './plan-source.ts';
import { weekOf } from './cron-week.ts';
import { SERVICE_ALLOCATIONS, SHOP, SHOP_SOURCE, shopWith } from './services-source.ts';
import { objectProblems } from './validate-object.ts';

type Labels = Readonly<Record<string, string>>;

interface Pod {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly automountServiceAccountToken: boolean;
    readonly priorityClassName: string;
    readonly terminationGracePeriodSeconds: number;
    readonly nodeSelector: Labels;
    readonly tolerations: readonly object[];
    readonly affinity: {
      readonly podAntiAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution: readonly object[];
      };
    };
    readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
    readonly containers: readonly [
      {
        readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
        readonly securityContext: { readonly capabilities: { readonly add?: readonly string[] } };
        readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
      },
    ];
  };
}

interface DeploymentSpec {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels: Labels };
  readonly strategy: {
    readonly rollingUpdate: { readonly maxSurge: number; readonly maxUnavailable: number };
  };
  readonly template: Pod;
}

interface Trigger {
  readonly type: string;
  readonly metadata: { readonly start: string; readonly end: string; readonly desiredReplicas: string };
}

function filesOf(source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile: 'vanilla' });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const files = filesOf(SHOP_SOURCE);
const ofKind = (kind: string, among = files): readonly SynthesizedFile[] =>
  among.filter((file) => file.kind === kind);
const specOf = <T>(file: SynthesizedFile): T => file.manifest['spec'] as T;
const deployments = ofKind('Deployment').map((file) => ({ file, spec: specOf<DeploymentSpec>(file) }));
const matches = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

function podOf(name: string): Pod['spec'] {
  const found = deployments.find(({ file }) => file.name === name);
  if (found === undefined) throw new Error(`no Deployment ${name}`);
  return found.spec.template.spec;
}

/** Replicas of an allocation in each hour of the week, by the windows of the plan alone. */
function plannedWeek(allocation: ServiceAllocation): readonly number[] {
  const hours = new Array<number>(168).fill(0);
  for (const window of WINDOWS) {
    const total = Object.values(allocation.replicas[window.id] ?? {}).reduce((sum, n) => sum + n, 0);
    for (const hour of window.hours) hours[hour] = total;
  }
  return hours;
}

describe('objects of microservices', () => {
  it.each(files.map((file) => [file.path, file.manifest] as const))('%s validates offline', (_, manifest) => {
    expect(objectProblems(manifest)).toEqual([]);
  });

  it('lie in a namespace that is written too, but for those of the whole cluster', () => {
    const cluster = new Set(['Namespace', 'PriorityClass', 'NodePool', 'NodeOverlay']);
    const namespaces = ofKind('Namespace').map((file) => file.name);
    expect(namespaces).toEqual(['payments', 'shop']);
    for (const file of files) {
      if (cluster.has(file.kind)) expect(file.namespace).toBe('');
      else expect(namespaces).toContain(file.namespace);
    }
  });

  it('hold the replicas of the plan in every hour of the week', () => {
    const deployed = SERVICE_ALLOCATIONS.filter((allocation) => allocation.workload !== 'legacy');
    expect(deployments).toHaveLength(deployed.length);
    for (const allocation of deployed) {
      const found = deployments.find(({ file }) => file.name === allocation.id);
      const scaled = ofKind('ScaledObject').find((file) => file.name === allocation.id);
      const week = plannedWeek(allocation);
      if (scaled === undefined) {
        expect(week).toEqual(new Array<number>(168).fill(found?.spec.replicas ?? -1));
        continue;
      }
      expect(found?.spec.replicas).toBeUndefined();
      const { minReplicaCount, maxReplicaCount, triggers } = specOf<{
        minReplicaCount: number;
        maxReplicaCount: number;
        triggers: readonly Trigger[];
      }>(scaled);
      const spans = triggers
        .filter((trigger) => trigger.type === 'cron')
        .map(({ metadata }) => ({ ...metadata, replicas: Number(metadata.desiredReplicas) }));
      expect(weekOf(spans, minReplicaCount)).toEqual(week);
      expect(maxReplicaCount).toBe(Math.max(...week));
    }
  });

  it('select exactly their pods: a Deployment its own, a Service and a budget those of all sets of the service', () => {
    for (const { file, spec } of deployments) {
      const selected = deployments.filter(({ spec: other }) =>
        matches(spec.selector.matchLabels, other.template.metadata.labels),
      );
      expect(selected.map((item) => item.file.name)).toEqual([file.name]);
    }
    const reached = (selector: Labels, namespace: string): readonly string[] =>
      deployments
        .filter(
          ({ file, spec }) =>
            file.namespace === namespace && matches(selector, spec.template.metadata.labels),
        )
        .map(({ file }) => file.name);
    const expected = (id: string): readonly string[] =>
      SERVICE_ALLOCATIONS.filter((item) => item.workload === id).map((item) => item.id);
    for (const file of ofKind('Service')) {
      expect(reached(specOf<{ selector: Labels }>(file).selector, file.namespace)).toEqual(
        expected(file.name),
      );
    }
    for (const file of ofKind('PodDisruptionBudget')) {
      const { selector } = specOf<{ selector: { matchLabels: Labels } }>(file);
      expect(reached(selector.matchLabels, file.namespace)).toEqual(expected(file.name));
    }
  });

  it('give each pod an identity without a token and a priority class that are written too', () => {
    for (const { file, spec } of deployments) {
      const pod = spec.template.spec;
      const names = (kind: string): readonly string[] =>
        ofKind(kind)
          .filter((item) => item.namespace === (kind === 'PriorityClass' ? '' : file.namespace))
          .map((item) => item.name);
      expect(names('ServiceAccount')).toContain(pod.serviceAccountName);
      expect(names('PriorityClass')).toContain(pod.priorityClassName);
      expect(pod.automountServiceAccountToken).toBe(false);
    }
  });

  it('never let rollouts or evictions take a service below what its requests need', () => {
    const budgets = new Map(
      ofKind('PodDisruptionBudget').map((file) => [
        file.name,
        specOf<{ maxUnavailable: number }>(file).maxUnavailable,
      ]),
    );
    for (const service of SHOP_SOURCE.decision.services ?? []) {
      if (service.workload === 'legacy') continue;
      const spare = Math.min(...Object.values(service.load).map((load) => load.planned - load.needed));
      const rolling = deployments
        .filter(({ spec }) => spec.template.metadata.labels['plimsoll.dev/workload'] === service.workload)
        .map(({ spec }) => spec.strategy.rollingUpdate);
      expect(rolling.reduce((sum, item) => sum + item.maxUnavailable, 0)).toBeLessThanOrEqual(spare);
      expect(rolling.every((item) => item.maxSurge + item.maxUnavailable > 0)).toBe(true);
      expect(budgets.get(service.workload)).toBe(Math.max(1, spare));
    }
  });

  it('end within the notice of spot nodes, after endpoints have stopped sending', () => {
    for (const { file, spec } of deployments) {
      const pod = spec.template.spec;
      const wait = pod.containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
      expect(wait).toBe(file.name.startsWith('worker') ? 0 : 5);
      expect(wait).toBeLessThan(pod.terminationGracePeriodSeconds);
      if (file.name.endsWith('-spot')) expect(pod.terminationGracePeriodSeconds).toBeLessThanOrEqual(120);
    }
    expect(podOf('frontend-general-c7i-large-on-demand').terminationGracePeriodSeconds).toBe(35);
    expect(podOf('worker-general-m7g-large-spot').terminationGracePeriodSeconds).toBe(120);
  });

  it('give a service without a port no address, and one with a privileged port the right to bind it', () => {
    expect(ofKind('Service').map((file) => file.name)).not.toContain('worker');
    expect(podOf('worker-general-m7g-large-spot').containers[0].ports).toBeUndefined();
    const { capabilities } = podOf('payment-secure-on-demand').containers[0].securityContext;
    expect(capabilities.add).toEqual(['NET_BIND_SERVICE']);
  });
});

describe('placement of microservices', () => {
  const host = 'kubernetes.io/hostname';

  it('keeps one pod per node by anti-affinity, several by a spread that counts from zero', () => {
    expect(
      podOf('payment-secure-on-demand').affinity.podAntiAffinity
        ?.requiredDuringSchedulingIgnoredDuringExecution,
    ).toEqual([
      {
        labelSelector: {
          matchLabels: { 'app.kubernetes.io/component': 'server', 'plimsoll.dev/workload': 'payment' },
        },
        topologyKey: host,
      },
    ]);
    const cart = podOf('cart-general-c7i-large-on-demand');
    expect(cart.affinity.podAntiAffinity).toBeUndefined();
    expect(cart.topologySpreadConstraints?.find((item) => item.topologyKey === host)).toMatchObject({
      maxSkew: 2,
      minDomains: 10_000,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { 'plimsoll.dev/workload': 'cart' } },
    });
  });

  it('keeps apart from services in other namespaces, and not from those whose labels are unknown', () => {
    const { podAntiAffinity } = podOf('frontend-general-m7g-large-spot').affinity;
    expect(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      {
        labelSelector: {
          matchExpressions: [{ key: 'plimsoll.dev/workload', operator: 'In', values: ['payment'] }],
        },
        namespaces: ['payments'],
        topologyKey: host,
      },
    ]);
  });

  it('selects the pool of the plan and the declared labels that its nodes carry', () => {
    expect(podOf('payment-secure-on-demand').nodeSelector).toEqual({
      'example.com/audited': 'yes',
      'karpenter.sh/capacity-type': 'on-demand',
      'node.kubernetes.io/instance-type': 'm7i.large',
      'plimsoll.dev/pool': 'secure',
    });
    expect(podOf('payment-secure-on-demand').tolerations).toEqual([
      { key: 'example.com/pci', operator: 'Exists' },
    ]);
  });

  it('gives each pool and capacity type of a mix a node pool of its one instance type', () => {
    const pools = new Map(
      ofKind('NodePool').map((file) => {
        const { template } = specOf<{
          template: {
            metadata: { labels: Labels };
            spec: { requirements: readonly { key: string; values: readonly string[] }[] };
          };
        }>(file);
        const offered = Object.fromEntries(
          template.spec.requirements.map(({ key, values }) => [key, values]),
        );
        return [file.name, { labels: template.metadata.labels, offered }];
      }),
    );
    expect([...pools.keys()]).toEqual([
      'shop-general-c7i-large-on-demand',
      'shop-general-m7g-large-spot',
      'shop-secure-on-demand',
    ]);
    for (const { spec } of deployments) {
      const fitting = [...pools.values()].filter(({ labels, offered }) =>
        Object.entries(spec.template.spec.nodeSelector).every(
          ([key, value]) => labels[key] === value || offered[key]?.includes(value) === true,
        ),
      );
      expect(fitting).toHaveLength(1);
    }
  });

  it('on nodes that others make, selects their labels and takes the taint of the provider', () => {
    const gcp = { ...SHOP_SOURCE.problem.pools[1], id: 'secure', provider: 'gcp', region: 'us-east-1' };
    const services = (SHOP.services ?? []).map((service) =>
      service.id === 'payment'
        ? { ...service, scheduling: { nodeSelector: { 'kubernetes.io/role': 'pci' } } }
        : service,
    );
    const spot = SERVICE_ALLOCATIONS.filter((item) => item.workload === 'payment').map((item) => ({
      ...item,
      capacityType: 'spot' as const,
    }));
    const outcome = synthesize(
      shopWith(spot, {
        problem: { ...SHOP, pools: [gcp as (typeof SHOP.pools)[number]], services },
        offerings: SHOP_SOURCE.offerings
          .filter((item) => item.pool === 'secure')
          .map((item) => ({ ...item, provider: 'gcp', capacityType: 'spot' })),
      }),
      { profile: 'vanilla' },
    );
    const written = outcome.ok ? outcome.value : [];
    const [file] = ofKind('Deployment', written);
    if (file === undefined) throw new Error('no Deployment');
    const { spec } = specOf<DeploymentSpec>(file).template;
    expect(spec.nodeSelector).toEqual({
      'cloud.google.com/gke-spot': 'true',
      'kubernetes.io/role': 'pci',
      'node.kubernetes.io/instance-type': 'm7i.large',
      'plimsoll.dev/pool': 'secure',
    });
    expect(spec.tolerations).toEqual([
      { key: 'cloud.google.com/gke-spot', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
    ]);
    expect(objectProblems(file.manifest)).toEqual([]);
  });
});
