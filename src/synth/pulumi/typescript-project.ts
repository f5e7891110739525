import { yamlText } from '../kubernetes/yaml.ts';
import { shortHash } from '../kubernetes/names.ts';
import type { PulumiProgram, PulumiResource } from './program.ts';
import { projectHead } from './project-file.ts';
import { PULUMI_VERSION, TYPESCRIPT_VERSION, providerPackage, resourceClass } from './provider-packages.ts';
import { camelCase } from './settings.ts';
import { expressionText, identifierOf, literal } from './typescript-text.ts';
import type { Identifiers } from './typescript-text.ts';

/** Node strips the types by itself (22.18 and later), so no second compiler has to agree with the first. */
const RUNTIME = { name: 'nodejs', options: { typescript: false } };

/** Options of the compiler under which the tests check written programs. */
const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
};

/** The files of the program as a TypeScript project, by path below its folder. */
export function typescriptProject(program: PulumiProgram): ReadonlyMap<string, string> {
  return new Map([
    ['Pulumi.yaml', yamlText(projectHead(program, { runtime: RUNTIME, describesSettings: true }))],
    ['index.ts', programText(program)],
    ['package.json', jsonText(packageFile(program))],
    ['tsconfig.json', jsonText({ compilerOptions: COMPILER_OPTIONS, include: ['index.ts'] })],
  ]);
}

/** The program itself: settings first, then one statement per resource. */
export function programText(program: PulumiProgram): string {
  const { alias, npm } = providerPackage(program.cloud);
  const identifiers = identifiersOf(program);
  return [
    '// Written by `plimsoll synth --target pulumi`; written again, it replaces this file.',
    `import * as pulumi from '@pulumi/pulumi';`,
    `import * as ${alias} from '${npm}';`,
    '',
    'const config = new pulumi.Config();',
    ...program.settings.map(
      ({ name, description }) =>
        `/** ${description.replaceAll('*/', '* /')} */\nconst ${name} = config.require(${literal(name)});`,
    ),
    '',
    ...program.resources.map((resource) => `${statement(resource, alias, identifiers)}\n`),
  ].join('\n');
}

function statement(resource: PulumiResource, alias: string, identifiers: Identifiers): string {
  const { module, name } = resourceClass(resource.type);
  const text = [
    literal(resource.id),
    expressionText(resource.args, identifiers),
    ...optionsText(resource, identifiers),
  ];
  return `export const ${identifierOf(resource.id, identifiers)} = new ${alias}.${module}.${name}(${text.join(', ')});`;
}

function optionsText(
  { dependsOn, ignoreChanges }: PulumiResource,
  identifiers: Identifiers,
): readonly string[] {
  const options = [
    ...(dependsOn === undefined
      ? []
      : [`dependsOn: [${dependsOn.map((id) => identifierOf(id, identifiers)).join(', ')}]`]),
    ...(ignoreChanges === undefined ? [] : [`ignoreChanges: [${ignoreChanges.map(literal).join(', ')}]`]),
  ];
  return options.length === 0 ? [] : [`{ ${options.join(', ')} }`];
}

/**
 * Identifiers of the resources. Ids that give the same one all get a hash, so that an identifier never depends on the order of
 * resources; an underscore keeps them apart from settings, imports and words of the language.
 */
function identifiersOf({ resources }: PulumiProgram): Identifiers {
  const plain = resources.map(({ id }) => `${camelCase(id)}_`);
  return new Map(
    resources.map(({ id }, index) => {
      const name = plain[index] ?? '';
      const isUnique = plain.indexOf(name) === plain.lastIndexOf(name);
      const text = isUnique ? name.slice(0, -1) : `${name}${shortHash(id)}`;
      return [id, `_${text}`];
    }),
  );
}

function packageFile(program: PulumiProgram): object {
  const { npm, version } = providerPackage(program.cloud);
  return {
    name: program.name,
    private: true,
    type: 'module',
    main: 'index.ts',
    engines: { node: '>=22.18' },
    dependencies: { [npm]: version, '@pulumi/pulumi': PULUMI_VERSION },
    devDependencies: { '@types/node': '24', typescript: TYPESCRIPT_VERSION },
  };
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
