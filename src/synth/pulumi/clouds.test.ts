import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eksNodeGroups } from './aws.ts';
import { agentPoolName, aksAgentPools } from './azure.ts';
import type { CloudResources } from './cloud-program.ts';
import { gkeNodePools } from './gcp.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { PulumiResource } from './program.ts';
import type { PulumiObject } from './values.ts';

const taint = fc.record({
  key: fc.constantFrom('example.com/team', 'nvidia.com/gpu'),
  value: fc.constantFrom('a', 'present'),
  effect: fc.constantFrom('NoSchedule' as const, 'PreferNoSchedule' as const, 'NoExecute' as const),
});

function specs(cloud: NodeGroupSpec['cloud'], instanceType: string): fc.Arbitrary<NodeGroupSpec> {
  return fc
    .record({
      pool: fc.stringMatching(/^[a-z][a-z0-9-]{0,40}[a-z0-9]$/),
      capacityType: fc.constantFrom('on-demand' as const, 'spot' as const, 'reserved' as const),
      architecture: fc.constantFrom('amd64' as const, 'arm64' as const),
      counts: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 90 })),
      taints: fc.uniqueArray(taint, { selector: ({ key }) => key, maxLength: 2 }),
      isGrouped: fc.boolean(),
      hasAccelerator: fc.boolean(),
      diskGib: fc.integer({ min: 10, max: 300 }).map((tens) => tens * 10),
    })
    .map(({ pool, counts: [few, more], hasAccelerator, ...facts }) => ({
      ...facts,
      name: `${pool}-zone-a-${facts.capacityType}`,
      stack: 'prod',
      pool,
      cloud,
      region: 'region',
      zone: cloud === 'azure' ? '1' : 'region-a',
      instanceType,
      provisioning: 'managed' as const,
      minNodes: few,
      maxNodes: few + more,
      labels: { 'plimsoll.dev/pool': pool },
      ...(hasAccelerator ? { accelerator: { name: 'h100-sxm', resource: 'nvidia.com/gpu', count: 8 } } : {}),
    }));
}

function resourcesOf(
  build: (region: { stack: string; region: string; groups: readonly NodeGroupSpec[] }) => CloudResources,
  spec: NodeGroupSpec,
): readonly PulumiResource[] {
  return build({ stack: 'prod', region: 'region', groups: [spec] }).resources;
}

function argsOf(resources: readonly PulumiResource[], type: string): PulumiObject {
  return resources.find((resource) => resource.type === type)?.args ?? {};
}

const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const EKS = 'aws:eks/nodeGroup:NodeGroup';
const GKE = 'gcp:container/nodePool:NodePool';
const AKS = 'azure-native:containerservice:AgentPool';

describe('EKS node groups', () => {
  it('always ask for IMDSv2 within one hop and an encrypted disk of the planned size', () => {
    fc.assert(
      fc.property(specs('aws', 'p5.48xlarge'), (spec) => {
        expect(argsOf(resourcesOf(eksNodeGroups, spec), TEMPLATE)).toMatchObject({
          metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 },
          blockDeviceMappings: [{ ebs: { encrypted: 'true', volumeSize: spec.diskGib } }],
        });
      }),
    );
  });

  it('buy as the plan buys, within its numbers', () => {
    fc.assert(
      fc.property(specs('aws', 'p5.48xlarge'), (spec) => {
        const args = argsOf(resourcesOf(eksNodeGroups, spec), EKS);
        expect(args['capacityType'] === 'SPOT').toBe(spec.capacityType === 'spot');
        expect(args['scalingConfig']).toMatchObject({ minSize: spec.minNodes, maxSize: spec.maxNodes });
        expect(args['labels']).toEqual(spec.labels);
      }),
    );
  });

  it('name a reservation, which the program must be told, only for reserved capacity', () => {
    fc.assert(
      fc.property(specs('aws', 'p5.48xlarge'), (spec) => {
        const built = eksNodeGroups({ stack: 'prod', region: 'us-east-1', groups: [spec] });
        const isAsked = built.settings.some(({ name }) => name.startsWith('capacityReservation'));
        expect(isAsked).toBe(spec.capacityType === 'reserved');
        const template = argsOf(built.resources, TEMPLATE);
        expect('capacityReservationSpecification' in template).toBe(isAsked);
      }),
    );
  });

  it('give nodes the two policies that they need and no other', () => {
    const [spec] = fc.sample(specs('aws', 'p5.48xlarge'), { numRuns: 1, seed: 1 });
    const built = eksNodeGroups({ stack: 'prod', region: 'cn-north-1', groups: spec ? [spec] : [] });
    const policies = built.resources.flatMap(({ args }) => args['policyArn'] ?? []);
    expect(policies).toEqual([
      'arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy',
      'arn:aws-cn:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly',
    ]);
  });

  it('are refused for accelerators without an image', () => {
    const [spec] = fc.sample(specs('aws', 'x1'), { numRuns: 1, seed: 1 });
    const amd = { name: 'mi300x', resource: 'amd.com/gpu', count: 8 };
    const groups = spec === undefined ? [] : [{ ...spec, accelerator: amd }];
    const built = eksNodeGroups({ stack: 'prod', region: 'us-east-1', groups });
    expect(built.diagnostics.map(({ code }) => code)).toEqual(['synth-unsupported']);
  });
});

