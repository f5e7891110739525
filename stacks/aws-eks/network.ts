import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/** A network whose nodes have no public addresses. */
export interface PrivateNetwork {
  readonly subnets: readonly aws.ec2.Subnet[];
  /** Subnets by the names that node groups ask for: `subnetUsEast1a`. */
  readonly settings: Readonly<Record<string, pulumi.Output<string>>>;
  /** What must stand before a node can reach the cluster and the registries. */
  readonly routes: readonly pulumi.Resource[];
}

type Tags = Readonly<Record<string, string>>;

/**
 * A private and a public subnet per zone; private ones reach the outside through one NAT gateway in the first zone. One gateway is
 * cheaper than three, and nodes of other zones lose their way out when its zone fails: pull images through VPC endpoints where that matters.
 */
export function privateNetwork(name: string, zones: readonly string[], tags: Tags): PrivateNetwork {
  const vpc = new aws.ec2.Vpc(name, {
    cidrBlock: '10.0.0.0/16',
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags,
  });
  const gateway = publicSide(name, { vpc, zone: zones[0] ?? '', tags });
  const table = new aws.ec2.RouteTable(`${name}-private`, {
    vpcId: vpc.id,
    routes: [{ cidrBlock: '0.0.0.0/0', natGatewayId: gateway.id }],
    tags,
  });
  const subnets = zones.map(
    (zone, index) =>
      new aws.ec2.Subnet(`${name}-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        // /19: 8,187 addresses per zone; the VPC network plugin takes one per pod.
        cidrBlock: `10.0.${32 * (index + 1)}.0/19`,
        mapPublicIpOnLaunch: false,
        tags: { ...tags, 'kubernetes.io/role/internal-elb': '1' },
      }),
  );
  const routes = subnets.map(
    (subnet, index) =>
      new aws.ec2.RouteTableAssociation(`${name}-${zones[index]}`, {
        subnetId: subnet.id,
        routeTableId: table.id,
      }),
  );
  const settings = Object.fromEntries(
    subnets.map((subnet, index) => [subnetSetting(zones[index] ?? ''), subnet.id]),
  );
  return { subnets, settings, routes };
}

/** The way out: an internet gateway and a NAT gateway in a public subnet of one zone. */
function publicSide(
  name: string,
  { vpc, zone, tags }: { readonly vpc: aws.ec2.Vpc; readonly zone: string; readonly tags: Tags },
): aws.ec2.NatGateway {
  const internet = new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags });
  const subnet = new aws.ec2.Subnet(`${name}-public`, {
    vpcId: vpc.id,
    availabilityZone: zone,
    cidrBlock: '10.0.0.0/24',
    mapPublicIpOnLaunch: false,
    tags,
  });
  const table = new aws.ec2.RouteTable(`${name}-public`, {
    vpcId: vpc.id,
    routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: internet.id }],
    tags,
  });
  new aws.ec2.RouteTableAssociation(`${name}-public`, { subnetId: subnet.id, routeTableId: table.id });
  const address = new aws.ec2.Eip(name, { domain: 'vpc', tags });
  return new aws.ec2.NatGateway(
    name,
    { subnetId: subnet.id, allocationId: address.id, tags },
    { dependsOn: [internet] },
  );
}

/** `us-east-1a` as node groups ask for its subnet. */
function subnetSetting(zone: string): string {
  return `subnet${zone
    .split('-')
    .map((word) => (word[0]?.toUpperCase() ?? '') + word.slice(1))
    .join('')}`;
}
