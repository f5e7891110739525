import { describe, expect, it } from 'vitest';
import { normalizeDocument, parseProblem } from '../../src/model/index.ts';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { parseCpu, parseMemory } from '../../src/units/index.ts';
import { ALLOCATIONS, PLAN_SOURCE } from './plan-source.ts';
import { SHOP_SOURCE } from './services-source.ts';
import { TENANT_SOURCE, tenantPlan } from './tenancy-source.ts';

type Labels = Readonly<Record<string, string>>;
type Quantities = Readonly<Record<string, string>>;
interface Pod {
  readonly nodeSelector?: Labels;
  readonly priorityClassName: string;
  readonly containers: readonly { readonly resources: { readonly requests: Quantities } }[];
}
interface PodOwner {
  readonly file: SynthesizedFile;
  readonly pod: Pod;
  readonly labels: Labels;
  /** Most pods of the plan. */
  readonly count: number;
}

function filesOf(source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile: 'vanilla' });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const files = filesOf(TENANT_SOURCE);
const ofKind = (kind: string, among = files): readonly SynthesizedFile[] =>
  among.filter((file) => file.kind === kind);
const spec = <T>(file: SynthesizedFile): T => file.manifest['spec'] as T;

function ownersIn(among: readonly SynthesizedFile[]): readonly PodOwner[] {
  return [...ofKind('Deployment', among), ...ofKind('LeaderWorkerSet', among)].map((file) => {
    const { labels = {}, annotations = {} } = file.manifest['metadata'] as {
      labels?: Labels;
      annotations?: Labels;
    };
    const owner = spec<{
      replicas?: number;
      template?: { spec: Pod };
      leaderWorkerTemplate?: { size: number; leaderTemplate: { spec: Pod } };
    }>(file);
    const pod = owner.template?.spec ?? owner.leaderWorkerTemplate?.leaderTemplate.spec;
    if (pod === undefined) throw new Error(`no pods in ${file.path}`);
    const most = Number(annotations['plimsoll.dev/max-replicas'] ?? owner.replicas);
    return { file, pod, labels, count: most * (owner.leaderWorkerTemplate?.size ?? 1) };
  });
}

/** A quantity as a number: millicores, bytes or devices. */
function amount(resource: string, text = '0'): number {
  const parsed = resource.endsWith('cpu')
    ? parseCpu(text)
    : /memory|storage/.test(resource)
      ? parseMemory(text)
      : undefined;
  if (parsed === undefined || text === '0') return Number(text);
  if (!parsed.ok) throw new Error(`no quantity: ${text}`);
  return parsed.value;
}

/** What the pods of these owners request of a resource at their most. */
const requested = (owners: readonly PodOwner[], resource: string): number =>
  owners.reduce(
    (sum, { pod, count }) =>
      sum + count * amount(resource, pod.containers[0]?.resources.requests[resource] ?? '0'),
    0,
  );

describe('quotas', () => {
  it('stand in every namespace of the stack, and nowhere unless asked for', () => {
    expect(ofKind('ResourceQuota').map((file) => file.namespace)).toEqual(['llm', 'payments', 'tenants']);
    expect(ofKind('ResourceQuota', filesOf(tenantPlan({})))).toEqual([]);
  });

  it('hold the planned peak and the declared room, and not much more', () => {
    for (const file of ofKind('ResourceQuota')) {
      const { hard } = spec<{ hard: Quantities }>(file);
      const owners = ownersIn(files).filter((owner) => owner.file.namespace === file.namespace);
      for (const [name, text] of Object.entries(hard).filter(([key]) => key !== 'pods')) {
        const resource = name.replace(/^requests\./, '');
        const peak = requested(owners, resource);
        expect(amount(resource, text)).toBeGreaterThanOrEqual(1.5 * peak);
        expect(amount(resource, text)).toBeLessThanOrEqual(3.5 * peak);
      }
      const pods = owners.reduce((sum, { count }) => sum + count, 0);
      expect(Number(hard['pods'])).toBeGreaterThanOrEqual(1.5 * pods);
    }
  });

  it('count the pods of the stack alone: those of its priority classes, all of them', () => {
    for (const file of ofKind('ResourceQuota')) {
      const { scopeSelector } = spec<{
        scopeSelector: { matchExpressions: readonly [{ scopeName: string; values: readonly string[] }] };
      }>(file);
      const owners = ownersIn(files).filter((owner) => owner.file.namespace === file.namespace);
      const [scope] = scopeSelector.matchExpressions;
      expect(scope.scopeName).toBe('PriorityClass');
      expect(new Set(scope.values)).toEqual(new Set(owners.map(({ pod }) => pod.priorityClassName)));
    }
  });

  it('leave nothing above the peak but rollouts where the room is none', () => {
    const [tight] = ofKind('ResourceQuota', filesOf(tenantPlan({ quotas: true, quotaRoom: '0%' })));
    const [wide] = ofKind('ResourceQuota', filesOf(tenantPlan({ quotas: true })));
    const gpus = (file: SynthesizedFile | undefined): number =>
      Number(file === undefined ? NaN : spec<{ hard: Quantities }>(file).hard['requests.nvidia.com/gpu']);
    const peak = requested(
      ownersIn(files).filter((owner) => owner.file.namespace === 'llm'),
      'nvidia.com/gpu',
    );
    expect(gpus(wide) - gpus(tight)).toBe(peak);
  });
});

