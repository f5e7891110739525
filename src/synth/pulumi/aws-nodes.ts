import type { PulumiResource } from './program.ts';
import { joined, output } from './values.ts';
import type { PulumiObject, PulumiValue } from './values.ts';

/** Id of the role of all nodes of a program. */
export const NODE_ROLE = 'node-role';

/**
 * What a node of EKS must be allowed to do: register with the cluster and pull images, nothing else (Amazon EKS User Guide, "Amazon EKS
 * node IAM role", 2026: the minimal worker policy and the pull-only registry policy). The network plugin is left out on purpose: its
 * add-on has a role of its own.
 */
const NODE_POLICIES = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'] as const;

/** Partition of a region, which the names of AWS's own policies start with (AWS, "ARN format"). */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Ids of the resources that give nodes their rights; node groups must come after them. */
export const NODE_RIGHTS: readonly string[] = NODE_POLICIES.map((_, index) => `node-policy-${index + 1}`);

/** The role of the nodes and its policies. */
export function nodeRole(region: string, tags: PulumiObject): readonly PulumiResource[] {
  const service = region.startsWith('cn-') ? 'ec2.amazonaws.com.cn' : 'ec2.amazonaws.com';
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
  return [
    {
      id: NODE_ROLE,
      type: 'aws:iam/role:Role',
      args: {
        assumeRolePolicy: JSON.stringify(trust),
        description: 'Nodes of a plan: join the cluster and pull images',
        tags,
      },
    },
    ...NODE_POLICIES.map((policy, index) => ({
      id: NODE_RIGHTS[index] ?? '',
      type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
      args: {
        role: output(NODE_ROLE, 'name'),
        policyArn: `arn:${partitionOf(region)}:iam::aws:policy/${policy}`,
      },
    })),
  ];
}

/**
 * The root disk of a node, encrypted with the account's key for EBS. gp3 delivers 125 MiB/s without extra charge; engines load
 * checkpoints from it, so more is asked for large disks (Amazon EBS User Guide, "General Purpose SSD volumes": at most 1,000 MiB/s,
 * and 0.25 MiB/s per operation per second).
 */
export function rootDisk(diskGib: number): PulumiObject {
  const isLarge = diskGib > 200;
  return {
    volumeType: 'gp3',
    volumeSize: diskGib,
    ...(isLarge ? { throughput: 1000, iops: 4000 } : {}),
    encrypted: 'true',
    deleteOnTermination: 'true',
  };
}

/** IMDSv2 only, and out of reach of pods: one hop ends at the node itself. */
export const METADATA_OPTIONS: PulumiObject = {
  httpEndpoint: 'enabled',
  httpTokens: 'required',
  httpPutResponseHopLimit: 1,
};

/** A number of another resource as text, where an argument asks for text. */
export function asText(resource: string, property: string): PulumiValue {
  return joined(output(resource, property));
}
