import type { AccessQuestion, ClusterObject, ServedKind } from '../cluster/cluster-client.ts';
import { SYSTEM_NAMESPACE } from './apply-set.ts';
import { namespacesOf } from './namespaces.ts';
import { groupKind } from './object-key.ts';
import type { IntendedUse } from './permissions.ts';
import type { KnownKinds } from './served-kinds.ts';

/** Server-side apply of an object that may not exist yet is a patch that creates. */
const WRITE: readonly AccessQuestion['verb'][] = ['get', 'list', 'create', 'patch', 'delete'];
/** Namespaces are made and never deleted. */
const MAKE: readonly AccessQuestion['verb'][] = ['get', 'create', 'patch'];

/** What decides which permissions are needed. */
export interface UseFacts {
  readonly kinds: KnownKinds;
  /** Kinds that only leftovers have. */
  readonly past: readonly ServedKind[];
  readonly manifests: readonly ClusterObject[];
  /** Namespaces in which members are listed; undefined for all. */
  readonly listed: readonly string[] | undefined;
  readonly hasSystemNamespace: boolean;
}

/** Everything that an apply may do to the objects of a plan, its pruning included. Kinds that the plan itself defines are left out. */
export function neededUses({
  kinds,
  past,
  manifests,
  listed,
  hasSystemNamespace,
}: UseFacts): readonly IntendedUse[] {
  const own = [...kinds.served].map(([name, kind]): IntendedUse => ({
    kind,
    verbs: name === 'Namespace' ? [...MAKE, 'list'] : WRITE,
    namespaces: [
      ...new Set([
        ...namespacesOf(manifests.filter((object) => groupKind(object) === name)),
        ...(listed ?? []),
      ]),
    ],
  }));
  const parent: IntendedUse = {
    kind: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', isNamespaced: true },
    verbs: MAKE,
    namespaces: [SYSTEM_NAMESPACE],
  };
  const system: IntendedUse = {
    kind: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', isNamespaced: false },
    verbs: hasSystemNamespace ? ['get'] : MAKE,
    namespaces: [],
  };
  const old = past.map((kind): IntendedUse => ({
    kind,
    verbs: ['list', 'get', 'delete'],
    namespaces: listed ?? [undefined],
  }));
  return [...own, ...old, parent, system];
}
