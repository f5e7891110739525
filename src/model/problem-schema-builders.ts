/** The part of JSON Schema draft-07 that the published schemas use. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T] & string;
type RequiredKeys<T> = Exclude<keyof T & string, OptionalKeys<T>>;

/** What `objectOf` needs to know: every key of `T` must appear exactly once, on the side its type puts it. */
export interface ObjectFacts<T> {
  readonly title: string;
  readonly description: string;
  readonly required: Readonly<Record<RequiredKeys<T>, JsonSchema>>;
  readonly optional: Readonly<Record<OptionalKeys<T>, JsonSchema>>;
  /** Alternatives: exactly one of these sets of fields must be present. */
  readonly exactlyOne?: readonly (readonly (keyof T & string)[])[];
}

/**
 * The closed schema of a TypeScript object type. The compiler holds schema and type together:
 * a field added to the type and not to the schema, or optional in one only, does not compile.
 */
export function objectOf<T extends object>(facts: ObjectFacts<T>): JsonSchema {
  const required = Object.keys(facts.required);
  return {
    title: facts.title,
    description: facts.description,
    type: 'object',
    properties: { ...facts.required, ...facts.optional },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
    ...(facts.exactlyOne === undefined
      ? {}
      : { oneOf: facts.exactlyOne.map((fields) => ({ required: fields })) }),
  };
}

/** The same schema with the description, and perhaps the default, that it has at one place. */
export function described(schema: JsonSchema, description: string, fallback?: unknown): JsonSchema {
  return { ...schema, description, ...(fallback === undefined ? {} : { default: fallback }) };
}

/** A list of items; `limits` states its length and whether an item may appear twice. */
export function listOf(
  items: JsonSchema,
  description: string,
  limits: Pick<JsonSchema, 'minItems' | 'maxItems' | 'uniqueItems' | 'default'> = {},
): JsonSchema {
  return { type: 'array', description, items, ...limits };
}

/** An object with keys that users choose and values of one schema. */
export function mapOf(values: JsonSchema, description: string): JsonSchema {
  return { type: 'object', description, additionalProperties: values };
}

/** An object with some of the given keys, all optional. */
export function someOf(
  keys: readonly string[],
  description: string,
  values: (key: string) => JsonSchema,
): JsonSchema {
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(keys.map((key) => [key, values(key)])),
    additionalProperties: false,
  };
}

/** A text that is one of the names of `meanings`; the compiler makes sure that none is forgotten. */
export function oneOfTexts<T extends string>(
  meanings: Readonly<Record<T, string>>,
  description: string,
): JsonSchema {
  const names: readonly string[] = Object.keys(meanings);
  const lines = Object.entries<string>(meanings).map(([name, meaning]) => `${name}: ${meaning}`);
  return { type: 'string', enum: names, description: `${description} ${lines.join('; ')}.` };
}

/** A text that is not empty. */
export function text(description: string, examples?: readonly string[]): JsonSchema {
  return { type: 'string', minLength: 1, description, ...(examples === undefined ? {} : { examples }) };
}

/** A whole number, at least `minimum`. */
export function integer(description: string, minimum: number): JsonSchema {
  return { type: 'integer', minimum, description };
}

/** Title of the schema of ids, by which errors recognise it. */
export const ID_TITLE = 'Identifier';
/** Longest id: leaves room for the suffixes of Kubernetes object names, which may have 63 characters. */
export const MAX_ID_LENGTH = 40;

/** An id: a DNS-1123 label, since object names are made from it. */
export function identifier(description: string, maxLength = MAX_ID_LENGTH): JsonSchema {
  return {
    title: ID_TITLE,
    type: 'string',
    description: `${description} Lower-case letters, digits and hyphens, at most ${maxLength}.`,
    pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    maxLength,
  };
}

/** An id that also names a Kubernetes Service: a DNS-1035 label, which starts with a letter (Kubernetes before 1.34). */
export function serviceIdentifier(description: string): JsonSchema {
  return {
    ...identifier(`${description} Starts with a letter.`),
    pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$',
  };
}

/** Title of the schema of calendar dates, by which checks recognise it. */
export const DATE_TITLE = 'Date';

/** An ISO calendar date. */
export function date(description: string): JsonSchema {
  return {
    title: DATE_TITLE,
    type: 'string',
    description,
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
    examples: ['2026-12-31'],
  };
}
