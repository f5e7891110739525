// Written by `plimsoll synth --target pulumi`; written again, it replaces this file.
import * as pulumi from '@pulumi/pulumi';
import * as aws from '@pulumi/aws';

const config = new pulumi.Config();
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
    "plimsoll-stack": "shop",
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

export const _generalC7iLargeUsEast1aOnDemandTemplate = new aws.ec2.LaunchTemplate("general-c7i-large-us-east-1a-on-demand-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-c7i-large",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-c7i-large",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-c7i-large",
  },
});

export const _generalC7iLargeUsEast1aOnDemand = new aws.eks.NodeGroup("general-c7i-large-us-east-1a-on-demand", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1a,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_STANDARD",
  instanceTypes: [
    "c7i.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "karpenter.sh/capacity-type": "on-demand",
    "plimsoll.dev/pool": "general-c7i-large",
  },
  taints: [],
  launchTemplate: {
    id: _generalC7iLargeUsEast1aOnDemandTemplate.id,
    version: pulumi.concat(_generalC7iLargeUsEast1aOnDemandTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-c7i-large",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _generalC7iLargeUsEast1bOnDemandTemplate = new aws.ec2.LaunchTemplate("general-c7i-large-us-east-1b-on-demand-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-c7i-large",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-c7i-large",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-c7i-large",
  },
});

export const _generalC7iLargeUsEast1bOnDemand = new aws.eks.NodeGroup("general-c7i-large-us-east-1b-on-demand", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1b,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_STANDARD",
  instanceTypes: [
    "c7i.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "karpenter.sh/capacity-type": "on-demand",
    "plimsoll.dev/pool": "general-c7i-large",
  },
  taints: [],
  launchTemplate: {
    id: _generalC7iLargeUsEast1bOnDemandTemplate.id,
    version: pulumi.concat(_generalC7iLargeUsEast1bOnDemandTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-c7i-large",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _generalC7iLargeUsEast1cOnDemandTemplate = new aws.ec2.LaunchTemplate("general-c7i-large-us-east-1c-on-demand-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-c7i-large",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-c7i-large",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-c7i-large",
  },
});

export const _generalC7iLargeUsEast1cOnDemand = new aws.eks.NodeGroup("general-c7i-large-us-east-1c-on-demand", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1c,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_STANDARD",
  instanceTypes: [
    "c7i.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "karpenter.sh/capacity-type": "on-demand",
    "plimsoll.dev/pool": "general-c7i-large",
  },
  taints: [],
  launchTemplate: {
    id: _generalC7iLargeUsEast1cOnDemandTemplate.id,
    version: pulumi.concat(_generalC7iLargeUsEast1cOnDemandTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-c7i-large",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _generalM7gLargeUsEast1aSpotTemplate = new aws.ec2.LaunchTemplate("general-m7g-large-us-east-1a-spot-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-m7g-large",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-m7g-large",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-m7g-large",
  },
});

export const _generalM7gLargeUsEast1aSpot = new aws.eks.NodeGroup("general-m7g-large-us-east-1a-spot", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1a,
  ],
  capacityType: "SPOT",
  amiType: "AL2023_ARM_64_STANDARD",
  instanceTypes: [
    "m7g.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
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
    "plimsoll.dev/pool": "general-m7g-large",
  },
  taints: [],
  launchTemplate: {
    id: _generalM7gLargeUsEast1aSpotTemplate.id,
    version: pulumi.concat(_generalM7gLargeUsEast1aSpotTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-m7g-large",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _generalM7gLargeUsEast1cSpotTemplate = new aws.ec2.LaunchTemplate("general-m7g-large-us-east-1c-spot-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-m7g-large",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "general-m7g-large",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-m7g-large",
  },
});

export const _generalM7gLargeUsEast1cSpot = new aws.eks.NodeGroup("general-m7g-large-us-east-1c-spot", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1c,
  ],
  capacityType: "SPOT",
  amiType: "AL2023_ARM_64_STANDARD",
  instanceTypes: [
    "m7g.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
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
    "plimsoll.dev/pool": "general-m7g-large",
  },
  taints: [],
  launchTemplate: {
    id: _generalM7gLargeUsEast1cSpotTemplate.id,
    version: pulumi.concat(_generalM7gLargeUsEast1cSpotTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "general-m7g-large",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _secureUsEast1aOnDemandTemplate = new aws.ec2.LaunchTemplate("secure-us-east-1a-on-demand-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "secure",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "secure",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "secure",
  },
});

export const _secureUsEast1aOnDemand = new aws.eks.NodeGroup("secure-us-east-1a-on-demand", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1a,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_STANDARD",
  instanceTypes: [
    "m7i.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "example.com/audited": "yes",
    "karpenter.sh/capacity-type": "on-demand",
    "plimsoll.dev/pool": "secure",
  },
  taints: [
    {
      key: "example.com/pci",
      value: "on",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _secureUsEast1aOnDemandTemplate.id,
    version: pulumi.concat(_secureUsEast1aOnDemandTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "secure",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });

export const _secureUsEast1bOnDemandTemplate = new aws.ec2.LaunchTemplate("secure-us-east-1b-on-demand-template", {
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
        volumeSize: 120,
        encrypted: "true",
        deleteOnTermination: "true",
      },
    },
  ],
  tagSpecifications: [
    {
      resourceType: "instance",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "secure",
      },
    },
    {
      resourceType: "volume",
      tags: {
        "plimsoll-stack": "shop",
        "plimsoll-pool": "secure",
      },
    },
  ],
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "secure",
  },
});

export const _secureUsEast1bOnDemand = new aws.eks.NodeGroup("secure-us-east-1b-on-demand", {
  clusterName: clusterName,
  nodeRoleArn: _nodeRole.arn,
  subnetIds: [
    subnetUsEast1b,
  ],
  capacityType: "ON_DEMAND",
  amiType: "AL2023_x86_64_STANDARD",
  instanceTypes: [
    "m7i.large",
  ],
  scalingConfig: {
    minSize: 1,
    maxSize: 1,
    desiredSize: 1,
  },
  updateConfig: {
    maxUnavailable: 1,
    updateStrategy: "MINIMAL",
  },
  nodeRepairConfig: {
    enabled: true,
  },
  labels: {
    "example.com/audited": "yes",
    "karpenter.sh/capacity-type": "on-demand",
    "plimsoll.dev/pool": "secure",
  },
  taints: [
    {
      key: "example.com/pci",
      value: "on",
      effect: "NO_SCHEDULE",
    },
  ],
  launchTemplate: {
    id: _secureUsEast1bOnDemandTemplate.id,
    version: pulumi.concat(_secureUsEast1bOnDemandTemplate.latestVersion),
  },
  tags: {
    "plimsoll-stack": "shop",
    "plimsoll-pool": "secure",
  },
}, { dependsOn: [_nodePolicy1, _nodePolicy2], ignoreChanges: ["scalingConfig.desiredSize"] });