interface ClusterQueueSpec {
  readonly namespaceSelector: { readonly matchLabels: Labels };
  readonly resourceGroups: readonly [
    {
      readonly coveredResources: readonly string[];
      readonly flavors: readonly {
        readonly name: string;
        readonly resources: readonly { readonly name: string; readonly nominalQuota: string }[];
      }[];
    },
  ];
}

describe('queues', () => {
  const owners = ownersIn(files).filter(({ labels }) => labels['plimsoll.dev/allocation'] !== undefined);
  const queueOf = ({ labels }: PodOwner): string => labels['kueue.x-k8s.io/queue-name'] ?? '';

  it('hold every pod set in a queue of its namespace and team, and no router', () => {
    expect(owners.length).toBeGreaterThan(8);
    for (const owner of owners) {
      const queue = ofKind('LocalQueue').find(
        (file) => file.namespace === owner.file.namespace && file.name === queueOf(owner),
      );
      const { clusterQueue } = spec<{ clusterQueue: string }>(queue ?? owner.file);
      const cluster = ofKind('ClusterQueue').find((file) => file.name === clusterQueue);
      expect(spec<ClusterQueueSpec>(cluster ?? owner.file).namespaceSelector.matchLabels).toEqual({
        'kubernetes.io/metadata.name': owner.file.namespace,
      });
    }
    const routers = ownersIn(files).filter(({ file }) => file.name.endsWith('-router'));
    expect(routers.map(queueOf)).toEqual(['', '']);
  });

  it('every pod set fits one flavor alone, by its node selector', () => {
    for (const { pod } of owners) {
      const fitting = ofKind('ResourceFlavor').filter((file) =>
        Object.entries(spec<{ nodeLabels: Labels }>(file).nodeLabels).every(
          ([key, value]) => pod.nodeSelector?.[key] === value,
        ),
      );
      expect(fitting).toHaveLength(1);
    }
  });

  it('have room for all that their pods request, of every resource that a pod requests', () => {
    for (const file of ofKind('ClusterQueue')) {
      const [group] = spec<ClusterQueueSpec>(file).resourceGroups;
      const members = owners.filter(
        (owner) =>
          spec<{ clusterQueue: string }>(
            ofKind('LocalQueue').find(
              (item) => item.namespace === owner.file.namespace && item.name === queueOf(owner),
            ) ?? file,
          ).clusterQueue === file.name,
      );
      expect(members.length).toBeGreaterThan(0);
      const asked = members.flatMap(({ pod }) => Object.keys(pod.containers[0]?.resources.requests ?? {}));
      expect(group.coveredResources).toEqual(expect.arrayContaining([...new Set(asked)]));
      for (const resource of group.coveredResources) {
        const quota = group.flavors.reduce(
          (sum, flavor) =>
            sum +
            amount(resource, flavor.resources.find((item) => item.name === resource)?.nominalQuota ?? 'NaN'),
          0,
        );
        expect(quota).toBeGreaterThanOrEqual(requested(members, resource));
      }
    }
  });

  it('are refused for more kinds of nodes than a queue may have flavors', () => {
    const [first] = SHOP_SOURCE.offerings;
    const [node] = SHOP_SOURCE.decision.nodes;
    if (first === undefined || node === undefined) throw new Error('no offering');
    const ids = Array.from({ length: 65 }, (_, index) => `c7i-${index}`);
    const source: SynthesisSource = {
      ...SHOP_SOURCE,
      problem: {
        ...SHOP_SOURCE.problem,
        tenancy: { queues: 'kueue' },
        pools: ids.map((id) => ({
          id,
          provider: 'aws',
          region: 'us-east-1',
          zones: ['a'],
          instanceType: 'c7i.large',
        })),
      },
      offerings: ids.map((id) => ({ ...first, id, pool: id })),
      decision: {
        ...SHOP_SOURCE.decision,
        serviceAllocations: [],
        nodes: ids.map((id) => ({ ...node, offering: id, pool: id })),
      },
    };
    const outcome = synthesize(source, { profile: 'vanilla' });
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.filter((item) => item.path === 'problem.tenancy.queues')).toHaveLength(1);
  });
});

describe('the tenancy of a problem', () => {
  it('is part of the format, and what it misspells is found', () => {
    const document = { ...PLAN_SOURCE.problem, tenancy: { client: ['web'], quotaRoom: '200%' } };
    const codes = parseProblem(document).diagnostics.map((item) => `${item.code} ${item.path}`);
    expect(codes).toContain('model-unknown-field tenancy.client');
    expect(codes.some((code) => code.endsWith('tenancy.quotaRoom'))).toBe(true);
  });

  it('is left out of the normal form where it is not declared', () => {
    expect(normalizeDocument(PLAN_SOURCE.problem)).not.toHaveProperty('tenancy');
    const two = { ...PLAN_SOURCE.problem, tenancy: { clients: ['web', 'batch'] } };
    expect(normalizeDocument(two).tenancy?.clients).toEqual(['batch', 'web']);
  });

  it('says the team of a namespace that one team has alone', () => {
    const teamOf = (name: string, among: readonly SynthesizedFile[]): string | undefined => {
      const file = ofKind('Namespace', among).find((item) => item.name === name);
      return (file?.manifest['metadata'] as { labels: Labels }).labels['plimsoll.dev/team'];
    };
    expect(teamOf('llm', files)).toBeUndefined();
    const chat = ALLOCATIONS.filter(({ workload }) => workload === 'chat');
    const alone = filesOf({
      ...PLAN_SOURCE,
      decision: { ...PLAN_SOURCE.decision, allocations: chat },
    });
    expect(teamOf('llm', alone)).toBe('assistants');
  });
});
