import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { METADATA_OPTIONS, NODE_RIGHTS, NODE_ROLE, asText, nodeRole, rootDisk } from './aws-nodes.ts';
import { CLUSTER, reservationName, reservationSettings, subnetSetting } from './aws-settings.ts';
import { ownerTags, screamingEffect } from './cloud-program.ts';
import type { CloudResources, RegionGroups } from './cloud-program.ts';
import type { NodeGroupSpec } from './node-group-spec.ts';
import type { PulumiResource } from './program.ts';
import { output, setting } from './values.ts';

/**
 * EKS managed node groups: one role for all nodes, and per group a launch template and the group. Nodes are private as far as their
 * subnets are. Errors: `synth-unsupported` for accelerators that EKS has no image for.
 */
export function eksNodeGroups({ stack, region, groups }: RegionGroups): CloudResources {
  return {
    settings: [CLUSTER, ...groups.map(subnetSetting), ...groups.flatMap(reservationSettings)],
    resources: [...nodeRole(region, ownerTags({ stack })), ...groups.flatMap(groupResources)],
    diagnostics: groups.flatMap(unknownImage),
  };
}

function groupResources(spec: NodeGroupSpec): readonly PulumiResource[] {
  const tags = ownerTags(spec);
  return [
    ...(spec.isGrouped
      ? [
          {
            id: `${spec.name}-placement`,
            type: 'aws:ec2/placementGroup:PlacementGroup',
            args: { strategy: 'cluster', tags },
          },
        ]
      : []),
    launchTemplate(spec),
    {
      id: spec.name,
      type: 'aws:eks/nodeGroup:NodeGroup',
      args: {
        clusterName: setting(CLUSTER.name),
        nodeRoleArn: output(NODE_ROLE, 'arn'),
        subnetIds: [setting(subnetSetting(spec).name)],
        // Reservations are bought at on-demand price; the launch template says which one is used.
        capacityType: spec.capacityType === 'spot' ? 'SPOT' : 'ON_DEMAND',
        amiType: amiType(spec),
        instanceTypes: [spec.instanceType],
        scalingConfig: { minSize: spec.minNodes, maxSize: spec.maxNodes, desiredSize: spec.minNodes },
        // The plan bought no nodes for a surge: an old one goes before its successor comes.
        updateConfig: { maxUnavailable: 1, updateStrategy: 'MINIMAL' },
        nodeRepairConfig: { enabled: true },
        labels: spec.labels,
        taints: spec.taints.map(({ key, value, effect }) => ({
          key,
          value,
          effect: screamingEffect(effect),
        })),
        launchTemplate: {
          id: output(`${spec.name}-template`, 'id'),
          version: asText(`${spec.name}-template`, 'latestVersion'),
        },
        tags,
      },
      dependsOn: NODE_RIGHTS,
      ignoreChanges: ['scalingConfig.desiredSize'],
    },
  ];
}

function launchTemplate(spec: NodeGroupSpec): PulumiResource {
  const tags = ownerTags(spec);
  return {
    id: `${spec.name}-template`,
    type: 'aws:ec2/launchTemplate:LaunchTemplate',
    args: {
      updateDefaultVersion: true,
      metadataOptions: METADATA_OPTIONS,
      blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: rootDisk(spec.diskGib) }],
      ...(spec.isGrouped ? { placement: { groupName: output(`${spec.name}-placement`, 'name') } } : {}),
      ...(spec.capacityType === 'reserved'
        ? {
            capacityReservationSpecification: {
              capacityReservationTarget: { capacityReservationId: setting(reservationName(spec)) },
            },
          }
        : {}),
      tagSpecifications: [
        { resourceType: 'instance', tags },
        { resourceType: 'volume', tags },
      ],
      tags,
    },
  };
}

/**
 * Amazon Linux 2023 images that EKS optimises, by what a node has (Amazon EKS API reference, "Nodegroup", `amiType`, 2026); drivers are
 * in the images, device plugins are not.
 */
function amiType({ architecture, accelerator }: NodeGroupSpec): string {
  const machine = architecture === 'arm64' ? 'ARM_64' : 'x86_64';
  switch (accelerator?.resource) {
    case undefined:
      return `AL2023_${machine}_STANDARD`;
    case 'aws.amazon.com/neuron':
    case 'aws.amazon.com/neuroncore':
      return `AL2023_${machine}_NEURON`;
    default:
      return `AL2023_${machine}_NVIDIA`;
  }
}

function unknownImage({ accelerator, name, pool }: NodeGroupSpec): readonly Diagnostic[] {
  const resource = accelerator?.resource;
  if (resource === undefined || resource === 'nvidia.com/gpu' || resource.startsWith('aws.amazon.com/neuron'))
    return [];
  return [
    diagnostic('synth-unsupported', {
      summary: `EKS has no image with drivers for ${resource}, which node group ${name} needs.`,
      path: `problem.pools[${pool}]`,
      fix: 'Build these nodes by other means, or plan with other accelerators.',
    }),
  ];
}
