import { table } from './tables.ts';

/** The part of JSON Schema (draft-07) that our published schemas use. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
}

/** What stands above the fields of a page. */
export interface SchemaPageFacts {
  readonly title: string;
  readonly introduction: string;
}

/**
 * A page of every field of a JSON Schema: one section per object, named by its path (`pools[].daemonsets`), with a table of its fields. An
 * object that occurs again is described once and named there by its first path.
 */
export function schemaPage(schema: Schema, { title, introduction }: SchemaPageFacts): string {
  const objects = describedObjects(schema, '', new Set());
  const places = new Map(objects.map(({ object, at }) => [JSON.stringify(object), at]));
  const sections = objects.flatMap((found) => objectSection(found, places));
  return [`# ${title}`, introduction, ...sections].join('\n\n') + '\n';
}

/** An object with fields and the path at which it is described. */
interface DescribedObject {
  readonly object: Schema;
  readonly at: string;
}

/** The objects of a schema, each where it occurs first: depth first, in the order of their fields. */
function describedObjects(schema: Schema, path: string, seen: Set<string>): readonly DescribedObject[] {
  return objectsIn(schema, path).flatMap((found) => {
    const key = JSON.stringify(found.object);
    if (seen.has(key)) return [];
    seen.add(key);
    const fields = Object.entries(found.object.properties ?? {});
    return [
      found,
      ...fields.flatMap(([name, field]) => describedObjects(field, joined(found.at, name), seen)),
    ];
  });
}

function objectSection(
  { object, at }: DescribedObject,
  places: ReadonlyMap<string, string>,
): readonly string[] {
  const rows = Object.entries(object.properties ?? {}).map(([name, field]) => [
    `\`${name}\``,
    typeText(field),
    object.required?.includes(name) === true ? 'yes' : '',
    meaningText(field, joined(at, name), places),
  ]);
  return [
    ...(at === '' ? [] : [`## ${at}`]),
    ...(at === '' || object.description === undefined ? [] : [object.description]),
    table(['field', 'type', 'required', 'meaning'], rows),
  ];
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The objects with fields that a value may hold right away: itself, its items, its values by name, or one of several forms. */
function objectsIn(schema: Schema, at: string): readonly DescribedObject[] {
  if (schema.properties !== undefined) {
    const forms = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].filter(
      (form) => form.properties !== undefined,
    );
    return [{ object: schema, at }, ...forms.flatMap((form) => objectsIn(form, at))];
  }
  if (schema.items !== undefined) return objectsIn(schema.items, `${at}[]`);
  if (typeof schema.additionalProperties === 'object')
    return objectsIn(schema.additionalProperties, `${at}.<name>`);
  return [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((form) => objectsIn(form, at));
}

/** The type of a field in words: `text`, `list of text`, `one of "a", "b"`. */
export function typeText(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  const forms = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  if (schema.properties === undefined && forms.length > 0) {
    return [...new Set(forms.map(typeText))].join(' or ');
  }
  if (typeof schema.additionalProperties === 'object' && schema.properties === undefined) {
    return `${typeText(schema.additionalProperties)} by name`;
  }
  const names = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any value']);
  return names.map((name) => TYPES[name] ?? name).join(' or ');
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'object',
  array: 'list',
  null: 'null',
};

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Description, bounds and examples of a field. */
function meaningText(schema: Schema, at: string, places: ReadonlyMap<string, string>): string {
  const bounds = boundsText(schema);
  const examples = schema.examples ?? schema.items?.examples ?? [];
  const known = objectsIn(schema, at).flatMap((found) => {
    const place = places.get(JSON.stringify(found.object));
    return place === undefined || place === found.at ? [] : [place];
  });
  return [
    schema.description ?? schema.items?.description ?? '',
    bounds === '' ? '' : `${bounds}.`,
    examples.length === 0 ? '' : `Such as ${examples.map(code).join(', ')}.`,
    known.length === 0 ? '' : `Fields as of \`${known[0]}\`.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function boundsText(schema: Schema): string {
  const part = (name: string, value: number | undefined): string =>
    value === undefined ? '' : `${name} ${value}`;
  return [
    part('≥', schema.minimum),
    part('>', schema.exclusiveMinimum),
    part('≤', schema.maximum),
    part('<', schema.exclusiveMaximum),
    part('items ≥', schema.minItems),
    part('items ≤', schema.maxItems),
  ]
    .filter((text) => text !== '')
    .join(', ');
}
