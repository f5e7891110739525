import type { Cloud } from './program.ts';

/** A package of a programming language's registry that a program needs. */
export interface ProviderPackage {
  /** Name of the provider in types of resources: `azure-native`. */
  readonly provider: string;
  /** Package on npm, and the exact version that the tests check programs against. */
  readonly npm: string;
  readonly version: string;
  /** Name by which programs import it. */
  readonly alias: string;
}

/** Version of Pulumi's own package on npm that the tests run programs with. */
export const PULUMI_VERSION = '3.270.0';

/** Version of TypeScript that written programs are checked with; Pulumi takes versions below 7. */
export const TYPESCRIPT_VERSION = '6.0.3';

const PACKAGES: Readonly<Record<Cloud, ProviderPackage>> = {
  aws: { provider: 'aws', npm: '@pulumi/aws', version: '7.48.0', alias: 'aws' },
  gcp: { provider: 'gcp', npm: '@pulumi/gcp', version: '9.37.0', alias: 'gcp' },
  azure: { provider: 'azure-native', npm: '@pulumi/azure-native', version: '3.28.0', alias: 'azure' },
};

/** The package that has a cloud's resources. */
export function providerPackage(cloud: Cloud): ProviderPackage {
  return PACKAGES[cloud];
}

/** Where a type of resource stands in its package: module and class of `aws:eks/nodeGroup:NodeGroup` are `eks` and `NodeGroup`. */
export function resourceClass(type: string): { readonly module: string; readonly name: string } {
  const [, place = '', name = ''] = type.split(':');
  return { module: place.split('/')[0] ?? '', name };
}
