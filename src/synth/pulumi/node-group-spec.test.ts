import { describe, expect, it } from 'vitest';
import { ALLOCATIONS, PLAN_SOURCE, PROBLEM, planWith } from '../../../test/synth/plan-source.ts';
import { SHOP_SOURCE } from '../../../test/synth/services-source.ts';
import type { SynthesisSource } from '../files.ts';
import { synthesize } from '../synthesize.ts';
import { nodeGroupSpecs } from './node-group-spec.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import { podNeeds } from './pod-needs.ts';

function specsOf(source: SynthesisSource): readonly NodeGroupSpec[] {
  const outcome = nodeGroupSpecs(source);
  return outcome.ok ? outcome.value : [];
}

function specOf(name: string): NodeGroupSpec | undefined {
  return specsOf(PLAN_SOURCE).find((spec) => spec.name === name);
}

describe('node groups that a plan asks clouds for', () => {
  it('are one per offering that is bought in any window', () => {
    const bought = PLAN_SOURCE.decision.nodes
      .filter(({ nodes }) => Object.values(nodes).some((count) => count > 0))
      .map(({ offering }) => offering);
    expect(specsOf(PLAN_SOURCE)).toHaveLength(new Set(bought).size);
  });

  it('hold the fewest and the most nodes of their zone over the week', () => {
    for (const spec of specsOf(PLAN_SOURCE)) {
      const counts = PLAN_SOURCE.decision.windows.map(({ id }) =>
        PLAN_SOURCE.decision.nodes
          .filter(({ pool, zone, capacityType }) =>
            [pool === spec.pool, zone === spec.zone, capacityType === spec.capacityType].every(Boolean),
          )
          .reduce((sum, { nodes }) => sum + (nodes[id] ?? 0), 0),
      );
      expect([spec.minNodes, spec.maxNodes]).toEqual([Math.min(...counts), Math.max(...counts)]);
    }
  });

  it('start from nothing where no node runs in some window', () => {
    expect(specOf('l40s-us-east-1c-spot')).toMatchObject({ minNodes: 0, maxNodes: 2 });
  });

  it('lie close together only where a replica spans several nodes', () => {
    const grouped = specsOf(PLAN_SOURCE).filter((spec) => spec.isGrouped);
    expect([...new Set(grouped.map((spec) => spec.pool))]).toEqual(['h100']);
  });

  it('have a disk for the checkpoints of as many pods as their accelerators serve', () => {
    const needs = podNeeds(PLAN_SOURCE);
    for (const need of needs.ok ? needs.value : []) {
      for (const spec of specsOf(PLAN_SOURCE).filter(({ pool }) => pool === need.pool)) {
        const asked = need.accelerators['nvidia.com/gpu'] ?? 0;
        const pods = asked === 0 ? 1 : Math.floor((spec.accelerator?.count ?? 0) / asked);
        expect(spec.diskGib * 2 ** 30).toBeGreaterThan(pods * need.disk);
      }
    }
    expect(needs.ok && needs.value.some(({ disk }) => disk > 0)).toBe(true);
  });

  it('name zones as providers do, where the plan uses the label of nodes', () => {
    const label = PLAN_SOURCE.offerings.map((offering) =>
      offering.provider === 'azure' ? { ...offering, zone: `eastus-${offering.zone}` } : offering,
    );
    const azure = specsOf({ ...PLAN_SOURCE, offerings: label }).find(({ cloud }) => cloud === 'azure');
    expect(azure).toMatchObject({ zone: '1', name: 'nd-eastus-1-on-demand' });
  });

  it('leave owned servers and other providers out, with a warning each', () => {
    const problem = {
      ...PROBLEM,
      pools: PROBLEM.pools.map((pool) => (pool.id === 'a3' ? { ...pool, provider: 'acme' } : pool)),
    };
    const outcome = nodeGroupSpecs({ ...PLAN_SOURCE, problem });
    expect(outcome.ok && outcome.value.some(({ pool }) => pool === 'a3')).toBe(false);
    expect(outcome.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['synth-unsupported', 'warning'],
    ]);
  });

  it('warn of labels that clouds refuse', () => {
    const labels = { 'kubernetes.io/role': 'x' };
    const problem = {
      ...PROBLEM,
      pools: PROBLEM.pools.map((pool) => (pool.id === 'nd' ? { ...pool, labels } : pool)),
    };
    const outcome = nodeGroupSpecs({ ...PLAN_SOURCE, problem });
    expect(outcome.diagnostics.map(({ path }) => path)).toEqual(['problem.pools[nd].labels']);
    expect(JSON.stringify(outcome.ok && outcome.value)).not.toContain('kubernetes.io/role');
  });

  it('are refused when the manifests cannot be written', () => {
    const foreign = ALLOCATIONS.map((item) => ({
      ...item,
      candidate: { ...item.candidate, engine: 'unknown' },
    }));
    const outcome = nodeGroupSpecs(planWith(foreign));
    expect(outcome.ok).toBe(false);
  });
});

