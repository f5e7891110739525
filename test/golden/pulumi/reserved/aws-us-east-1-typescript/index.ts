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

export const _h100UsEast1aReservedPlacement = new aws.ec2.PlacementGroup("h100-us-east-1a-reserved-placement", {
  strategy: "cluster",
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "h100",
  },
});

export const _h100UsEast1aReservedTemplate = new aws.ec2.LaunchTemplate("h100-us-east-1a-reserved-template", {
  updateDefaultVersion: true,
  metadataOptions: {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
  },
  blockDeviceMappings: [
    {
      deviceName: "/dev/xvda",
      ebs: {
        volumeType: "gp3",
        volumeSize: 320,
        throughput: 1000,
        iops: 4000,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  placement: {
    groupName: _h100UsEast1aReservedPlacement.name,
  },
  capacityReservationSpecification: {
    capacityReservationTarget: {
      capacityReservationId: capacityReservationH100UsEast1aReserved,
    },
  },
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "h100",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "h100",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "h100",
  },
});

export const _h100UsEast1aReserved = new aws.eks.NodeGroup("h100-us-east-1a-reserved", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1a,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_NVIDIA",
  instanceTypes: [
    "p5.48xlarge",
  ],
  scalingConfig: {
    minSize: 2,
    maxSize: 3,
    desiredSize: 2,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "example.com/mode": "0777",
    "example.com/on": "on",
    "example.com/rate": "1e3",
    "karpenter.sh/capacity-type": "reserved",
    "plimsoll.dev/pool": "h100",
  },
  taints: [
    {
      key: "example.com/reserved-for",
      value: "yes",
      effect: "NO_SCHEDULE",
    },
    {
      key: "nvidia.com/gpu",
      value: "present",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _h100UsEast1aReservedTemplate.id,
    version: pulumi.concat(_h100UsEast1aReservedTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "h100",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _h100UsEast1bReservedPlacement = new aws.ec2.PlacementGroup("h100-us-east-1b-reserved-placement", {
  strategy: "cluster",
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "h100",
  },
});

export const _h100UsEast1bReservedTemplate = new aws.ec2.LaunchTemplate("h100-us-east-1b-reserved-template", {
  updateDefaultVersion: true,
  metadataOptions: {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
  },
  blockDeviceMappings: [
    {
      deviceName: "/dev/xvda",
      ebs: {
        volumeType: "gp3",
        volumeSize: 320,
        throughput: 1000,
        iops: 4000,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  placement: {
    groupName: _h100UsEast1bReservedPlacement.name,
  },
  capacityReservationSpecification: {
    capacityReservationTarget: {
      capacityReservationId: capacityReservationH100UsEast1bReserved,
    },
  },
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "h100",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "h100",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "h100",
  },
});

export const _h100UsEast1bReserved = new aws.eks.NodeGroup("h100-us-east-1b-reserved", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1b,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_NVIDIA",
  instanceTypes: [
    "p5.48xlarge",
  ],
  scalingConfig: {
    minSize: 2,
    maxSize: 3,
    desiredSize: 2,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "example.com/mode": "0777",
    "example.com/on": "on",
    "example.com/rate": "1e3",
    "karpenter.sh/capacity-type": "reserved",
    "plimsoll.dev/pool": "h100",
  },
  taints: [
    {
      key: "example.com/reserved-for",
      value: "yes",
      effect: "NO_SCHEDULE",
    },
    {
      key: "nvidia.com/gpu",
      value: "present",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _h100UsEast1bReservedTemplate.id,
    version: pulumi.concat(_h100UsEast1bReservedTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "h100",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _l40sUsEast1aSpotTemplate = new aws.ec2.LaunchTemplate("l40s-us-east-1a-spot-template", {
  updateDefaultVersion: true,
  metadataOptions: {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
  },
  blockDeviceMappings: [
    {
      deviceName: "/dev/xvda",
      ebs: {
        volumeType: "gp3",
        volumeSize: 170,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "l40s",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "l40s",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "l40s",
  },
});

export const _l40sUsEast1aSpot = new aws.eks.NodeGroup("l40s-us-east-1a-spot", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1a,
  ],
  capacityType: "SPOT",
  amiType: "AL2023_x86_64_NVIDIA",
  instanceTypes: [
    "g6e.12xlarge",
  ],
  scalingConfig: {
    minSize: 0,
    maxSize: 3,
    desiredSize: 0,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "karpenter.sh/capacity-type": "spot",
    "plimsoll.dev/pool": "l40s",
  },
  taints: [
    {
      key: "nvidia.com/gpu",
      value: "present",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _l40sUsEast1aSpotTemplate.id,
    version: pulumi.concat(_l40sUsEast1aSpotTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "l40s",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _l40sUsEast1bSpotTemplate = new aws.ec2.LaunchTemplate("l40s-us-east-1b-spot-template", {
  updateDefaultVersion: true,
  metadataOptions: {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
  },
  blockDeviceMappings: [
    {
      deviceName: "/dev/xvda",
      ebs: {
        volumeType: "gp3",
        volumeSize: 170,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "l40s",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "l40s",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "l40s",
  },
});

export const _l40sUsEast1bSpot = new aws.eks.NodeGroup("l40s-us-east-1b-spot", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1b,
  ],
  capacityType: "SPOT",
  amiType: "AL2023_x86_64_NVIDIA",
  instanceTypes: [
    "g6e.12xlarge",
  ],
  scalingConfig: {
    minSize: 0,
    maxSize: 1,
    desiredSize: 0,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "karpenter.sh/capacity-type": "spot",
    "plimsoll.dev/pool": "l40s",
  },
  taints: [
    {
      key: "nvidia.com/gpu",
      value: "present",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _l40sUsEast1bSpotTemplate.id,
    version: pulumi.concat(_l40sUsEast1bSpotTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "l40s",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _l40sUsEast1cSpotTemplate = new aws.ec2.LaunchTemplate("l40s-us-east-1c-spot-template", {
  updateDefaultVersion: true,
  metadataOptions: {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
  },
  blockDeviceMappings: [
    {
      deviceName: "/dev/xvda",
      ebs: {
        volumeType: "gp3",
        volumeSize: 170,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "l40s",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "prod",
        "plimsoll-pool": "l40s",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "l40s",
  },
});

export const _l40sUsEast1cSpot = new aws.eks.NodeGroup("l40s-us-east-1c-spot", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1c,
  ],
  capacityType: "SPOT",
  amiType: "AL2023_x86_64_NVIDIA",
  instanceTypes: [
    "g6e.12xlarge",
  ],
  scalingConfig: {
    minSize: 0,
    maxSize: 2,
    desiredSize: 0,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "karpenter.sh/capacity-type": "spot",
    "plimsoll.dev/pool": "l40s",
  },
  taints: [
    {
      key: "nvidia.com/gpu",
      value: "present",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _l40sUsEast1cSpotTemplate.id,
    version: pulumi.concat(_l40sUsEast1cSpotTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "prod",
    "plimsoll-pool": "l40s",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });
