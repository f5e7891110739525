import { stringify } from 'yaml';
import type { ProblemDocument } from '../../model/index.ts';

/** Forms of a stack file. */
export type StackForm = 'yaml' | 'typescript';

const HEADER = [
  'Imported from Kubernetes manifests by `plimsoll import manifests`: services as they stand, so many replicas of one size.',
  'To do: edit the pool; give services their request rates, calls and performance to have replicas planned.',
];

/** A problem as the text of a stack file. All that comes from manifests is written as data (YAML or JSON strings). */
export function stackSource(document: ProblemDocument, form: StackForm): string {
  return form === 'yaml' ? yamlSource(document) : typescriptSource(document);
}

function yamlSource(document: ProblemDocument): string {
  const header = HEADER.map((line) => `# ${line}\n`).join('');
  // `workloads` may be left out of a file when there are services.
  const { workloads, ...rest } = document;
  const body = workloads.length === 0 ? rest : document;
  return `${header}${stringify(body, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function typescriptSource(document: ProblemDocument): string {
  const pools = document.pools.map(
    ({ id, ...props }) => `new HardwarePool(fleet, ${literal(id)}, ${literal(props)});`,
  );
  const services = (document.services ?? []).map(
    ({ id, ...props }) => `new Service(fleet, ${literal(id)}, ${literal(props)});`,
  );
  return [
    "import { Fleet, HardwarePool, Service } from 'plimsoll';",
    '',
    ...HEADER.map((line) => `// ${line}`),
    `const fleet = new Fleet(${literal(document.name)});`,
    '',
    ...pools,
    '',
    ...services.flatMap((text) => [text, '']),
    'export default fleet;',
    '',
  ].join('\n');
}

/**
 * A value as a JavaScript literal: JSON is one since ECMAScript 2019, but for the key `__proto__`, which is computed so that
 * it stays a key. Strings of JSON hold no line breaks, so a line that begins with that key is one.
 */
function literal(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(/^(\s*)"__proto__":/gm, '$1["__proto__"]:');
}
