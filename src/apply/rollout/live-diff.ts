import { isDeepStrictEqual } from 'node:util';
import { diffValues } from '../../plan/index.ts';
import type { ObjectChange, PathSegment } from '../../plan/index.ts';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { shownValue } from '../drift/live/shown-value.ts';
import { ownFields } from './applied-fields.ts';
import { PART_OF_LABEL } from './apply-set.ts';

/** Fields of `metadata` that the server keeps by itself. */
const SERVER_METADATA = [
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
];

/**
 * What an apply would change in a live object, by field: `wouldBe` is the answer of the server's dry run. What the server counts by itself, status,
 * and the label of the set are left out; what looks like a secret is hidden.
 */
export function liveDiff(live: ClusterObject, wouldBe: ClusterObject): readonly ObjectChange[] {
  return diffValues(withoutNoise(live), withoutNoise(wouldBe)).map((change) => shown(change, live.kind));
}

/** Whether an apply would store nothing new: neither a value nor an owner. */
export function isUnchanged(live: ClusterObject, wouldBe: ClusterObject): boolean {
  return (
    isDeepStrictEqual(ownFields(live), ownFields(wouldBe)) &&
    isDeepStrictEqual(withoutNoise(live, []), withoutNoise(wouldBe, []))
  );
}

function withoutNoise(
  object: ClusterObject,
  labels: readonly string[] = [PART_OF_LABEL],
): Record<string, unknown> {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([name]) => !SERVER_METADATA.includes(name));
  return {
    ...rest,
    metadata: Object.fromEntries(
      kept.map(([name, value]) => [name, name === 'labels' ? without(value, labels) : value]),
    ),
  };
}

function without(value: unknown, names: readonly string[]): unknown {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter(([name]) => !names.includes(name)));
}

function shown(change: ObjectChange, kind: string): ObjectChange {
  const hide = (value: unknown, path: readonly PathSegment[]): unknown => shownValue(value, path, kind);
  switch (change.action) {
    case 'added':
      return { ...change, after: hide(change.after, change.path) };
    case 'removed':
      return { ...change, before: hide(change.before, change.path) };
    case 'changed':
      return { ...change, before: hide(change.before, change.path), after: hide(change.after, change.path) };
    case 'reordered':
      return change;
  }
}
