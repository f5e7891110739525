import type { ErrorObject } from 'ajv';
import { closestName } from '../diagnostics/index.ts';
import { formatNumber } from '../units/index.ts';
import { QUANTITIES, quantityOfTitle } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import { DATE_TITLE, ID_TITLE } from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';

/**
 * Quantities that have the form of their pattern and still cannot be: a share of 120 %, a number that overflows.
 * Texts that break their pattern are reported by ajv.
 */
export function unreadableQuantities(schema: JsonSchema, value: unknown, at: DocumentSegments): Finding[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => unreadableQuantities(schema.items ?? {}, item, [...at, index]));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
      unreadableQuantities(property, (value as Record<string, unknown>)[key], [...at, key]),
    );
  }
  const name = quantityOfTitle(schema.title);
  if (name === undefined || typeof value !== 'string' || !new RegExp(schema.pattern ?? '').test(value))
    return [];
  const parsed = QUANTITIES[name].parse(value);
  return parsed.ok
    ? []
    : [{ code: 'model-out-of-range', at, summary: `Expected ${parsed.expected}, found ${shown(value)}.` }];
}

/** An error of ajv with everything a translation looks at. */
interface Violation {
  readonly error: ErrorObject;
  readonly at: DocumentSegments;
  readonly schema: JsonSchema;
  readonly value: unknown;
}

type Translation = (violation: Violation) => Finding | undefined;

/**
 * What the errors of ajv mean, one finding per place and kind. The errors must come from a verbose validator:
 * sentences use the violated schema. Errors inside alternatives are left out; the alternative itself reports them.
 */
export function findingsOfErrors(errors: readonly ErrorObject[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of errors) {
    if (/\/oneOf\/\d+\//.test(error.schemaPath)) continue;
    const violation: Violation = {
      error,
      at: segmentsOf(error.instancePath),
      schema: error.parentSchema ?? {},
      value: error.data,
    };
    const finding = (TRANSLATIONS[error.keyword] ?? outOfRange)(violation);
    if (finding === undefined) continue;
    const key = JSON.stringify([finding.code, finding.at]);
    if (!findings.has(key)) findings.set(key, finding);
  }
  return [...findings.values()];
}

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  additionalProperties: unknownField,
  required: missingField,
  type: wrongType,
  pattern: wrongPattern,
  maxLength: wrongPattern,
  enum: unknownValue,
  const: wrongVersion,
  minItems: tooFewItems,
  minLength: emptyText,
  uniqueItems: repeatedItem,
  oneOf: alternatives,
};

function unknownField({ error, at, schema }: Violation): Finding {
  const name = String(error.params['additionalProperty']);
  const known = Object.keys(schema.properties ?? {});
  const closest = closestName(name, known);
  return {
    code: 'model-unknown-field',
    at: [...at, name],
    summary: `There is no field "${name}" in ${titleOf(schema)}.`,
    fix: closest === undefined ? `Fields: ${known.join(', ')}.` : `Did you mean "${closest}"?`,
  };
}

function missingField({ error, at, schema }: Violation): Finding {
  const name = String(error.params['missingProperty']);
  const field = schema.properties?.[name];
  const example = field?.const ?? field?.examples?.[0];
  return {
    code: 'model-missing-field',
    at: [...at, name],
    summary: `${capitalised(titleOf(schema))} needs the field "${name}".`,
    detail: field?.description ?? '',
    fix: `Add ${name}${example === undefined ? '' : `, such as ${JSON.stringify(example)}`}.`,
  };
}

function wrongType({ at, schema, value }: Violation): Finding {
  const name = quantityOfTitle(schema.title);
  if (name !== undefined) return wrongUnit(at, value, schema);
  const expected = TYPE_WORDS[String(schema.type)] ?? String(schema.type);
  return {
    code: 'model-wrong-type',
    at,
    summary: `Expected ${expected}, found ${shown(value)}.`,
    detail: schema.description ?? '',
    ...(schema.type === 'string' && typeof value === 'number'
      ? { fix: `Put it in quotes: "${value}".` }
      : {}),
  };
}

function wrongPattern({ at, schema, value }: Violation): Finding {
  if (quantityOfTitle(schema.title) !== undefined) return wrongUnit(at, value, schema);
  if (schema.title === ID_TITLE) return invalidId(at, String(value), schema);
  if (schema.title === DATE_TITLE) {
    return {
      code: 'model-wrong-type',
      at,
      summary: `${shown(value)} is no date.`,
      fix: 'Write it as 2026-12-31.',
    };
  }
  return {
    code: 'model-wrong-type',
    at,
    summary: `${shown(value)} does not have the form ${schema.pattern ?? ''}.`,
    detail: schema.description ?? '',
    fix: `Write ${(schema.examples ?? []).map((example) => JSON.stringify(example)).join(' or ') || 'it in that form'}.`,
  };
}

function wrongUnit(at: DocumentSegments, value: unknown, schema: JsonSchema): Finding {
  const name = quantityOfTitle(schema.title) ?? 'duration';
  const { parse, units } = QUANTITIES[name];
  const negative =
    typeof value === 'string' && value.trim().startsWith('-') ? parse(value.trim().slice(1)) : undefined;
  if (negative?.ok === true) {
    return {
      code: 'model-out-of-range',
      at,
      summary: `${shown(value)} is negative.`,
      fix: 'State an amount of zero or more.',
    };
  }
  const parsed = parse(value);
  return {
    code: 'model-wrong-unit',
    at,
    summary: `Expected ${parsed.ok ? name : parsed.expected}, found ${shown(value)}.`,
    detail: schema.description ?? '',
    ...(typeof value === 'number' ? { fix: numberFix(value, units) } : {}),
  };
}

