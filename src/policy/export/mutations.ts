import { parsePointer } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { RemediationStep } from '../rule.ts';
import type { AdmissionRule } from './admission-rule.ts';
import { celText, celValue } from './cel-text.ts';
import { isIdentifier } from './server-functions.ts';

/**
 * The repairs of a rule as one JSON patch: nothing for an object that conforms, else what its steps write, with the objects on
 * the way made where they are absent. Expressions see the object as it was. Empty when there are no repairs, and when one of
 * them writes into a list: a patch inserts there, a repair replaces.
 */
export function mutations(rule: AdmissionRule): readonly JsonObject[] {
  const steps = rule.repairs.map((step) => ({ step, keys: parsePointer(step.path) ?? [] }));
  if (steps.length === 0 || steps.some(({ keys }) => keys.some((key) => /^(-|\d+)$/.test(key)))) return [];
  const writes = steps.map(({ step, keys }) => {
    const value = step.expression === undefined ? celValue(step.value ?? null) : `(${step.expression})`;
    return onlyWhen(step.when, patch(keys, value));
  });
  const patches = [...parents(steps).map(makeParent), ...writes].join(' + ');
  return [
    {
      patchType: 'JSONPatch',
      jsonPatch: { expression: `(${rule.condition}) ? [] : ${patches}` },
    },
  ];
}

interface Parent {
  readonly keys: readonly string[];
  /** Conditions of the steps below it; undefined when one of them always applies. */
  readonly when: readonly string[] | undefined;
}

interface PlacedStep {
  readonly step: RemediationStep;
  readonly keys: readonly string[];
}

/** Every object on the way to a step, outer ones first, once. */
function parents(steps: readonly PlacedStep[]): readonly Parent[] {
  const found = new Map<string, Parent>();
  for (const { step, keys } of steps) {
    for (let length = 1; length < keys.length; length++) {
      const own = keys.slice(0, length);
      const name = JSON.stringify(own);
      const known = found.get(name);
      const earlier = known === undefined ? [] : known.when;
      const when = step.when === undefined || earlier === undefined ? undefined : [...earlier, step.when];
      found.set(name, { keys: own, when });
    }
  }
  return [...found.values()].sort((a, b) => a.keys.length - b.keys.length);
}

/** Makes an object of the way where it is absent and a step below it applies. */
function makeParent({ keys, when }: Parent): string {
  const isAbsent = `!${optionalField(keys)}.hasValue()`;
  const isNeeded =
    when === undefined
      ? isAbsent
      : `(${when.map((condition) => `(${condition})`).join(' || ')}) && ${isAbsent}`;
  return onlyWhen(isNeeded, patch(keys, '{}'));
}

function onlyWhen(condition: string | undefined, list: string): string {
  return condition === undefined ? list : `((${condition}) ? ${list} : [])`;
}

function patch(keys: readonly string[], value: string): string {
  const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return `[JSONPatch{op: "add", path: ${celText(pointer)}, value: ${value}}]`;
}

function optionalField(keys: readonly string[]): string {
  const fields = keys.map((key) => (isIdentifier(key) ? `.?${key}` : `[?${celText(key)}]`));
  return `object${fields.join('')}`;
}
