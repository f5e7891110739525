import * as aws from '@pulumi/aws';
import type { ResourceClasses } from './resource-classes.ts';

/** What EKS node groups, and nodes of Karpenter on EKS, are made of. */
export const AWS_CLASSES: ResourceClasses = {
  cloud: 'aws',
  classes: {
    'aws:ec2/launchTemplate:LaunchTemplate': aws.ec2.LaunchTemplate,
    'aws:ec2/placementGroup:PlacementGroup': aws.ec2.PlacementGroup,
    'aws:ec2/tag:Tag': aws.ec2.Tag,
    'aws:eks/accessEntry:AccessEntry': aws.eks.AccessEntry,
    'aws:eks/nodeGroup:NodeGroup': aws.eks.NodeGroup,
    'aws:iam/instanceProfile:InstanceProfile': aws.iam.InstanceProfile,
    'aws:iam/role:Role': aws.iam.Role,
    'aws:iam/rolePolicyAttachment:RolePolicyAttachment': aws.iam.RolePolicyAttachment,
  },
};
