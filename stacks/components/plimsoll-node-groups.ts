import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import { parsePlan, pulumiPrograms, visitValue } from 'plimsoll';
import type {
  JoinedText,
  PulumiProgram,
  PulumiResource,
  PulumiValue,
  ResourceReference,
  SettingReference,
} from 'plimsoll';
import type { ResourceClasses } from './resource-classes.ts';

/** The parts of a plan that say which nodes it buys. */
export type PlannedNodes = Parameters<typeof pulumiPrograms>[0];

/** What node groups are built from. */
export interface PlimsollNodeGroupsArgs {
  /** The plan: a path of its `plan.json`, relative to the program's folder, or the document itself. */
  readonly plan: string | PlannedNodes;
  /** Classes of the cloud's resources: `AWS_CLASSES`, `GCP_CLASSES` or `AZURE_CLASSES`. */
  readonly classes: ResourceClasses;
  /** Region whose groups are built; only needed where the plan buys in several regions of the cloud. */
  readonly region?: string;
  /** Facts of the account by name, such as `clusterName`; those that `plimsoll synth --target pulumi` asks for. */
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Options of each resource inside the component. */
type ResourceOptions = Pick<pulumi.CustomResourceOptions, 'dependsOn' | 'ignoreChanges'>;

/**
 * The node groups that a plan asks for: EKS managed node groups, GKE node pools or AKS agent pools with what they need, the same
 * resources that `plimsoll synth --target pulumi` writes. Throws `pulumi.RunError` with all problems where the plan cannot be read or
 * built, buys nothing of the cloud, or a setting is missing.
 */
export class PlimsollNodeGroups extends pulumi.ComponentResource {
  /** The resources by id; node groups are called `<pool>-<zone>-<capacity type>`. */
  readonly resources: ReadonlyMap<string, pulumi.CustomResource>;
  /** Karpenter's node classes for them, as objects to apply to the cluster; none where the cloud manages the nodes. */
  readonly nodeClasses: PulumiProgram['nodeClasses'];
  /** Ids of the resources in the order of the program, for exports and tests. */
  readonly built: pulumi.Output<readonly string[]>;

  constructor(name: string, args: PlimsollNodeGroupsArgs, options?: pulumi.ComponentResourceOptions) {
    // Problems come before the first registration, so that nothing is half built.
    const program = programOf(args);
    checkSettings(program, args.settings);
    super('plimsoll:index:PlimsollNodeGroups', name, {}, options);
    const resources = new Map<string, pulumi.CustomResource>();
    for (const resource of program.resources) {
      resources.set(resource.id, this.#create(resource, resources, args));
    }
    this.resources = resources;
    this.nodeClasses = program.nodeClasses;
    this.built = pulumi.output([...resources.keys()]);
    this.registerOutputs({ built: this.built });
  }

  #create(
    { id, type, args, dependsOn, ignoreChanges }: PulumiResource,
    earlier: ReadonlyMap<string, pulumi.CustomResource>,
    { classes, settings }: PlimsollNodeGroupsArgs,
  ): pulumi.CustomResource {
    const make = classes.classes[type];
    if (make === undefined) throw new pulumi.RunError(`There is no class for ${type}.`);
    const options: ResourceOptions = {
      ...(dependsOn === undefined
        ? {}
        : { dependsOn: dependsOn.flatMap((other) => earlier.get(other) ?? []) }),
      ...(ignoreChanges === undefined ? {} : { ignoreChanges: [...ignoreChanges] }),
    };
    return new make(id, inputOf(args, earlier, settings) as never, { parent: this, ...options });
  }
}

function programOf({ plan, classes, region }: PlimsollNodeGroupsArgs): PulumiProgram {
  const programs = pulumiPrograms(typeof plan === 'string' ? readPlan(plan) : plan);
  if (!programs.ok) throw new pulumi.RunError(sentences(programs.diagnostics));
  const ofCloud = programs.value.filter(({ cloud }) => cloud === classes.cloud);
  const found = ofCloud.filter((program) => region === undefined || program.region === region);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const regions = ofCloud.map((program) => program.region).join(', ');
  throw new pulumi.RunError(
    found.length === 0
      ? `The plan buys no nodes of ${classes.cloud}${region === undefined ? '' : ` in ${region}`}.`
      : `The plan buys nodes in several regions; name one of them as region: ${regions}.`,
  );
}

function readPlan(file: string): PlannedNodes {
  const plan = parsePlan(readFileSync(file, 'utf8'), file);
  if (!plan.ok) throw new pulumi.RunError(sentences(plan.diagnostics));
  return plan.value;
}

function checkSettings(program: PulumiProgram, settings: PlimsollNodeGroupsArgs['settings']): void {
  const missing = program.settings.filter(({ name }) => settings[name] === undefined);
  if (missing.length === 0) return;
  const list = missing.map(({ name, description }) => `  ${name}: ${description}`).join('\n');
  throw new pulumi.RunError(`Settings that the plan needs are missing:\n${list}`);
}

function inputOf(
  value: PulumiValue,
  earlier: ReadonlyMap<string, pulumi.CustomResource>,
  settings: PlimsollNodeGroupsArgs['settings'],
): unknown {
  const resource = ({ resource: id, property }: ResourceReference): pulumi.Input<unknown> =>
    (earlier.get(id) as unknown as Record<string, pulumi.Output<unknown>>)[property];
  const setting = ({ setting: name }: SettingReference): pulumi.Input<unknown> => settings[name];
  const joined = ({ parts }: JoinedText): pulumi.Output<string> =>
    pulumi.concat(
      ...parts.map((part) => {
        if (typeof part === 'string') return part;
        return 'resource' in part ? resource(part) : setting(part);
      }),
    );
  return visitValue<unknown>(value, {
    plain: (plain) => plain,
    resource,
    setting,
    joined,
    list: (items) => items,
    object: (fields) => Object.fromEntries(fields),
  });
}

function sentences(diagnostics: readonly { readonly severity: string; readonly summary: string }[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return errors.map(({ summary }) => summary).join('\n');
}
