import { ApiObject, App, Chart } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';
import { compareText } from '../../units/index.ts';
import type { JsonObject, JsonValue } from '../files.ts';

/** A Kubernetes object before it is written; absent fields are `undefined`. */
export interface ObjectFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: JsonValue | JsonObject | undefined;
}

/**
 * The plain object that cdk8s renders, with keys sorted by our own rule below `apiVersion`, `kind` and `metadata`:
 * cdk8s would follow an environment variable. Each object gets an App of its own, so no dependency graph is built.
 */
export function renderObject(facts: ObjectFacts): JsonObject {
  const app = new App({ outdir: 'unused', recordConstructMetadata: false });
  const chart = new Chart(app, 'unit', { disableResourceNameHashes: true });
  return orderedObject(new ApiObject(chart, 'object', facts as ApiObjectProps).toJson() as JsonObject);
}

/** The object with `apiVersion`, `kind` and `metadata` first and all other keys sorted; absent fields go. */
export function orderedObject(object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = sortedKeys(object);
  return sortedHead({ apiVersion, kind, metadata }, rest);
}

function sortedHead(head: JsonObject, rest: JsonObject): JsonObject {
  const present = Object.entries(head).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(present), ...rest };
}

function sortedKeys(object: JsonObject): JsonObject {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  entries.sort(([left], [right]) => compareText(left, right));
  return Object.fromEntries(entries.map(([key, value]) => [key, sortedValue(value)]));
}

function sortedValue(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sortedValue(item) as JsonValue);
  return typeof value === 'object' && value !== null ? sortedKeys(value as JsonObject) : value;
}
