import type { JsonObject, JsonValue } from '../files.ts';
import type { PulumiProgram } from './program.ts';

/** How the head of a project is written. */
export interface HeadOptions {
  readonly runtime: JsonValue;
  /** Whether settings are described; the YAML language warns of descriptions (pulumi-yaml 1.28). */
  readonly describesSettings: boolean;
}

/**
 * The head of a project's `Pulumi.yaml`: name, runtime and the settings, which Pulumi asks for before it runs the program. The region of
 * AWS is fixed here, so that no environment variable of a user's shell decides where nodes are built.
 */
export function projectHead(program: PulumiProgram, options: HeadOptions): JsonObject {
  const settings = program.settings.map(
    ({ name, description }) =>
      [name, { type: 'string', ...(options.describesSettings ? { description } : {}) }] as const,
  );
  return {
    name: program.name,
    runtime: options.runtime,
    description: program.description,
    config: {
      ...(program.cloud === 'aws' ? { 'aws:region': { value: program.region } } : {}),
      ...Object.fromEntries(settings),
    },
  };
}