describe('pools whose nodes are managed by the cloud', () => {
  const problem = {
    ...PROBLEM,
    pools: PROBLEM.pools.map((pool) => ({ ...pool, nodeProvisioning: 'managed' as const })),
  };
  const managed = { ...PLAN_SOURCE, problem };

  it('leave no objects of Karpenter in the manifests, and nothing to warn of', () => {
    const files = synthesize(managed, { profile: 'vanilla' });
    expect(files.ok && files.value.filter(({ apiVersion }) => apiVersion.startsWith('karpenter'))).toEqual(
      [],
    );
    expect(files.diagnostics.map(({ path }) => path).filter((path) => path.includes('pools'))).toEqual([]);
  });

  it('have the same node groups', () => {
    const asManaged = specsOf(PLAN_SOURCE).map((spec) => ({ ...spec, provisioning: 'managed' }));
    expect(specsOf(managed)).toEqual(asManaged);
  });
});

/*
 * The promise that matters: a pod of the manifests finds a node group. Labels that providers set by themselves are added as they do.
 */
describe.each([
  ['language models', PLAN_SOURCE],
  ['microservices', SHOP_SOURCE],
])('pods of %s', (_, source) => {
  const files = synthesize(source, { profile: 'vanilla' });
  const pods = (files.ok ? files.value : []).flatMap(({ manifest, kind }) => podSpecs(kind, manifest));
  const specs = specsOf(source);

  it('find a node group whose labels they select and whose taints they tolerate', () => {
    const selecting = pods.filter((pod) => pod.nodeSelector?.['plimsoll.dev/pool'] !== undefined);
    expect(selecting.length).toBeGreaterThan(0);
    for (const pod of selecting) {
      const found = specs.filter((spec) => selects(pod, spec) && tolerates(pod, spec));
      expect(found, JSON.stringify(pod.nodeSelector)).not.toEqual([]);
    }
  });
});

interface Pod {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly value?: string;
  }[];
}

interface Template {
  readonly spec?: Pod;
}

function podSpecs(kind: string, manifest: object): readonly Pod[] {
  const { spec } = manifest as {
    spec?: {
      template?: Template;
      leaderWorkerTemplate?: { leaderTemplate?: Template; workerTemplate?: Template };
    };
  };
  const group = spec?.leaderWorkerTemplate;
  const templates = kind === 'Deployment' ? [spec?.template] : [group?.leaderTemplate, group?.workerTemplate];
  return templates.flatMap((template) => (template?.spec === undefined ? [] : [template.spec]));
}

function selects(pod: Pod, spec: NodeGroupSpec): boolean {
  const labels: Readonly<Record<string, string>> = {
    ...spec.labels,
    'node.kubernetes.io/instance-type': spec.instanceType,
    'kubernetes.io/arch': spec.architecture,
    ...(spec.cloud === 'gcp' && spec.capacityType === 'spot' ? { 'cloud.google.com/gke-spot': 'true' } : {}),
  };
  return Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
}

function tolerates(pod: Pod, spec: NodeGroupSpec): boolean {
  return spec.taints.every((taint) =>
    (pod.tolerations ?? []).some(
      ({ key, operator, value }) => key === taint.key && (operator === 'Exists' || value === taint.value),
    ),
  );
}
