import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageSchema } from './package-schema.ts';

/** Providers without a cloud that run beside a preview. */
export interface StandIns {
  /** For `PULUMI_DEBUG_PROVIDERS`: Pulumi attaches to these instead of starting plugins. */
  readonly debugProviders: string;
  stop(): void;
}

/** Resources that golden programs and reference stacks ask for, by provider. */
const PROVIDERS = [
  {
    provider: 'aws',
    npm: '@pulumi/aws',
    version: '7.48.0',
    resources: [
      'aws:ec2/eip:Eip',
      'aws:ec2/internetGateway:InternetGateway',
      'aws:ec2/launchTemplate:LaunchTemplate',
      'aws:ec2/natGateway:NatGateway',
      'aws:ec2/placementGroup:PlacementGroup',
      'aws:ec2/routeTable:RouteTable',
      'aws:ec2/routeTableAssociation:RouteTableAssociation',
      'aws:ec2/subnet:Subnet',
      'aws:ec2/vpc:Vpc',
      'aws:ec2/tag:Tag',
      'aws:eks/accessEntry:AccessEntry',
      'aws:eks/addon:Addon',
      'aws:eks/cluster:Cluster',
      'aws:eks/nodeGroup:NodeGroup',
      'aws:eks/podIdentityAssociation:PodIdentityAssociation',
      'aws:iam/instanceProfile:InstanceProfile',
      'aws:iam/role:Role',
      'aws:iam/rolePolicy:RolePolicy',
      'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
      'aws:kms/key:Key',
    ],
  },
  {
    provider: 'gcp',
    npm: '@pulumi/gcp',
    version: '9.37.0',
    resources: [
      'gcp:compute/network:Network',
      'gcp:compute/router:Router',
      'gcp:compute/routerNat:RouterNat',
      'gcp:compute/subnetwork:Subnetwork',
      'gcp:container/cluster:Cluster',
      'gcp:container/nodePool:NodePool',
      'gcp:projects/iAMMember:IAMMember',
      'gcp:serviceaccount/account:Account',
    ],
  },
  {
    provider: 'azure-native',
    npm: '@pulumi/azure-native',
    version: '3.28.0',
    resources: [
      'azure-native:compute:ProximityPlacementGroup',
      'azure-native:containerservice:AgentPool',
      'azure-native:containerservice:ManagedCluster',
      'azure-native:network:Subnet',
      'azure-native:network:VirtualNetwork',
      'azure-native:resources:ResourceGroup',
    ],
  },
] as const;

/** Starts a stand-in for each provider; schemas are written into `folder`. */
export async function startStandIns(folder: string): Promise<StandIns> {
  const started: ChildProcess[] = [];
  const stop = (): void => started.forEach((child) => void child.kill());
  try {
    const addresses: string[] = [];
    for (const request of PROVIDERS) {
      const file = path.join(folder, `${request.provider}.json`);
      writeFileSync(file, JSON.stringify(packageSchema(request)));
      const script = path.join(import.meta.dirname, 'provider-stand-in.ts');
      const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      started.push(child);
      addresses.push(`${request.provider}:${await firstLine(child)}`);
    }
    return { debugProviders: addresses.join(','), stop };
  } catch (error) {
    stop();
    throw error;
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString('utf8').trim()));
    child.once('exit', (code) => reject(new Error(`a stand-in ended with ${code}`)));
  });
}
