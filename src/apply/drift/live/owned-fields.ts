import type { ManagedFields } from '../../cluster/cluster-client.ts';
import { FIELD_MANAGER } from '../../rollout/apply-set.ts';
import type { PathSegment } from '../../../plan/index.ts';
import { isPlain, plainItems, plainOf } from './plain.ts';
import { keyValue } from './list-keys.ts';
import type { PlainObject } from './plain.ts';

/** Names that `apply` adds to objects and that no manifest has (docs/design/0010-cluster.md). */
const ADDED_BY_APPLY = /^applyset\.kubernetes\.io\//;

/**
 * Fields that our manager owns in the live object and the plan no longer names: the next `apply` takes them away. Topmost paths only.
 * Source of the notation: Kubernetes documentation, Server-Side Apply, `fieldsV1` (2025).
 */
export function ownedBeyondPlan(
  planned: PlainObject,
  managed: readonly ManagedFields[] | undefined,
): readonly (readonly PathSegment[])[] {
  const ours = (managed ?? []).filter(
    (entry) =>
      entry.manager === FIELD_MANAGER && entry.operation === 'Apply' && entry.subresource === undefined,
  );
  return ours.flatMap((entry) => beyond(entry.fieldsV1 ?? {}, planned, []));
}

/** Managers other than ours that own a field of a live object, sorted; empty where the server does not say. */
export function managersOf(
  path: readonly PathSegment[],
  managed: readonly ManagedFields[] | undefined,
): readonly string[] {
  const names = (managed ?? [])
    .filter((entry) => entry.manager !== FIELD_MANAGER && owns(entry.fieldsV1 ?? {}, path))
    .map((entry) => entry.manager);
  return [...new Set(names)].sort();
}

function beyond(fields: PlainObject, planned: unknown, path: readonly PathSegment[]): PathSegment[][] {
  return Object.entries(fields).flatMap(([step, inner]) => {
    if (step === '.' || !isPlain(inner)) return [];
    const found = follow(step, planned);
    if (found === undefined || isAddedByApply(step, inner)) return [];
    if (found.value === undefined || found.value === null) return [[...path, found.segment]];
    return beyond(inner, found.value, [...path, found.segment]);
  });
}

/** Whether `apply` adds the field, or all that is below it. */
function isAddedByApply(step: string, inner: PlainObject): boolean {
  if (ADDED_BY_APPLY.test(step.slice(2))) return true;
  const below = Object.entries(inner).filter(([name]) => name !== '.');
  return below.length > 0 && below.every(([name, value]) => isAddedByApply(name, plainOf(value)));
}

interface Found {
  readonly segment: PathSegment;
  /** Undefined where the plan has nothing there. */
  readonly value: unknown;
}

/** One step of `fieldsV1` in a planned value; undefined for steps that cannot be read. */
function follow(step: string, planned: unknown): Found | undefined {
  const [kind, rest] = [step.slice(0, 2), step.slice(2)];
  if (kind === 'f:') return { segment: rest, value: plainOf(planned)[rest] };
  const parsed = parseJson(rest);
  if (kind === 'v:') {
    const isPlanned = Array.isArray(planned) && planned.some((item) => item === parsed);
    return { segment: { by: 'value', value: String(parsed) }, value: isPlanned ? parsed : undefined };
  }
  if (kind !== 'k:' || !isPlain(parsed)) return undefined;
  const keys = Object.keys(parsed);
  const item = plainItems(planned).find((candidate) =>
    keys.every((key) => keyValue(candidate, key) === parsed[key]),
  );
  return { segment: keySegment(parsed), value: item };
}

function keySegment(key: PlainObject): PathSegment {
  const [by, value] = Object.entries(key).find(([name]) => name !== 'protocol') ?? ['key', ''];
  return { by, value: typeof value === 'number' ? value : String(value) };
}

function owns(fields: PlainObject, path: readonly PathSegment[]): boolean {
  const [segment, ...rest] = path;
  if (segment === undefined) return true;
  const keys = Object.keys(fields);
  // A list or map without steps below belongs to its manager as a whole.
  if (keys.length === 0) return true;
  const next = keys.find((step) => isStepTo(step, segment));
  return next !== undefined && owns(plainOf(fields[next]), rest);
}

function isStepTo(step: string, segment: PathSegment): boolean {
  if (typeof segment === 'string') return step === `f:${segment}`;
  if (typeof segment === 'number') return step === `i:${String(segment)}`;
  const parsed = step.startsWith('k:') ? parseJson(step.slice(2)) : undefined;
  return isPlain(parsed) && parsed[segment.by] === segment.value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
