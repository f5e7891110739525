// Written by `plimsoll synth --target pulumi`; written again, it replaces this file.
import * as pulumi from '@pulumi/pulumi';
import * as aws from '@pulumi/aws';

const config = new pulumi.Config();
/** Id of the capacity reservation of 3 p5.48xlarge in us-east-1a, for h100-us-east-1a-reserved */
const capacityReservationH100UsEast1aReserved = config.require("capacityReservationH100UsEast1aReserved");
/** Id of the capacity reservation of 3 p5.48xlarge in us-east-1b, for h100-us-east-1b-reserved */
const capacityReservationH100UsEast1bReserved = config.require("capacityReservationH100UsEast1bReserved");
/** Name of the EKS cluster */
const clusterName = config.require("clusterName");
/** Id of the security group of the nodes, such as that of the cluster */
const securityGroupId = config.require("securityGroupId");
/** Id of the private subnet of us-east-1a */
const subnetUsEast1a = config.require("subnetUsEast1a");
/** Id of the private subnet of us-east-1b */
const subnetUsEast1b = config.require("subnetUsEast1b");
/** Id of the private subnet of us-east-1c */
const subnetUsEast1c = config.require("subnetUsEast1c");

export const _nodeRole = new aws.iam.Role("node-role", {
  assumeRolePolicy: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}",
  description: "Nodes of a plan: join the cluster and pull images",
  tags: {
    "plimsoll-stack": "prod",
  },
});

export const _nodePolicy1 = new aws.iam.RolePolicyAttachment("node-policy-1", {
  role: _nodeRole.name,
  policyArn: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
});

export const _nodePolicy2 = new aws.iam.RolePolicyAttachment("node-policy-2", {
  role: _nodeRole.name,
  policyArn: "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
});

export const _nodeProfile = new aws.iam.InstanceProfile("node-profile", {
  name: "plimsoll-prod-us-east-1",
  role: _nodeRole.name,
  tags: {
    "plimsoll-stack": "prod",
  },
});

export const _nodeAccess = new aws.eks.AccessEntry("node-access", {
  clusterName: clusterName,
  principalArn: _nodeRole.arn,
  type: "EC2_LINUX",
  tags: {
    "plimsoll-stack": "prod",
  },
});

export const _markCapacityReservationH100UsEast1aReserved = new aws.ec2.Tag("mark-capacityReservationH100UsEast1aReserved", {
  resourceId: capacityReservationH100UsEast1aReserved,
  key: "plimsoll.dev/nodes-of-prod",
  value: "shared",
});

export const _markCapacityReservationH100UsEast1bReserved = new aws.ec2.Tag("mark-capacityReservationH100UsEast1bReserved", {
  resourceId: capacityReservationH100UsEast1bReserved,
  key: "plimsoll.dev/nodes-of-prod",
  value: "shared",
});

export const _markSecurityGroupId = new aws.ec2.Tag("mark-securityGroupId", {
  resourceId: securityGroupId,
  key: "plimsoll.dev/nodes-of-prod",
  value: "shared",
});

export const _markSubnetUsEast1a = new aws.ec2.Tag("mark-subnetUsEast1a", {
  resourceId: subnetUsEast1a,
  key: "plimsoll.dev/nodes-of-prod",
  value: "shared",
});

export const _markSubnetUsEast1b = new aws.ec2.Tag("mark-subnetUsEast1b", {
  resourceId: subnetUsEast1b,
  key: "plimsoll.dev/nodes-of-prod",
  value: "shared",
});

export const _markSubnetUsEast1c = new aws.ec2.Tag("mark-subnetUsEast1c", {
  resourceId: subnetUsEast1c,
  key: "plimsoll.dev/nodes-of-prod",
  value: "shared",
});
