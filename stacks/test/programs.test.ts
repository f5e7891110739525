import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlanDocument } from 'plimsoll';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedResources } from './recorded.ts';
import type { RecordedResource } from './recorded.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Each reference stack: its program's project, settings that have no default, and what a node group is called there. */
const STACKS = [
  {
    name: 'aws-eks',
    config: { kubernetesVersion: '1.34', adminCidrs: [] },
    nodeGroup: 'aws:eks/nodeGroup:NodeGroup',
    own: ['aws-eks-system'],
  },
  {
    name: 'gcp-gke',
    config: { projectId: 'example', adminCidrs: [] },
    nodeGroup: 'gcp:container/nodePool:NodePool',
    own: ['gcp-gke-system'],
  },
  {
    name: 'azure-aks',
    config: { kubernetesVersion: '1.34', adminGroupId: '00000000-0000-0000-0000-000000000000' },
    nodeGroup: 'azure-native:containerservice:AgentPool',
    own: [],
  },
] as const;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-stacks-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(STACKS)('the reference stack $name', ({ name, config, nodeGroup, own }) => {
  const planFile = (): string => path.join(folder, name, 'plan.json');
  let resources: readonly RecordedResource[] = [];

  beforeAll(async () => {
    const args = ['bin/plimsoll.js', 'plan', `stacks/${name}/stack.ts`, '--out', path.join(folder, name)];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'pipe' });
    resources = await recordedResources(
      { name: `plimsoll-${name}`, config: { ...config, plan: planFile() } },
      () => import(`../${name}/index.ts`),
    );
  });

  it('plans without violations of its policies', () => {
    const plan = JSON.parse(readFileSync(planFile(), 'utf8')) as PlanDocument;
    expect(plan.applicable).toBe(true);
  });

  it('builds a node group for every offering that its plan buys, within its numbers', () => {
    const plan = JSON.parse(readFileSync(planFile(), 'utf8')) as PlanDocument;
    const most = plan.decision.nodes
      .map(({ nodes }) => Math.max(...Object.values(nodes)))
      .filter((count) => count > 0);
    const groups = resources.filter((item) => item.type === nodeGroup && !own.includes(item.name as never));
    expect(groups.map(({ inputs }) => mostNodes(inputs)).sort()).toEqual(most.sort());
  });

  it('gives no node a public address and asks for nothing by password or key', () => {
    const text = JSON.stringify(resources.map(({ inputs }) => inputs));
    expect(text).not.toMatch(/"enableNodePublicIP":true|"mapPublicIpOnLaunch":true/);
    expect(text).not.toMatch(/password|adminUsername|clientSecret|accessKey/i);
  });

  it('has names that are unique among resources of a type', () => {
    const names = resources.map(({ type, name: resource }) => `${type} ${resource}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

function mostNodes(inputs: Readonly<Record<string, unknown>>): unknown {
  const scaling = (inputs['scalingConfig'] ?? inputs['autoscaling'] ?? inputs) as Record<string, unknown>;
  return scaling['maxSize'] ?? scaling['maxNodeCount'] ?? scaling['maxCount'];
}
