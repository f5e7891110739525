import type { JsonObject } from '../files.ts';
import { stackLabels } from '../kubernetes/labels.ts';
import { labelValue, nodeClassName, shortenedName } from '../kubernetes/names.ts';
import { METADATA_OPTIONS, NODE_ROLE, nodeRole, rootDisk } from './aws-nodes.ts';
import { ownerTags } from './cloud-program.ts';
import type { CloudResources, RegionGroups } from './cloud-program.ts';
import { CLUSTER, reservationSettings, subnetSetting } from './aws-settings.ts';
import type { PulumiResource, PulumiSetting } from './program.ts';
import { output, setting } from './values.ts';

const SECURITY_GROUP: PulumiSetting = {
  name: 'securityGroupId',
  description: 'Id of the security group of the nodes, such as that of the cluster',
};

/** Longest name of an instance profile (AWS IAM API, `CreateInstanceProfile`). */
const MAX_PROFILE_NAME = 128;

/**
 * What Karpenter's nodes need on EKS: a role, an instance profile and the cluster's consent, tags by which the node class finds subnets,
 * security group and reservations, and the node class itself, an object that is applied like the plan's other manifests.
 * All node pools of a plan that name none of their own share the node class named after the stack.
 */
export function eksNodeClass({ stack, region, groups }: RegionGroups): CloudResources {
  const subnets = groups.map(subnetSetting);
  const reservations = groups.flatMap(reservationSettings);
  const tagged = [...new Set([...subnets, ...reservations, SECURITY_GROUP].map(({ name }) => name))].sort();
  const tags = ownerTags({ stack });
  return {
    settings: [CLUSTER, SECURITY_GROUP, ...subnets, ...reservations],
    resources: [
      ...nodeRole(region, tags),
      {
        id: 'node-profile',
        type: 'aws:iam/instanceProfile:InstanceProfile',
        args: { name: profileName(stack, region), role: output(NODE_ROLE, 'name'), tags },
      },
      {
        id: 'node-access',
        type: 'aws:eks/accessEntry:AccessEntry',
        args: {
          clusterName: setting(CLUSTER.name),
          principalArn: output(NODE_ROLE, 'arn'),
          type: 'EC2_LINUX',
          tags,
        },
      },
      ...tagged.map((name) => mark(stack, name)),
    ],
    diagnostics: [],
    nodeClasses: [nodeClass({ stack, region, groups })],
  };
}

function mark(stack: string, name: string): PulumiResource {
  return {
    id: `mark-${name}`,
    type: 'aws:ec2/tag:Tag',
    args: { resourceId: setting(name), key: tagKey(stack), value: 'shared' },
  };
}

/** A key per stack, so that stacks may share subnets. */
function tagKey(stack: string): string {
  return `plimsoll.dev/nodes-of-${stack}`;
}

function profileName(stack: string, region: string): string {
  return shortenedName(`plimsoll-${stack}-${region}`, MAX_PROFILE_NAME);
}

/** The node class (Karpenter's EC2NodeClass karpenter.k8s.aws/v1); the disk is the largest that any of its pools needs. */
function nodeClass({ stack, region, groups }: RegionGroups): JsonObject {
  const marked = [{ tags: { [tagKey(stack)]: 'shared' } }];
  const isReserved = groups.some(({ capacityType }) => capacityType === 'reserved');
  const diskGib = Math.max(...groups.map((spec) => spec.diskGib));
  return {
    apiVersion: 'karpenter.k8s.aws/v1',
    kind: 'EC2NodeClass',
    metadata: { name: nodeClassName(stack), labels: stackLabels(labelValue(stack)) },
    spec: {
      // Karpenter takes the image with drivers for instance types with accelerators.
      amiSelectorTerms: [{ alias: 'al2023@latest' }],
      instanceProfile: profileName(stack, region),
      subnetSelectorTerms: marked,
      securityGroupSelectorTerms: marked,
      ...(isReserved ? { capacityReservationSelectorTerms: marked } : {}),
      associatePublicIPAddress: false,
      metadataOptions: METADATA_OPTIONS as JsonObject,
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            ...(rootDisk(diskGib) as JsonObject),
            volumeSize: `${diskGib}Gi`,
            encrypted: true,
            deleteOnTermination: true,
          },
        },
      ],
      tags: ownerTags({ stack }),
    },
  };
}
