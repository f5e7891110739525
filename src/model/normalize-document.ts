import { sortedBy } from '../units/index.ts';
import { canonicalText, quantityOfTitle, tryRead } from './parse-quantities.ts';
import type { QuantityName } from './parse-quantities.ts';
import type {
  LlmServiceDocument,
  PoolDocument,
  ProblemDocument,
  SloDocument,
  WaiverDocument,
} from './problem-document.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import { PROBLEM_SCHEMA } from './problem-schema.ts';
import type {
  ReplicaBoundsDocument,
  ServiceDocument,
  ServiceSchedulingDocument,
  ServiceSloDocument,
} from './service-document.ts';

type With<T, K extends keyof T> = T & Required<Pick<T, K>>;

/** A language model service with its defaults filled in. */
export type NormalizedLlmService = Omit<
  With<LlmServiceDocument, 'precisions' | 'engines' | 'maxSpotShare' | 'routing' | 'namespace'>,
  'slo'
> & { readonly slo: With<SloDocument, 'availability' | 'tolerates'> };

/** A microservice with its defaults filled in. */
export type NormalizedService = Omit<
  With<ServiceDocument, 'startup' | 'terminationGrace' | 'maxSpotShare' | 'namespace'>,
  'slo' | 'replicas' | 'scheduling'
> & {
  readonly slo: With<ServiceSloDocument, 'availability' | 'tolerates'>;
  readonly replicas: With<ReplicaBoundsDocument, 'min'>;
  readonly scheduling: With<ServiceSchedulingDocument, 'architectures' | 'zoneSkew' | 'priority'>;
};

/** A problem document in the one form that equal problems share. */
export type NormalizedDocument = Omit<
  With<ProblemDocument, 'seed'>,
  'pools' | 'workloads' | 'services' | 'waivers'
> & {
  readonly pools: readonly With<PoolDocument, 'capacityTypes'>[];
  /** Empty where services alone are declared. */
  readonly workloads: readonly NormalizedLlmService[];
  readonly services?: readonly NormalizedService[];
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
  const { services } = normalized;
  const named = <T extends { readonly namespace?: string }>(item: T): T & { readonly namespace: string } => ({
    ...item,
    namespace: item.namespace ?? normalized.name,
  });
  return {
    ...normalized,
    // Left out by the normal form where it is empty.
    workloads: ((normalized as Partial<NormalizedDocument>).workloads ?? []).map(named),
    ...(services === undefined ? {} : { services: services.map(named) }),
  };
}

/** How lists whose order means nothing are sorted, by the path of their fields. */
const LIST_KEYS: Readonly<Record<string, (item: unknown) => string>> = {
  pools: field('id'),
  'pools.zones': String,
  'spot.availability': String,
  'spot.prices': String,
  'tenancy.clients': String,
  'pools.capacityTypes': String,
  'pools.taints': (item) => `${field('key')(item)} ${field('value')(item)} ${field('effect')(item)}`,
  'pools.instanceTypes.names': String,
  'pools.instanceTypes.except': String,
  'pools.instanceTypes.architectures': String,
  workloads: field('id'),
  'workloads.pools': String,
  services: field('id'),
  'services.pools': String,
  'services.requestClasses': field('id'),
  'services.requestClasses.calls': callOrder,
  'services.calls': callOrder,
  'services.performance.queueing.sizes': sizeOrder,
  'services.scheduling.architectures': String,
  'services.scheduling.apartFrom': String,
  'services.scheduling.tolerations': (item) =>
    ['key', 'operator', 'value', 'effect'].map((name) => field(name)(item)).join(' '),
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

/** Calls by service, then group; groups are small whole numbers. */
function callOrder(item: unknown): string {
  const group = isObject(item) ? item['group'] : undefined;
  return `${field('service')(item)} ${String(group).padStart(16, '0')}`;
}

/** Sizes of replica by CPU, then memory, as normalised texts of one unit. */
function sizeOrder(item: unknown): string {
  const requests = isObject(item) ? item['requests'] : undefined;
  const amount = (name: QuantityName): string =>
    String(tryRead(name, isObject(requests) ? requests[name] : undefined)).padStart(24, '0');
  return `${amount('cpu')} ${amount('memory')}`;
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
    const place = path === '' ? key : `${path}.${key}`;
    const normalized = normalizeValue(property, given, place);
    return normalized === undefined || (isEmpty(normalized) && !MEANT_WHEN_EMPTY.has(place))
      ? []
      : [[key, normalized]];
  });
  return Object.fromEntries(entries);
}

function additional(schema: JsonSchema): JsonSchema {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where an empty list says something else than its absence: a class of requests that calls nothing. */
const MEANT_WHEN_EMPTY: ReadonlySet<string> = new Set(['services.requestClasses.calls']);

/** Elsewhere an empty list or object says the same as its absence. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
