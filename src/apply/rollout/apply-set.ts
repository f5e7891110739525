import { createHash } from 'node:crypto';
import type { ClusterObject } from '../cluster/cluster-client.ts';

/** The field manager of everything that `apply` writes. */
export const FIELD_MANAGER = 'plimsoll';
/** Namespace of the sets' parents. It belongs to no set. */
export const SYSTEM_NAMESPACE = 'plimsoll-system';
/** Label of every member, with the id of its set. Names of labels and annotations: KEP-3659, "ApplySet" (alpha, 2023; seen 2026-11). */
export const PART_OF_LABEL = 'applyset.kubernetes.io/part-of';
/** Label of the parent, with the id of the set. */
export const ID_LABEL = 'applyset.kubernetes.io/id';
const TOOLING = 'applyset.kubernetes.io/tooling';
const GROUP_KINDS = 'applyset.kubernetes.io/contains-group-kinds';
const NAMESPACES = 'applyset.kubernetes.io/additional-namespaces';

/** The objects of one plan in a cluster, and the ConfigMap that stands for them. */
export interface ApplySet {
  /** Name of the parent: `plimsoll-<stack>`. */
  readonly name: string;
  /** What members carry. */
  readonly id: string;
}

/** How far the last run came. `applying`: it was interrupted or failed. */
export type RunState = 'applying' | 'complete';

/** What the parent remembers of the last run. */
export interface SetRecord {
  /** SHA-256 of the plan that was being applied. */
  readonly planHash: string;
  /** Target profile of the objects; absent where an older version wrote them. */
  readonly profile?: string;
  readonly state: RunState;
  /** Step that ended last; empty before the first one and when all have ended. */
  readonly step: string;
  /** Names one run, so that two at a time notice each other. */
  readonly run: string;
  /** Kinds that members may have, sorted: `Deployment.apps`. */
  readonly groupKinds: readonly string[];
  /** Namespaces that members may lie in, sorted. */
  readonly namespaces: readonly string[];
  /** What our fields of each member were after the last write, as a short hash, by object key. */
  readonly digests: Readonly<Record<string, string>>;
  /** Version of the parent that this was read from; the next write insists on it. */
  readonly resourceVersion?: string;
}

/** The set of a stack. The id is the one that KEP-3659 asks for: a hash of name, namespace, kind and group of the parent. */
export function applySetOf(stack: string): ApplySet {
  const name = `plimsoll-${stack}`;
  const hash = createHash('sha256').update(`${name}.${SYSTEM_NAMESPACE}.ConfigMap.`).digest('base64url');
  return { name, id: `applyset-${hash}-v1` };
}

/** The object with the label of the set. */
export function asMember(object: ClusterObject, set: ApplySet): ClusterObject {
  const { labels, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, labels: { ...labels, [PART_OF_LABEL]: set.id } } };
}

/** The parent as it is applied. */
export function parentObject(set: ApplySet, record: SetRecord, version: string): ClusterObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: set.name,
      namespace: SYSTEM_NAMESPACE,
      ...(record.resourceVersion === undefined ? {} : { resourceVersion: record.resourceVersion }),
      labels: { [ID_LABEL]: set.id, 'app.kubernetes.io/managed-by': 'plimsoll' },
      annotations: {
        [TOOLING]: `plimsoll/v${version}`,
        [GROUP_KINDS]: record.groupKinds.join(','),
        [NAMESPACES]: record.namespaces.join(','),
      },
    },
    data: {
      'plan-hash': record.planHash,
      ...(record.profile === undefined ? {} : { profile: record.profile }),
      state: record.state,
      step: record.step,
      run: record.run,
      digests: JSON.stringify(record.digests),
    },
  };
}

/** What a parent says; fields that are absent or unreadable count as empty. */
export function readParent(parent: ClusterObject): SetRecord {
  const data = (parent['data'] ?? {}) as Readonly<Record<string, string | undefined>>;
  const annotations = parent.metadata.annotations ?? {};
  const { resourceVersion } = parent.metadata;
  return {
    planHash: data['plan-hash'] ?? '',
    ...(data['profile'] === undefined ? {} : { profile: data['profile'] }),
    state: data['state'] === 'complete' ? 'complete' : 'applying',
    step: data['step'] ?? '',
    run: data['run'] ?? '',
    groupKinds: listed(annotations[GROUP_KINDS]),
    namespaces: listed(annotations[NAMESPACES]),
    digests: digestsOf(data['digests']),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

function listed(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((item) => item !== '');
}

function digestsOf(text: string | undefined): Readonly<Record<string, string>> {
  try {
    const value = JSON.parse(text ?? '{}') as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}
