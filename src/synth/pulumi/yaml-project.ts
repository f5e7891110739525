import type { JsonObject, JsonValue } from '../files.ts';
import { yamlText } from '../kubernetes/yaml.ts';
import type { PulumiProgram, PulumiResource } from './program.ts';
import { projectHead } from './project-file.ts';
import { visitValue } from './values.ts';
import type { JoinedText, PulumiValue, ResourceReference, SettingReference } from './values.ts';

/**
 * The program as a project in Pulumi's YAML language. Texts of users stay texts: every `$` is doubled, so that nothing in them is taken
 * for a reference (pulumi-yaml 1.28, `$$` stands for `$`), and no key can call a function because no key that users choose holds `::`.
 */
export function yamlProject(program: PulumiProgram): string {
  const resources = program.resources.map((resource) => [resource.id, resourceNode(resource)] as const);
  const head = projectHead(program, { runtime: 'yaml', describesSettings: false });
  return `${settingsComment(program)}${yamlText({ ...head, resources: Object.fromEntries(resources) })}`;
}

/** What the settings mean, for people; a line each whatever a description holds. */
function settingsComment({ settings }: PulumiProgram): string {
  const lines = settings.map(
    ({ name, description }) => `#   ${name}: ${description.replaceAll(/\s+/g, ' ')}`,
  );
  return [
    '# Written by `plimsoll synth --target pulumi`; written again, it replaces this file.',
    '# Settings (`pulumi config set <name> <value>`):',
    ...lines,
    '',
  ].join('\n');
}

function resourceNode({ type, args, dependsOn, ignoreChanges }: PulumiResource): JsonObject {
  const options: JsonObject = {
    ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((id) => `\${${id}}`) }),
    ...(ignoreChanges === undefined ? {} : { ignoreChanges }),
  };
  return {
    type,
    properties: valueNode(args),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function valueNode(value: PulumiValue): JsonValue {
  return visitValue<JsonValue>(value, {
    plain: (plain) => (typeof plain === 'string' ? escaped(plain) : plain),
    resource: referenceText,
    setting: settingText,
    joined: joinedText,
    list: (items) => items,
    object: (fields) => Object.fromEntries(fields),
  });
}

function joinedText({ parts }: JoinedText): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return escaped(part);
      return 'resource' in part ? referenceText(part) : settingText(part);
    })
    .join('');
}

function referenceText({ resource, property }: ResourceReference): string {
  return `\${${resource}.${property}}`;
}

function settingText({ setting }: SettingReference): string {
  return `\${${setting}}`;
}

function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}
