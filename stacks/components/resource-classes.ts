import type * as pulumi from '@pulumi/pulumi';
import type { PulumiProgram } from 'plimsoll';

/** A class of a provider's package, as far as a component needs it. Its arguments are checked where programs are written as text. */
export type ResourceClass = new (
  name: string,
  args: never,
  options?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** The classes that build a cloud's node groups, by type of resource. */
export interface ResourceClasses {
  readonly cloud: PulumiProgram['cloud'];
  readonly classes: Readonly<Record<string, ResourceClass>>;
}
