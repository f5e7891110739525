import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/** What a cluster is made with. */
export interface EksClusterArgs {
  readonly version: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Address ranges that may reach the API server from outside; empty makes it private. */
  readonly adminCidrs: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A cluster and the add-ons that nodes need. */
export interface EksCluster {
  readonly cluster: aws.eks.Cluster;
  readonly addOns: readonly aws.eks.Addon[];
}

/** Nodes of EKS's own add-ons stand on these until pods of a plan bring theirs; two, so that one may be replaced. */
const SYSTEM_NODES = 2;

/** An EKS cluster whose secrets are encrypted, whose control plane logs, and whose network plugin has a role of its own. */
export function eksCluster(name: string, args: EksClusterArgs): EksCluster {
  const { tags } = args;
  const role = serviceRole(`${name}-cluster`, 'eks.amazonaws.com', ['AmazonEKSClusterPolicy'], tags);
  const key = new aws.kms.Key(name, {
    description: `Secrets of the cluster ${name}`,
    enableKeyRotation: true,
    tags,
  });
  const cluster = new aws.eks.Cluster(
    name,
    {
      roleArn: role.role.arn,
      version: args.version,
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
      enabledClusterLogTypes: ['api', 'audit', 'authenticator'],
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ['secrets'] },
      vpcConfig: {
        subnetIds: [...args.subnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: args.adminCidrs.length > 0,
        ...(args.adminCidrs.length === 0 ? {} : { publicAccessCidrs: [...args.adminCidrs] }),
      },
      tags,
    },
    { dependsOn: role.policies },
  );
  return { cluster, addOns: addOnsOf(name, cluster, args) };
}

function addOnsOf(
  name: string,
  cluster: aws.eks.Cluster,
  { tags, subnetIds }: EksClusterArgs,
): aws.eks.Addon[] {
  const addOn = (addonName: string, more: Partial<aws.eks.AddonArgs>, dependsOn: pulumi.Resource[]) =>
    new aws.eks.Addon(
      `${name}-${addonName}`,
      { clusterName: cluster.name, addonName, tags, ...more },
      { dependsOn },
    );
  const agent = addOn('eks-pod-identity-agent', {}, []);
  const network = serviceRole(`${name}-vpc-cni`, 'pods.eks.amazonaws.com', ['AmazonEKS_CNI_Policy'], tags);
  const plugin = addOn(
    'vpc-cni',
    {
      podIdentityAssociations: [{ roleArn: network.role.arn, serviceAccount: 'aws-node' }],
      // Network policies of the plan's manifests are enforced by the plugin.
      configurationValues: JSON.stringify({ enableNetworkPolicy: 'true' }),
    },
    [agent, ...network.policies],
  );
  const proxy = addOn('kube-proxy', {}, []);
  const system = systemNodes(name, cluster, { tags, subnetIds, after: [plugin, proxy] });
  return [agent, plugin, proxy, addOn('coredns', {}, [system]), addOn('metrics-server', {}, [system])];
}

/** A few small nodes for what belongs to the cluster and not to a plan: DNS, metrics, autoscalers. */
function systemNodes(
  name: string,
  cluster: aws.eks.Cluster,
  {
    tags,
    subnetIds,
    after,
  }: Pick<EksClusterArgs, 'tags' | 'subnetIds'> & { readonly after: readonly pulumi.Resource[] },
): aws.eks.NodeGroup {
  const policies = ['AmazonEKSWorkerNodeMinimalPolicy', 'AmazonEC2ContainerRegistryPullOnly'];
  const role = serviceRole(`${name}-system`, 'ec2.amazonaws.com', policies, tags);
  const template = new aws.ec2.LaunchTemplate(`${name}-system`, {
    metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      { deviceName: '/dev/xvda', ebs: { volumeType: 'gp3', volumeSize: 40, encrypted: 'true' } },
    ],
    tags,
  });
  return new aws.eks.NodeGroup(
    `${name}-system`,
    {
      clusterName: cluster.name,
      nodeRoleArn: role.role.arn,
      subnetIds: [...subnetIds],
      amiType: 'AL2023_x86_64_STANDARD',
      instanceTypes: ['m7i.large'],
      scalingConfig: { minSize: SYSTEM_NODES, maxSize: SYSTEM_NODES, desiredSize: SYSTEM_NODES },
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      tags,
    },
    { dependsOn: [...role.policies, ...after] },
  );
}

/** A role for a service of AWS with policies that AWS keeps. */
function serviceRole(
  name: string,
  service: string,
  policies: readonly string[],
  tags: Readonly<Record<string, string>>,
): { readonly role: aws.iam.Role; readonly policies: aws.iam.RolePolicyAttachment[] } {
  const actions = service.startsWith('pods.') ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: actions }],
  };
  const role = new aws.iam.Role(name, { assumeRolePolicy: JSON.stringify(trust), tags });
  const attached = policies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(`${name}-${policy}`, {
        role: role.name,
        policyArn: `arn:aws:iam::aws:policy/${policy}`,
      }),
  );
  return { role, policies: attached };
}