describe('GKE node pools', () => {
  it('are private, shielded, and reach metadata as workloads do', () => {
    fc.assert(
      fc.property(specs('gcp', 'a3-highgpu-8g'), (spec) => {
        expect(argsOf(resourcesOf(gkeNodePools, spec), GKE)).toMatchObject({
          networkConfig: { enablePrivateNodes: true },
          nodeConfig: {
            spot: spec.capacityType === 'spot',
            workloadMetadataConfig: { mode: 'GKE_METADATA' },
            shieldedInstanceConfig: { enableIntegrityMonitoring: true },
            diskSizeGb: spec.diskGib,
          },
        });
      }),
    );
  });

  it('have names that leave Pulumi eight of the forty characters that GKE takes', () => {
    fc.assert(
      fc.property(specs('gcp', 'a3-highgpu-8g'), (spec) => {
        const pool = resourcesOf(gkeNodePools, spec).find(({ type }) => type === GKE);
        expect(pool?.id).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
      }),
    );
  });

  it('are refused where the name of the accelerator is not known', () => {
    const [spec] = fc.sample(specs('gcp', 'n1-standard-8'), { numRuns: 1, seed: 1 });
    const accelerator = { name: 't4', resource: 'nvidia.com/gpu', count: 1 };
    const groups = spec === undefined ? [] : [{ ...spec, accelerator }];
    const built = gkeNodePools({ stack: 'prod', region: 'us-central1', groups });
    expect(built.diagnostics.map(({ code }) => code)).toEqual(['synth-unsupported']);
  });
});

describe('AKS agent pools', () => {
  it('have names of small letters and digits, twelve at most, that differ where pools do', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,60}$/), { minLength: 2 }), (names) => {
        const made = names.map(agentPoolName);
        for (const name of made) expect(name).toMatch(/^[a-z][a-z0-9]{0,11}$/);
        expect(new Set(made).size).toBe(names.length);
      }),
    );
  });

  it('have no public addresses and are encrypted on the host', () => {
    fc.assert(
      fc.property(specs('azure', 'Standard_ND96isr_H100_v5'), (spec) => {
        expect(argsOf(resourcesOf(aksAgentPools, spec), AKS)).toMatchObject({
          enableNodePublicIP: false,
          enableEncryptionAtHost: true,
          availabilityZones: ['1'],
          minCount: spec.minNodes,
          maxCount: spec.maxNodes,
          osDiskSizeGB: spec.diskGib,
        });
      }),
    );
  });

  it('boot securely where no driver stands against it', () => {
    fc.assert(
      fc.property(specs('azure', 'Standard_D8s_v5'), (spec) => {
        const { securityProfile } = argsOf(resourcesOf(aksAgentPools, spec), AKS);
        const can = spec.accelerator === undefined && spec.architecture === 'amd64';
        expect(securityProfile).toEqual(can ? { enableSecureBoot: true, enableVTPM: true } : undefined);
      }),
    );
  });

  it('ask for the spot price at most of capacity on demand', () => {
    fc.assert(
      fc.property(specs('azure', 'Standard_D8s_v5'), (spec) => {
        const args = argsOf(resourcesOf(aksAgentPools, spec), AKS);
        expect(args['spotMaxPrice']).toBe(spec.capacityType === 'spot' ? -1 : undefined);
      }),
    );
  });
});
