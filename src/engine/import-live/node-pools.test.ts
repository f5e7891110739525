import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { fieldsOf } from '../import-manifests/fields.ts';
import { nodeFacts } from './node-facts.ts';
import { importPools } from './node-pools.ts';
import { node, placeLabels } from './testing/live-cluster.ts';
import type { TestNode } from './testing/live-cluster.ts';

function factsOf(test: TestNode) {
  const problems: Diagnostic[] = [];
  const facts = nodeFacts(fieldsOf(node(test)), 'nodes[0]', problems);
  expect(problems).toEqual([]);
  return facts;
}

function pools(nodes: readonly TestNode[], selectors: readonly Record<string, string>[] = []) {
  return importPools(nodes.map(factsOf), { selectors, taken: new Set() });
}

const M5 = { ...placeLabels('m5.xlarge', 'us-east-1a'), 'karpenter.sh/capacity-type': 'spot' };

describe('how a node is bought', () => {
  it.each<[string, Record<string, string>, string]>([
    ['karpenter.sh/capacity-type', { 'karpenter.sh/capacity-type': 'spot' }, 'spot'],
    ['Karpenter, reserved', { 'karpenter.sh/capacity-type': 'reserved' }, 'reserved'],
    ['EKS', { 'eks.amazonaws.com/capacityType': 'SPOT' }, 'spot'],
    ['EKS, capacity block', { 'eks.amazonaws.com/capacityType': 'CAPACITY_BLOCK' }, 'reserved'],
    ['GKE', { 'cloud.google.com/gke-spot': 'true' }, 'spot'],
    ['GKE, provisioning', { 'cloud.google.com/gke-provisioning': 'standard' }, 'on-demand'],
    ['AKS', { 'kubernetes.azure.com/scalesetpriority': 'spot' }, 'spot'],
  ])('is told by %s', (_, labels, capacityType) => {
    const facts = factsOf({ name: 'a', labels, providerID: 'aws:///us-east-1a/i-1' });
    expect(facts.capacityType).toBe(capacityType);
  });

  it.each<[string, TestNode, string]>([
    ['aws', { name: 'a', providerID: 'aws:///us-east-1a/i-1' }, 'on-demand'],
    ['gcp', { name: 'a', providerID: 'gce://p/europe-west4-a/n' }, 'on-demand'],
    ['azure', { name: 'a', labels: { 'kubernetes.azure.com/cluster': 'c' } }, 'on-demand'],
    ['own', { name: 'a', providerID: 'kind://docker/x' }, 'owned'],
  ])('belongs to %s', (provider, test, capacityType) => {
    expect(factsOf(test)).toMatchObject({ provider, capacityType });
  });

  it.each([
    ['NVIDIA-H100-80GB-HBM3', 'h100-sxm'],
    ['NVIDIA-A100-SXM4-80GB', 'a100-80gb-sxm'],
    ['NVIDIA-L40S', 'l40s'],
    ['Tesla-T4', 't4'],
    ['NVIDIA-H200', 'h200-sxm'],
    ['NVIDIA-B200', 'b200'],
    ['nvidia-l4', 'l4'],
  ])('accelerator %s is %s of the catalogue', (product, name) => {
    const facts = factsOf({
      name: 'a',
      labels: { 'nvidia.com/gpu.product': product },
      resources: { 'nvidia.com/gpu': '8' },
    });
    expect(facts.accelerator).toEqual({ name, count: 8, isKnown: true });
  });
});

describe('nodes as pools', () => {
  it('are one for each instance type, with all its zones and capacity types', () => {
    const found = pools(
      [
        { name: 'a', labels: M5 },
        {
          name: 'b',
          labels: {
            ...M5,
            ...placeLabels('m5.xlarge', 'us-east-1b'),
            'karpenter.sh/capacity-type': 'on-demand',
          },
        },
        { name: 'c', labels: { ...M5, ...placeLabels('p5.48xlarge', 'us-east-1a') } },
      ].map((item) => ({ ...item, providerID: 'aws:///x/i' })),
    );
    expect(found.pools).toEqual([
      {
        id: 'm5-xlarge',
        provider: 'aws',
        region: 'us-east-1',
        zones: ['us-east-1a', 'us-east-1b'],
        instanceType: 'm5.xlarge',
        capacityTypes: ['on-demand', 'spot'],
      },
      expect.objectContaining({ id: 'p5-48xlarge', instanceType: 'p5.48xlarge', capacityTypes: ['spot'] }),
    ]);
    expect([found.catalog, found.diagnostics]).toEqual([undefined, []]);
  });

  it('are apart by taints and by the labels that services ask for, and by nothing else', () => {
    const disk = (value: string) => ({ ...M5, disk: value, 'kubernetes.io/hostname': value });
    const nodes = [
      { name: 'a', labels: disk('ssd') },
      { name: 'b', labels: disk('hdd') },
      { name: 'c', labels: disk('hdd'), taints: [{ key: 'batch', value: 'yes', effect: 'NoSchedule' }] },
      {
        name: 'd',
        labels: disk('hdd'),
        taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }],
      },
    ].map((item) => ({ ...item, providerID: 'aws:///x/i' }));
    expect(pools(nodes).pools).toHaveLength(2);
    const found = pools(nodes, [{ disk: 'ssd' }]).pools;
    expect(found.map(({ id, labels, taints }) => [id, labels, taints?.length])).toEqual([
      ['m5-xlarge', { disk: 'hdd' }, undefined],
      ['m5-xlarge-2', { disk: 'ssd' }, undefined],
      ['m5-xlarge-3', { disk: 'hdd' }, 1],
    ]);
  });

  it('of one’s own describe the hardware, as many as there are, at a price that is said to be assumed', () => {
    const resources = { cpu: '64', memory: '512Gi', 'nvidia.com/gpu': '8' };
    const labels = { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' };
    const found = pools(['a', 'b'].map((name) => ({ name, labels, resources })));
    expect(found.pools).toEqual([
      {
        id: 'own-64cpu-512gi-8xh100-sxm',
        provider: 'own',
        region: 'home',
        zones: ['home'],
        instanceType: 'own-64cpu-512gi-8xh100-sxm',
        capacityTypes: ['owned'],
        maxNodes: 2,
        prices: { owned: '1 USD/hour' },
      },
    ]);
    expect(found.catalog?.instanceTypes).toEqual([
      expect.objectContaining({
        name: 'own-64cpu-512gi-8xh100-sxm',
        vcpus: 64,
        accelerator: { name: 'h100-sxm', count: 8 },
        allocatable: { cpuMillicores: 64_000, memory: '524288MiB', pods: 58 },
      }),
    ]);
    expect(found.diagnostics.map(({ code }) => code)).toEqual([
      'import-unknown-hardware',
      'import-unknown-hardware',
    ]);
  });

  it('with an accelerator that nobody knows say that it was left out', () => {
    const found = pools([
      { name: 'a', resources: { 'amd.com/gpu': '4' }, labels: { 'amd.com/gpu.product-name': 'X9' } },
    ]);
    expect(found.catalog?.instanceTypes?.[0]?.accelerator).toBeUndefined();
    expect(found.diagnostics.map(({ summary }) => summary).join()).toContain('4 × x9');
  });

  it('leave the control plane out', () => {
    const labels = { ...M5, 'node-role.kubernetes.io/control-plane': '' };
    const found = pools([{ name: 'a', labels, providerID: 'aws:///x/i' }]);
    expect([found.pools, found.diagnostics[0]?.code]).toEqual([[], 'import-node-left-out']);
  });
});
