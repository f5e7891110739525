import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pulumiPrograms } from '../../src/synth/index.ts';
import type { PulumiProgram } from '../../src/synth/index.ts';
import { programText } from '../../src/synth/pulumi/typescript-project.ts';
import { joined, output, setting, visitValue } from '../../src/synth/pulumi/values.ts';
import type { PulumiObject, PulumiValue } from '../../src/synth/pulumi/values.ts';
import { yamlProject } from '../../src/synth/pulumi/yaml-project.ts';
import { PLAN_SOURCE } from '../synth/plan-source.ts';
import { managed } from './managed.ts';
import { readYamlProject } from './read-yaml-project.ts';
import { runProgramText } from './run-program-text.ts';

/** Texts that mean something to some language on the way: YAML, Pulumi's references, JavaScript, shells, HTML. */
const NASTY = [
  '${node.arn}',
  '$$',
  '$${x}',
  '$',
  'yes',
  '0777',
  '1e3',
  '"); process.exit(1); ("',
  '`${1}`',
  '</script>',
  "'",
  '\\',
  '\u2028',
  ': #',
  '- a',
  '*/ code',
  'fn::secret',
  '',
] as const;

const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' }));
/** Keys that users choose are labels and tags: never `fn::`, which label keys cannot hold. */
const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9./_-]{0,10}$/);
const reference = fc.constantFrom<PulumiValue>(
  output('node', 'arn'),
  setting('clusterName'),
  joined('member:', output('node', 'name')),
);
const value = fc.letrec<{ value: PulumiValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer({ min: -1000, max: 1000 }),
    fc.boolean(),
    reference,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const args = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<PulumiObject>;

function programWith(resourceArgs: PulumiObject): PulumiProgram {
  return {
    name: 'sample-aws-us-east-1',
    description: 'A program of tests',
    cloud: 'aws',
    region: 'us-east-1',
    nodeClasses: [],
    settings: [{ name: 'clusterName', description: 'Name of the cluster' }],
    resources: [
      { id: 'node', type: 'aws:iam/role:Role', args: {} },
      {
        id: 'group',
        type: 'aws:eks/nodeGroup:NodeGroup',
        args: resourceArgs,
        dependsOn: ['node'],
        ignoreChanges: ['count'],
      },
    ],
  };
}

/** YAML cannot tell a reference as text from the reference itself; its language makes text of it where text is asked for. */
function withoutLoneJoins(value: PulumiValue): PulumiValue {
  return visitValue<PulumiValue>(value, {
    plain: (plain) => plain,
    resource: (item) => item,
    setting: (item) => item,
    joined: (item) => {
      const [only] = item.parts;
      return item.parts.length === 1 && typeof only === 'object' ? only : item;
    },
    list: (items) => items,
    object: (fields) => Object.fromEntries(fields),
  });
}

function asYamlSays({ resources }: PulumiProgram): readonly unknown[] {
  return resources.map((resource) => ({ ...resource, args: withoutLoneJoins(resource.args) }));
}

describe('a program written and read again', () => {
  it('is the same in YAML, whatever texts users choose', () => {
    fc.assert(
      fc.property(args, (resourceArgs) => {
        const program = programWith(resourceArgs);
        expect(readYamlProject(yamlProject(program)).resources).toEqual(asYamlSays(program));
      }),
    );
  });

  it('asks for the same resources in TypeScript, whatever texts users choose', () => {
    fc.assert(
      fc.property(args, (resourceArgs) => {
        const program = programWith(resourceArgs);
        expect(runProgramText(programText(program))).toEqual(program.resources);
      }),
    );
  });

  const all = [PLAN_SOURCE, managed(PLAN_SOURCE)].flatMap((source) => {
    const programs = pulumiPrograms(source);
    return programs.ok ? programs.value : [];
  });

  it.each(all.map((program) => [program.name, program] as const))('%s keeps its resources', (_, program) => {
    expect(readYamlProject(yamlProject(program)).resources).toEqual(asYamlSays(program));
    expect(runProgramText(programText(program))).toEqual(program.resources);
  });

  it('declares every setting that it uses, and no other', () => {
    for (const program of all) {
      const used = new Set(
        [...yamlProject(program).matchAll(/\$\{([A-Za-z0-9]+)\}/g)].map((match) => match[1]),
      );
      expect(program.settings.map(({ name }) => name)).toEqual([...used].sort());
    }
  });
});