function numberFix(value: number, units: readonly string[]): string {
  if (units.includes('')) return `Put it in quotes: "${value}".`;
  return `Write the unit, such as "${withUnit(value, units[1] ?? units[0] ?? '')}".`;
}

/** A bare number as it was probably meant: shares of one become percentages. */
function withUnit(value: number, unit: string): string {
  if (unit === '%' && value > 0 && value < 1) return `${formatNumber(100 * value)}%`;
  return `${value}${/^[A-Z]{3}/.test(unit) ? ' ' : ''}${unit}`;
}

function invalidId(at: DocumentSegments, id: string, schema: JsonSchema): Finding {
  const longest = schema.maxLength ?? 63;
  const needsLetter = schema.pattern?.startsWith('^[a-z](') === true;
  const prefix = at[0] === 'services' ? 'svc' : 'llm';
  const proposal = (needsLetter && /^[^a-z]*\d/i.test(id) ? `${prefix}-${id}` : id)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
  return {
    code: 'model-invalid-id',
    at,
    summary: `"${id}" cannot name Kubernetes objects.`,
    detail: `Use lower-case letters, digits and hyphens, a letter${needsLetter ? ' first' : ' or digit at both ends'}, at most ${longest} characters.`,
    ...(proposal === '' ? {} : { fix: `Use "${proposal}".` }),
  };
}

function unknownValue({ at, schema, value }: Violation): Finding | undefined {
  if (typeof value !== 'string') return undefined; // the type is reported already
  const known = schema.enum ?? [];
  const closest = closestName(value, known);
  return {
    code: 'model-unknown-value',
    at,
    summary: `"${value}" is none of the values allowed: ${known.join(', ')}.`,
    detail: schema.description ?? '',
    fix: closest === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean "${closest}"?`,
  };
}

function wrongVersion({ at, schema, value }: Violation): Finding {
  return {
    code: 'model-unsupported-version',
    at,
    summary: `This program reads version ${schema.const ?? ''}, found ${shown(value)}.`,
    fix: `Write ${schema.const ?? ''}, or use a release of Plimsoll that reads this version.`,
  };
}

function tooFewItems({ error, at, schema, value }: Violation): Finding {
  const count = Array.isArray(value) ? value.length : 0;
  return {
    code: count === 0 ? 'model-empty' : 'model-out-of-range',
    at,
    summary:
      count === 0
        ? 'The list is empty.'
        : `The list has ${count} items; at least ${String(error.params['limit'])} are needed.`,
    detail: schema.description ?? '',
    fix: count === 0 ? 'Add at least one item.' : `List ${String(error.params['limit'])} or more.`,
  };
}

function emptyText({ at, schema }: Violation): Finding {
  return { code: 'model-missing-field', at, summary: 'The text is empty.', detail: schema.description ?? '' };
}

function repeatedItem({ error, at, value }: Violation): Finding {
  const index = Math.max(Number(error.params['i']), Number(error.params['j']));
  const item = Array.isArray(value) ? (value as readonly unknown[])[index] : undefined;
  return {
    code: 'model-duplicate-id',
    at: [...at, index],
    summary: `${shown(item)} is listed twice.`,
    fix: 'Remove one of them.',
  };
}

function alternatives({ at, schema, value }: Violation): Finding | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const sets = (schema.oneOf ?? []).map((option) => option.required ?? []);
  const given = sets.filter((fields) => fields.every((field) => Object.hasOwn(value, field)));
  const names = sets.map((fields) => fields.join(' and '));
  const choice = `Give exactly one of ${names.join(', ')}.`;
  if (given.length === 0) {
    return {
      code: 'model-missing-field',
      at,
      summary: `${capitalised(titleOf(schema))} is incomplete.`,
      detail: schema.description ?? '',
      fix: choice,
    };
  }
  const both = given.map((fields) => fields.join(' and ')).join(', ');
  return {
    code: 'model-conflicting-fields',
    at,
    summary: `Fields given together exclude each other: ${both}.`,
    fix: choice,
  };
}

function outOfRange({ error, at, schema, value }: Violation): Finding {
  const found = Array.isArray(value) ? `a list of ${value.length}` : shown(value);
  return {
    code: 'model-out-of-range',
    at,
    summary: `Found ${found}: it ${error.message ?? 'lies outside its range'}.`,
    detail: schema.description ?? '',
    ...(error.keyword === 'minimum' ? { fix: `State ${String(schema.minimum)} or more.` } : {}),
  };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'an object with fields',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  'number,string,boolean': 'a number, a text, or true or false',
  'string,null': 'a text or null',
  'integer,string': 'a whole number or a text',
};

/** A value as a message shows it: short, and without the contents of objects. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function titleOf(schema: JsonSchema): string {
  return schema.title ?? 'the object';
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Segments of a JSON pointer; numeric parts become indices (only maps with keys of the user's could mean a name). */
function segmentsOf(pointer: string): DocumentSegments {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(0|[1-9]\d*)$/.test(part) ? Number(part) : part));
}
