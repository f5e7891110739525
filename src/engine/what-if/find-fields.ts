import { closestName } from '../../diagnostics/index.ts';
import { PROBLEM_SCHEMA } from '../../model/index.ts';
import type { JsonSchema } from '../../model/index.ts';
import { pathText } from './field-path.ts';
import type { PathSegment } from './field-path.ts';

/** One place of a problem document. */
export interface Field {
  /** Keys and indices from the root. */
  readonly at: readonly (string | number)[];
  readonly schema: JsonSchema;
  /** Undefined where nothing is declared. */
  readonly value: unknown;
}

/** Fields that a path names, at least one; or why it names none. */
export type FoundFields =
  | { readonly ok: true; readonly fields: readonly Field[] }
  | { readonly ok: false; readonly summary: string; readonly fix: string };

/** Short names that stand for other fields, by the list whose items have them. */
export const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  pools: ['price', 'spotPrice', 'quota'],
  workloads: ['rate'],
  services: ['rate'],
};

/** Names offered when none is close. */
const LISTED = 12;

/** The fields of a document that a path names by the schema of problems; declared or not. */
export function findFields(document: unknown, path: readonly PathSegment[]): FoundFields {
  let fields: readonly Field[] = [{ at: [], schema: PROBLEM_SCHEMA, value: document }];
  for (const [depth, segment] of path.entries()) {
    const next: Field[] = [];
    for (const field of fields) {
      const found = step(field, segment);
      if (found.length === 0 && segment.kind !== 'all') return unknownStep(field, path, depth);
      next.push(...found);
    }
    if (next.length === 0)
      return {
        ok: false,
        summary: `${pathText(path.slice(0, depth)) || 'the problem'} holds nothing that "*" could name.`,
        fix: 'Name a field that the stack declares.',
      };
    fields = next;
  }
  return { ok: true, fields };
}

function step(field: Field, segment: PathSegment): readonly Field[] {
  return field.schema.items === undefined ? stepIntoObject(field, segment) : stepIntoList(field, segment);
}

function stepIntoList({ at, schema, value }: Field, segment: PathSegment): readonly Field[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.flatMap((item, index): Field[] => {
    const isMeant =
      segment.kind === 'all' ||
      (segment.kind === 'index' ? segment.index === index : nameOf(item) === segment.name);
    return isMeant ? [{ at: [...at, index], schema: schema.items ?? {}, value: item }] : [];
  });
}

function stepIntoObject({ at, schema, value }: Field, segment: PathSegment): readonly Field[] {
  const fieldAt = (name: string): Field[] => {
    const own = propertyOf(schema, name);
    return own === undefined ? [] : [{ at: [...at, name], schema: own, value: ownValue(value, name) }];
  };
  if (segment.kind === 'index') return [];
  if (segment.kind === 'name') return fieldAt(segment.name);
  return isObject(value) ? Object.keys(value).sort().flatMap(fieldAt) : [];
}

/** The schema of a field; undefined where an object has none of the name. */
function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const { properties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** What an item of a list goes by: its id, its name, the rule it waives, or itself. */
function nameOf(item: unknown): string | undefined {
  if (!isObject(item)) return typeof item === 'string' ? item : undefined;
  const name = ownValue(item, 'id') ?? ownValue(item, 'name') ?? ownValue(item, 'rule');
  return typeof name === 'string' ? name : undefined;
}

function unknownStep(field: Field, path: readonly PathSegment[], depth: number): FoundFields {
  const place = depth === 0 ? 'a problem' : pathText(path.slice(0, depth));
  const segment = path[depth];
  const wanted = segment === undefined ? '' : pathText([segment]);
  const known = knownNames(field);
  if (known.length === 0 && field.schema.items === undefined)
    return {
      ok: false,
      summary: `${place} is one value; there is no "${wanted}" in it.`,
      fix: `Change ${place} itself.`,
    };
  const closest = segment?.kind === 'name' ? closestName(segment.name, known) : undefined;
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : '';
  return {
    ok: false,
    summary: `There is no "${wanted}" in ${place}.`,
    fix:
      closest !== undefined
        ? `Did you mean "${closest}"?`
        : known.length === 0
          ? `The stack declares no ${place}.`
          : `Name one of: ${known.slice(0, LISTED).join(', ')}${more}.`,
  };
}

function knownNames({ at, schema, value }: Field): readonly string[] {
  if (schema.items !== undefined) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((item) => nameOf(item) ?? []);
  }
  const shortNames = at.length === 2 ? (SHORT_NAMES[String(at[0])] ?? []) : [];
  return [
    ...shortNames,
    ...Object.keys(schema.properties ?? {}),
    ...(isObject(value) ? Object.keys(value) : []),
  ].filter((name, index, all) => all.indexOf(name) === index);
}

function ownValue(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
