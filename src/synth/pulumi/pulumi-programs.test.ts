import { describe, expect, it } from 'vitest';
import { PLAN_SOURCE, PROBLEM } from '../../../test/synth/plan-source.ts';
import type { SynthesisSource } from '../files.ts';
import { nodeGroupSpecs } from './node-group-spec.ts';
import type { PulumiProgram } from './program.ts';
import { pulumiPrograms } from './pulumi-programs.ts';

/** The plan with nodes of these pools managed by their clouds. */
function managing(...ids: readonly string[]): SynthesisSource {
  const pools = PROBLEM.pools.map((pool) =>
    ids.includes(pool.id) ? { ...pool, nodeProvisioning: 'managed' as const } : pool,
  );
  return { ...PLAN_SOURCE, problem: { ...PROBLEM, pools } };
}

function programOf(source: SynthesisSource, cloud: PulumiProgram['cloud']): PulumiProgram | undefined {
  const programs = pulumiPrograms(source);
  return programs.ok ? programs.value.find((program) => program.cloud === cloud) : undefined;
}

function types(program: PulumiProgram | undefined): readonly string[] {
  return [...new Set(program?.resources.map(({ type }) => type.split(':').at(-1) ?? ''))].sort();
}

describe('programs of a plan', () => {
  it('are one per cloud and region, named after them', () => {
    const programs = pulumiPrograms(managing('h100', 'l40s', 'nd'));
    expect(programs.ok && programs.value.map(({ name }) => name)).toEqual([
      'prod-aws-us-east-1',
      'prod-azure-eastus',
      'prod-gcp-us-central1',
    ]);
  });

  it('give Karpenter on EKS a role, a profile, access and tags, and no node group', () => {
    expect(types(programOf(PLAN_SOURCE, 'aws'))).toEqual([
      'AccessEntry',
      'InstanceProfile',
      'Role',
      'RolePolicyAttachment',
      'Tag',
    ]);
  });

  it('hold one role of nodes where some pools are managed and others not', () => {
    const program = programOf(managing('h100'), 'aws');
    expect(types(program)).toContain('NodeGroup');
    expect(program?.nodeClasses).toHaveLength(1);
    expect(program?.resources.filter(({ type }) => type === 'aws:iam/role:Role')).toHaveLength(1);
  });

  it('write no node class where the cloud manages all nodes', () => {
    expect(programOf(managing('h100', 'l40s'), 'aws')?.nodeClasses).toEqual([]);
  });

  it('leave agent pools out where AKS provisions nodes by itself, and say so', () => {
    const programs = pulumiPrograms(PLAN_SOURCE);
    expect(programs.ok && programs.value.some(({ cloud }) => cloud === 'azure')).toBe(false);
    expect(programs.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['synth-unsupported', 'warning'],
    ]);
  });
});

describe('the node class of Karpenter on EKS', () => {
  const program = programOf(PLAN_SOURCE, 'aws');
  const spec = program?.nodeClasses[0]?.['spec'] as unknown as NodeClassSpec;

  interface NodeClassSpec {
    readonly instanceProfile: string;
    readonly subnetSelectorTerms: readonly { readonly tags: Readonly<Record<string, string>> }[];
    readonly blockDeviceMappings: readonly { readonly ebs: { readonly volumeSize: string } }[];
  }

  it('has the largest disk that any of its pools needs', () => {
    const specs = nodeGroupSpecs(PLAN_SOURCE);
    const disks = (specs.ok ? specs.value : []).filter(({ cloud }) => cloud === 'aws');
    const most = Math.max(...disks.map(({ diskGib }) => diskGib));
    expect(spec.blockDeviceMappings[0]?.ebs.volumeSize).toBe(`${most}Gi`);
  });

  it('finds what the program makes: the profile by name, subnets by a tag that each of them gets', () => {
    const resources = program?.resources ?? [];
    const profile = resources.find(({ type }) => type.endsWith(':InstanceProfile'));
    expect(profile?.args['name']).toBe(spec.instanceProfile);
    const [[key, value] = []] = Object.entries(spec.subnetSelectorTerms[0]?.tags ?? {});
    const marks = resources.filter(({ type }) => type.endsWith(':Tag'));
    expect(marks.map(({ args }) => [args['key'], args['value']])).toEqual(marks.map(() => [key, value]));
    const subnets = program?.settings.filter(({ name }) => name.startsWith('subnet')) ?? [];
    // A tag for each subnet and one for the security group.
    expect(marks).toHaveLength(subnets.length + 1);
  });
});
