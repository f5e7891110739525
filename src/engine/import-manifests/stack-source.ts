import { stringify } from 'yaml';
import type { LlmServiceDocument, ProblemDocument } from '../../model/index.ts';

/** Forms of a stack file. */
export type StackForm = 'yaml' | 'typescript';

const HEADER = [
  'Imported from Kubernetes manifests by `plimsoll import manifests`: services as they stand, so many replicas of one size.',
  'To do: edit the pool; give services their request rates, calls and performance to have replicas planned.',
];

/**
 * A problem as the text of a stack file. All that comes from manifests is written as data (YAML or JSON strings).
 * @param header comment at its top, one line each; plain text of ours
 */
export function stackSource(
  document: ProblemDocument,
  form: StackForm,
  header: readonly string[] = HEADER,
): string {
  return form === 'yaml' ? yamlSource(document, header) : typescriptSource(document, header);
}

function yamlSource(document: ProblemDocument, lines: readonly string[]): string {
  const header = lines.map((line) => `# ${line}\n`).join('');
  // `workloads` may be left out of a file when there are services.
  const { workloads, ...rest } = document;
  const body = workloads.length === 0 ? rest : document;
  return `${header}${stringify(body, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function typescriptSource(document: ProblemDocument, header: readonly string[]): string {
  const { pools, services = [], workloads } = document;
  const declared = [
    ...pools.map(({ id, ...props }) => `new HardwarePool(fleet, ${literal(id)}, ${literal(props)});`),
    '',
    ...workloads.flatMap((workload) => [llmSource(workload), '']),
    ...services.flatMap(({ id, ...props }) => [`new Service(fleet, ${literal(id)}, ${literal(props)});`, '']),
  ];
  const names = [
    'Fleet',
    'HardwarePool',
    ...(workloads.length > 0 ? ['LlmService'] : []),
    ...(services.length > 0 ? ['Service'] : []),
    ...(workloads.length > 0 ? ['Traffic'] : []),
  ];
  const props = document.catalog === undefined ? '' : `, ${literal({ catalog: document.catalog })}`;
  return [
    `import { ${names.join(', ')} } from 'plimsoll';`,
    '',
    ...header.map((line) => `// ${line}`),
    `const fleet = new Fleet(${literal(document.name)}${props});`,
    '',
    ...declared,
    'export default fleet;',
    '',
  ].join('\n');
}

/** A language model: its traffic is made by a named constructor, all else is data. */
function llmSource({ id, kind: _, traffic, ...props }: LlmServiceDocument): string {
  const { profile, generate, trace: __, ...changes } = traffic;
  const made =
    profile === undefined
      ? `Traffic.generate(${literal({ ...generate, ...changes })})`
      : `Traffic.profile(${literal(profile)}, ${literal(changes)})`;
  return `new LlmService(fleet, ${literal(id)}, { traffic: ${made}, ...${literal(props)} });`;
}

/**
 * A value as a JavaScript literal: JSON is one since ECMAScript 2019, but for the key `__proto__`, which is computed so that
 * it stays a key. Strings of JSON hold no line breaks, so a line that begins with that key is one.
 */
function literal(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(/^(\s*)"__proto__":/gm, '$1["__proto__"]:');
}
