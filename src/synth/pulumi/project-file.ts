import type { JsonObject, JsonValue } from '../files.ts';
import type { PulumiProgram } from './program.ts';

/**
 * The head of a project's `Pulumi.yaml`: name, runtime and the settings, which Pulumi asks for before it runs the program. The region of
 * AWS is fixed here, so that no environment variable of a user's shell decides where nodes are built.
 */
export function projectHead(program: PulumiProgram, runtime: JsonValue): JsonObject {
  const settings = program.settings.map(
    ({ name, description }) => [name, { type: 'string', description }] as const,
  );
  return {
    name: program.name,
    runtime,
    description: program.description,
    config: {
      ...(program.cloud === 'aws' ? { 'aws:region': { value: program.region } } : {}),
      ...Object.fromEntries(settings),
    },
  };
}
