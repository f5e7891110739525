import { sortedBy } from '../units/index.ts';
import { canonicalText, quantityOfTitle } from './parse-quantities.ts';
import type {
  LlmServiceDocument,
  PoolDocument,
  ProblemDocument,
  SloDocument,
  WaiverDocument,
} from './problem-document.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import { PROBLEM_SCHEMA } from './problem-schema.ts';

type With<T, K extends keyof T> = T & Required<Pick<T, K>>;

/** A service with its defaults filled in. */
export type NormalizedService = Omit<
  With<LlmServiceDocument, 'precisions' | 'engines' | 'maxSpotShare' | 'routing' | 'namespace'>,
  'slo'
> & { readonly slo: With<SloDocument, 'availability' | 'tolerates'> };

/** A problem document in the one form that equal problems share. */
export type NormalizedDocument = Omit<With<ProblemDocument, 'seed'>, 'pools' | 'workloads' | 'waivers'> & {
  readonly pools: readonly With<PoolDocument, 'capacityTypes'>[];
  readonly workloads: readonly NormalizedService[];
  readonly waivers?: readonly With<WaiverDocument, 'subject'>[];
};

/**
 * The same problem in the one form that equal problems share, whatever order they were written in: lists without
 * a meaning of order are sorted (by id, name or text), defaults are filled in, empty lists and objects are left out,
 * quantities are written in one unit (`720/min` becomes `12/s`), fields follow the order of the schema.
 * Lists of preference (`precisions`, `engines`) and `calibration`, where later files win, keep their order. The document must be valid.
 */
export function normalizeDocument(document: ProblemDocument): NormalizedDocument {
  const normalized = normalizeValue(PROBLEM_SCHEMA, document, '') as NormalizedDocument;
  return {
    ...normalized,
    workloads: normalized.workloads.map((workload) => ({
      ...workload,
      namespace: workload.namespace ?? normalized.name,
    })),
  };
}

/** How lists whose order means nothing are sorted, by the path of their fields. */
const LIST_KEYS: Readonly<Record<string, (item: unknown) => string>> = {
  pools: field('id'),
  'pools.zones': String,
  'pools.capacityTypes': String,
  'pools.taints': (item) => `${field('key')(item)} ${field('value')(item)} ${field('effect')(item)}`,
  workloads: field('id'),
  'workloads.pools': String,
  budgets: field('id'),
  policies: field('id'),
  'policies.rules': field('id'),
  waivers: (item) => `${field('rule')(item)} ${field('subject')(item)} ${field('expires')(item)}`,
  'catalog.files': String,
  'catalog.accelerators': field('name'),
  'catalog.instanceTypes': (item) => `${field('provider')(item)} ${field('name')(item)}`,
  'catalog.prices': (item) =>
    ['provider', 'region', 'zone', 'instanceType', 'capacityType'].map((name) => field(name)(item)).join(' '),
  'catalog.interruptions': (item) =>
    ['provider', 'region', 'instanceType'].map((name) => field(name)(item)).join(' '),
  'catalog.models': field('name'),
};

function field(name: string): (item: unknown) => string {
  return (item) => {
    const value = isObject(item) ? item[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
}

/** A value in normal form under its schema; `path` names its fields without indices. */
export function normalizeValue(schema: JsonSchema, value: unknown, path: string): unknown {
  if (Array.isArray(value)) return normalizeList(schema, value, path);
  if (isObject(value)) return normalizeObject(schema, value, path);
  const quantity = quantityOfTitle(schema.title);
  return quantity !== undefined && typeof value === 'string' ? canonicalText(quantity, value) : value;
}

function normalizeList(schema: JsonSchema, values: readonly unknown[], path: string): unknown[] {
  const items = values.map((item) => normalizeValue(schema.items ?? {}, item, path));
  const key = LIST_KEYS[path];
  return key === undefined ? items : sortedBy(items, key);
}

function normalizeObject(
  schema: JsonSchema,
  value: Record<string, unknown>,
  path: string,
): Record<string, unknown> {
  const known = Object.keys(schema.properties ?? {});
  const others = Object.keys(value).filter((key) => !known.includes(key));
  const entries = [...known, ...sortedBy(others, (key) => key)].flatMap((key): [string, unknown][] => {
    const property = schema.properties?.[key] ?? additional(schema);
    const given = value[key] === undefined ? property.default : value[key];
    const normalized = normalizeValue(property, given, path === '' ? key : `${path}.${key}`);
    return normalized === undefined || isEmpty(normalized) ? [] : [[key, normalized]];
  });
  return Object.fromEntries(entries);
}

function additional(schema: JsonSchema): JsonSchema {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty list or object says the same as its absence. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
