import { parse } from 'yaml';
import { joined, output, setting } from '../../src/synth/pulumi/values.ts';
import type { PulumiObject, PulumiValue } from '../../src/synth/pulumi/values.ts';

/*
 * A reader of the part of Pulumi's YAML language that projects use, written from the language's own rules: `$$` is a dollar, `${a.b}` a
 * property of a resource, `${a}` a setting. It shares nothing with the writer.
 */

interface ReadResource {
  readonly id: string;
  readonly type: string;
  readonly args: PulumiObject;
  readonly dependsOn?: readonly string[];
  readonly ignoreChanges?: readonly string[];
}

export interface ReadProject {
  readonly name: string;
  readonly description: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly resources: readonly ReadResource[];
}

interface WrittenResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly options?: { readonly dependsOn?: readonly string[]; readonly ignoreChanges?: readonly string[] };
}

/** What a project of Pulumi's YAML language says. */
export function readYamlProject(text: string): ReadProject {
  const project = parse(text) as {
    name: string;
    description: string;
    config: Record<string, unknown>;
    resources: Record<string, WrittenResource>;
  };
  const { name, description, config } = project;
  return { name, description, config, resources: Object.entries(project.resources).map(readResource) };
}

function readResource([id, { type, properties, options }]: [string, WrittenResource]): ReadResource {
  const { dependsOn, ignoreChanges } = options ?? {};
  return {
    id,
    type,
    args: readValue(properties) as PulumiObject,
    ...(dependsOn === undefined
      ? {}
      : { dependsOn: dependsOn.map((text) => text.replace(/^\$\{(.+)\}$/, '$1')) }),
    ...(ignoreChanges === undefined ? {} : { ignoreChanges }),
  };
}

/** A value with its references found. */
export function readValue(value: unknown): PulumiValue {
  if (typeof value === 'string') return readText(value);
  if (Array.isArray(value)) return value.map(readValue);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, readValue(field)]));
  }
  return value as number | boolean;
}

type Part = string | ReturnType<typeof output> | ReturnType<typeof setting>;

function readText(text: string): PulumiValue {
  const parts: Part[] = [];
  let plain = '';
  let rest = text;
  while (rest !== '') {
    const reference = /^\$\{([^}]*)\}/.exec(rest);
    if (rest.startsWith('$$')) {
      plain += '$';
      rest = rest.slice(2);
    } else if (reference === null) {
      plain += rest[0];
      rest = rest.slice(1);
    } else {
      if (plain !== '') parts.push(plain);
      plain = '';
      const [resource = '', property] = (reference[1] ?? '').split('.');
      parts.push(property === undefined ? setting(resource) : output(resource, property));
      rest = rest.slice(reference[0].length);
    }
  }
  if (parts.length === 0) return plain;
  if (plain !== '') parts.push(plain);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : joined(...parts);
}
