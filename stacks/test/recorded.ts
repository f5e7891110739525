import * as pulumi from '@pulumi/pulumi';

/** A resource as a program registered it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A project under which programs run, and its settings. */
export interface RecordedProject {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * The resources that a program registers, sorted by type and name, run with Pulumi's runtime mocks. A resource's id is its name and
 * `-id`; every property that it has not been given is its name and the property's.
 */
export async function recordedResources(
  { name, config = {} }: RecordedProject,
  program: () => unknown,
): Promise<readonly RecordedResource[]> {
  const recorded: RecordedResource[] = [];
  const values = Object.entries(config).map(([key, value]) => [
    key.includes(':') ? key : `${name}:${key}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(values) as Record<string, string>);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name: resource, inputs }) => {
        recorded.push({ type, name: resource, inputs: inputs as Readonly<Record<string, unknown>> });
        return { id: `${resource}-id`, state: { ...outputsOf(resource), ...inputs } };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    name,
    'test',
    true,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
  });
  await pulumi.runtime.disconnect();
  return recorded
    .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
    .sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`, 'en'));
}

/** Outputs that programs read; numbers where the providers give numbers. */
function outputsOf(name: string): Readonly<Record<string, unknown>> {
  const text = (property: string) => `${name}-${property}`;
  return { arn: text('arn'), name: text('name'), email: text('email'), latestVersion: 7 };
}
