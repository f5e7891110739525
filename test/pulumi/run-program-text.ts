import vm from 'node:vm';
import { output, setting, joined } from '../../src/synth/pulumi/values.ts';
import type { PulumiObject, PulumiResource } from '../../src/synth/index.ts';

/** A resource as the stand-in for its class makes it: every property is a reference. */
type Instance = Readonly<Record<string, unknown>>;

interface Options {
  readonly dependsOn?: readonly Instance[];
  readonly ignoreChanges?: readonly string[];
}

/**
 * The resources that the text of a program asks for, in their order, run with stand-ins for Pulumi's packages that only write down.
 * What a text of a user would run shows as a difference, or as a name that is not there.
 */
export function runProgramText(text: string): readonly PulumiResource[] {
  const resources: PulumiResource[] = [];
  const body = text.replaceAll(/^import .*$/gm, '').replaceAll(/^export const /gm, 'const ');
  const context = {
    pulumi: { Config: StandInConfig, concat: joined },
    aws: provider('aws', resources),
    gcp: provider('gcp', resources),
    azure: provider('azure-native', resources),
  };
  vm.runInContext(body, vm.createContext(context), { timeout: 5000 });
  return resources;
}

class StandInConfig {
  require(name: string): unknown {
    return setting(name);
  }
}

function provider(name: string, resources: PulumiResource[]): object {
  return anyProperty((module) =>
    anyProperty((className) => {
      const type =
        name === 'azure-native'
          ? `${name}:${module}:${className}`
          : `${name}:${module}/${className[0]?.toLowerCase()}${className.slice(1)}:${className}`;
      return function construct(id: string, args: PulumiObject, options: Options = {}): Instance {
        const { dependsOn, ignoreChanges } = options;
        resources.push({
          id,
          type,
          args: structured(args),
          ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((item) => String(item[ID])) }),
          ...(ignoreChanges === undefined ? {} : { ignoreChanges: [...ignoreChanges] }),
        });
        return anyProperty((property) => (property === ID ? id : output(id, property)));
      };
    }),
  );
}

const ID = '#id';

function anyProperty(of: (name: string) => unknown): Readonly<Record<string, unknown>> {
  return new Proxy({}, { get: (_, name) => of(String(name)) });
}

/** Lists and objects of the other realm as those of this one. */
function structured<T>(value: T): T {
  if (Array.isArray(value)) return [...(value as readonly unknown[])].map(structured) as T;
  const isPlain =
    typeof value === 'object' && value !== null && Object.getOwnPropertySymbols(value).length === 0;
  if (!isPlain) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structured(item)])) as T;
}
