import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import type { ClusterClient, ClusterObject, ServedKind } from '../cluster/cluster-client.ts';
import { groupOf } from '../cluster/resource-path.ts';
import { PART_OF_LABEL, SYSTEM_NAMESPACE, asMember, readParent } from './apply-set.ts';
import type { ApplySet, SetRecord } from './apply-set.ts';
import { possibleKinds, servedGroupKinds } from './members.ts';
import { namespacesOf, readNamespaces } from './namespaces.ts';
import type { LiveNamespaces } from './namespaces.ts';
import { neededUses } from './needed-uses.ts';
import { groupKind } from './object-key.ts';
import { missingPermissions } from './permissions.ts';
import type { IntendedUse } from './permissions.ts';
import { findKinds } from './served-kinds.ts';
import type { KnownKinds } from './served-kinds.ts';

/** What must be known before objects are looked at one by one. */
export interface Ground {
  readonly kinds: KnownKinds;
  /** Kinds that members had and the plan has no more. */
  readonly past: readonly ServedKind[];
  readonly namespaces: LiveNamespaces;
  readonly record: SetRecord | undefined;
  /** Namespaces to list members in; undefined where all may be listed. */
  readonly listed: readonly string[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is read to find out the rest. */
const READS: readonly IntendedUse[] = [
  {
    kind: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', isNamespaced: false },
    verbs: ['get'],
    namespaces: [],
  },
  {
    kind: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', isNamespaced: true },
    verbs: ['get'],
    namespaces: [SYSTEM_NAMESPACE],
  },
];

/** Reads it. Rejects with `ClusterError` when the cluster cannot be asked. */
export async function readGround(
  client: ClusterClient,
  set: ApplySet,
  manifests: readonly ClusterObject[],
): Promise<Ground> {
  const kinds = await findKinds(client, manifests);
  if ((await missingPermissions(client, READS)).length > 0) return unreadable(client, kinds, manifests);
  const namespaces = await readNamespaces(client, manifests);
  const parent = await client.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: SYSTEM_NAMESPACE,
    name: set.name,
  });
  const record = parent === undefined ? undefined : readParent(parent);
  const places = [...new Set([...namespacesOf(manifests), ...(record?.namespaces ?? [])])].sort(compareText);
  const isUnknown = (kind: ServedKind): boolean => !kinds.served.has(groupKind(kind));
  const past =
    record === undefined
      ? (await possibleKinds(client)).filter(isUnknown)
      : (await servedGroupKinds(client, record.groupKinds)).filter(isUnknown);
  const listed = (await mayListEverywhere(client, [...kinds.served.values(), ...past])) ? undefined : places;
  const hasSystemNamespace = namespaces.existing.has(SYSTEM_NAMESPACE);
  const uses = neededUses({ kinds, past, manifests, listed, hasSystemNamespace });
  const permissions = await missingPermissions(client, uses);
  const kept = keptNamespaces(manifests, namespaces, set);
  return {
    kinds,
    past,
    namespaces,
    record,
    listed,
    diagnostics: [...kinds.diagnostics, ...namespaces.diagnostics, ...permissions, ...kept],
  };
}

/** What can be said where not even namespaces and the parent may be read: every permission that is missing. */
async function unreadable(
  client: ClusterClient,
  kinds: KnownKinds,
  manifests: readonly ClusterObject[],
): Promise<Ground> {
  const uses = neededUses({ kinds, past: [], manifests, listed: [], hasSystemNamespace: false });
  const permissions = await missingPermissions(client, uses);
  return {
    kinds,
    past: [],
    namespaces: { existing: new Map(), diagnostics: [] },
    record: undefined,
    listed: [],
    diagnostics: [...kinds.diagnostics, ...permissions],
  };
}

/** Whether members can be looked for in all namespaces; where not, each namespace is asked on its own. */
async function mayListEverywhere(client: ClusterClient, kinds: readonly ServedKind[]): Promise<boolean> {
  const answers = await client.mayDo(
    kinds
      .filter((kind) => kind.isNamespaced)
      .map(({ apiVersion, plural }) => ({ verb: 'list', group: groupOf(apiVersion), resource: plural })),
  );
  return answers.every(Boolean);
}

/** The manifests as members; a namespace that was there before us is used and not written. */
export function intendedObjects(
  manifests: readonly ClusterObject[],
  { namespaces }: Ground,
  set: ApplySet,
): readonly ClusterObject[] {
  return manifests
    .filter(
      (object) =>
        object.kind !== 'Namespace' || !isForeign(namespaces.existing.get(object.metadata.name), set),
    )
    .map((object) => asMember(object, set));
}

function isForeign(namespace: ClusterObject | undefined, set: ApplySet): boolean {
  return namespace !== undefined && namespace.metadata.labels?.[PART_OF_LABEL] !== set.id;
}

function keptNamespaces(
  manifests: readonly ClusterObject[],
  { existing }: LiveNamespaces,
  set: ApplySet,
): readonly Diagnostic[] {
  return manifests
    .filter((object) => object.kind === 'Namespace' && isForeign(existing.get(object.metadata.name), set))
    .map((object) =>
      diagnostic('apply-namespace-kept', {
        summary: `Namespace ${object.metadata.name} was there before this plan; it is used and left as it is.`,
        path: object.metadata.name,
      }),
    );
}
