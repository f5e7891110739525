import type { JsonObject } from '../files.ts';
import type { PulumiObject } from './values.ts';

/** Clouds that node groups can be built in. */
export type Cloud = 'aws' | 'gcp' | 'azure';

/** Something that the program must be told: a fact of the account that no plan knows. */
export interface PulumiSetting {
  /** Letters and digits, a small letter first. */
  readonly name: string;
  readonly description: string;
}

/** One resource that the program asks for. */
export interface PulumiResource {
  /** Unique in the program; letters, digits and dashes. Also the name that Pulumi knows it by. */
  readonly id: string;
  /** Type as Pulumi's schemas name it: `aws:eks/nodeGroup:NodeGroup`. */
  readonly type: string;
  readonly args: PulumiObject;
  /** Ids of resources that must stand first although no argument says so. */
  readonly dependsOn?: readonly string[];
  /** Arguments that others change while the program is not looking, such as an autoscaler. */
  readonly ignoreChanges?: readonly string[];
}

/** What builds the node groups of a plan in one region of one cloud. */
export interface PulumiProgram {
  /** Name of the Pulumi project. */
  readonly name: string;
  readonly description: string;
  readonly cloud: Cloud;
  readonly region: string;
  /** Sorted by name. */
  readonly settings: readonly PulumiSetting[];
  /** A resource comes after those that it needs. */
  readonly resources: readonly PulumiResource[];
  /** Node classes of Karpenter whose names and tags the resources are made for; objects to be applied to the cluster. */
  readonly nodeClasses: readonly JsonObject[];
}
