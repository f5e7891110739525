import * as aws from '@pulumi/aws';

/**
 * What the cluster autoscaler may do, given to its service account `kube-system/cluster-autoscaler` and to nothing else: look at groups, and
 * change those that belong to this cluster (Kubernetes autoscaler, "Cluster Autoscaler on AWS", 2026; EKS tags the groups that it makes with
 * the cluster's name). The autoscaler itself is not installed here.
 */
export function autoscalerRights(
  name: string,
  cluster: aws.eks.Cluster,
  tags: Readonly<Record<string, string>>,
): aws.eks.PodIdentityAssociation {
  const role = new aws.iam.Role(`${name}-autoscaler`, {
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        },
      ],
    }),
    tags,
  });
  new aws.iam.RolePolicy(`${name}-autoscaler`, {
    role: role.name,
    policy: cluster.name.apply((clusterName) => JSON.stringify(policyOf(clusterName))),
  });
  return new aws.eks.PodIdentityAssociation(`${name}-autoscaler`, {
    clusterName: cluster.name,
    namespace: 'kube-system',
    serviceAccount: 'cluster-autoscaler',
    roleArn: role.arn,
    tags,
  });
}

function policyOf(clusterName: string): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'autoscaling:DescribeAutoScalingGroups',
          'autoscaling:DescribeAutoScalingInstances',
          'autoscaling:DescribeLaunchConfigurations',
          'autoscaling:DescribeScalingActivities',
          'ec2:DescribeImages',
          'ec2:DescribeInstanceTypes',
          'ec2:DescribeLaunchTemplateVersions',
          'ec2:GetInstanceTypesFromInstanceRequirements',
          'eks:DescribeNodegroup',
        ],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/eks:cluster-name': clusterName } },
      },
    ],
  };
}
