import { closestName, diagnostic, suggestion } from '../diagnostics/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { namePattern } from '../model/index.ts';
import type { InstanceMix, InstanceSelector, InstanceType } from '../model/index.ts';
import { formatBytes } from '../units/index.ts';
import type { Catalog } from './catalog.ts';

/** A condition of a selector in words, and whether a type meets it. */
interface Condition {
  readonly words: string;
  readonly holds: (type: InstanceType) => boolean;
}

/** The instance types of the catalogue that a mix chooses, in the order of the catalogue. */
export function matchingTypes(mix: InstanceMix, catalog: Catalog): readonly InstanceType[] {
  const conditions = conditionsOf(mix.instanceTypes);
  return typesOf(mix, catalog).filter((type) => conditions.every(({ holds }) => holds(type)));
}

function typesOf({ provider }: InstanceMix, catalog: Catalog): readonly InstanceType[] {
  const name = provider.toLowerCase();
  return catalog.instanceTypes.filter((type) => type.provider.toLowerCase() === name);
}

/** The conditions in the order in which a message tells them. */
function conditionsOf(selector: InstanceSelector): readonly Condition[] {
  const { names, except, architectures, vcpus, memory, accelerators } = selector;
  const wanted = names.map(namePattern);
  const unwanted = except.map(namePattern);
  return [
    {
      words: names.length === 0 ? 'any name' : `the name ${names.join(' or ')}`,
      holds: ({ name }) => wanted.length === 0 || wanted.some((pattern) => pattern.test(name)),
    },
    {
      words: `not ${except.join(' or ')}`,
      holds: ({ name }) => !unwanted.some((pattern) => pattern.test(name)),
    },
    {
      words: accelerators ? 'accelerators' : 'no accelerators',
      holds: (type) => (type.accelerator !== undefined) === accelerators,
    },
    {
      words: `architecture ${architectures.join(' or ')}`,
      holds: ({ cpuArchitecture }) => architectures.includes(cpuArchitecture),
    },
    {
      words: `${rangeWords(vcpus, String)} vCPUs`,
      holds: (type) => type.vcpus >= vcpus.min && type.vcpus <= vcpus.max,
    },
    {
      words: `${rangeWords(memory, formatBytes)} of memory`,
      holds: (type) => type.memory >= memory.min && type.memory <= memory.max,
    },
  ];
}

function rangeWords(
  { min, max }: { readonly min: number; readonly max: number },
  print: (value: number) => string,
): string {
  return max === Infinity ? `${print(min)} or more` : `${print(min)} to ${print(max)}`;
}

/** `catalog-empty-mix`: the first condition that leaves no type, and a name that is close. */
export function noMatch(mix: InstanceMix, catalog: Catalog): Diagnostic {
  const types = typesOf(mix, catalog);
  const summary = `Pool "${mix.id}": no instance type of the catalogue is what instanceTypes asks for.`;
  if (types.length === 0) {
    const providers = [...new Set(catalog.instanceTypes.map((type) => type.provider))];
    return diagnostic('catalog-empty-mix', {
      summary,
      path: mix.path,
      detail: `The catalogue knows no instance type of provider "${mix.provider}".`,
      fix: suggestion(mix.provider, providers, 'Add your instance types to the catalogue.'),
    });
  }
  let left = types;
  const steps: string[] = [];
  for (const { words, holds } of conditionsOf(mix.instanceTypes)) {
    const kept = left.filter(holds);
    if (kept.length < left.length) steps.push(`${kept.length} of ${left.length} have ${words}`);
    left = kept;
    if (left.length === 0) break;
  }
  const closest = closestNames(mix, types);
  return diagnostic('catalog-empty-mix', {
    summary,
    path: mix.path,
    detail: `Of the instance types of ${mix.provider}, ${steps.join('; of these ')}.`,
    fix:
      closest.length > 0
        ? `Did you mean ${closest.map((name) => `"${name}"`).join(' or ')}?`
        : 'Loosen the last of these conditions; `plimsoll catalog list --kind instance` shows the known types.',
  });
}

/** One warning for each name that stands for no instance type of the provider. */
export function unmatchedNames(mix: InstanceMix, catalog: Catalog): Diagnostic[] {
  const types = typesOf(mix, catalog);
  return mix.instanceTypes.names
    .filter((name) => !types.some((type) => namePattern(name).test(type.name)))
    .map((name) =>
      diagnostic('catalog-unknown-instance-type', {
        severity: 'warning',
        summary: `Pool "${mix.id}": no instance type of ${mix.provider} has the name ${name}.`,
        path: mix.path,
        fix: suggestion(name, spellings(name, types), 'Remove the name from instanceTypes.'),
      }),
    );
}

function closestNames(mix: InstanceMix, types: readonly InstanceType[]): string[] {
  const wrong = mix.instanceTypes.names.filter(
    (name) => !types.some((type) => namePattern(name).test(type.name)),
  );
  return wrong.flatMap((name) => closestName(name, spellings(name, types)) ?? []);
}

/** What a name could have been: names of types, or of families with `.*` where the name is a pattern. */
function spellings(name: string, types: readonly InstanceType[]): readonly string[] {
  if (!name.includes('*')) return types.map((type) => type.name);
  return [...new Set(types.map((type) => `${type.family}.*`))];
}
