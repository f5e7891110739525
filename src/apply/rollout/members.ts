import { APPLIED_KINDS } from '../../synth/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import type { ClusterClient, ClusterObject, ServedKind } from '../cluster/cluster-client.ts';
import { groupOf } from '../cluster/resource-path.ts';
import { PART_OF_LABEL } from './apply-set.ts';
import type { ApplySet } from './apply-set.ts';
import { groupKind, keyOf } from './object-key.ts';
import { isOurs } from './ownership.ts';

/**
 * Kinds whose objects are never deleted with a plan: deleting them deletes what others keep in them (objects of a namespace,
 * objects of a defined kind).
 */
const NEVER_PRUNED = ['Namespace', 'CustomResourceDefinition'];

/** Members of the set that the plan no longer has. */
export interface Leftovers {
  /** May be deleted: one of our applies made them. */
  readonly prunable: readonly ClusterObject[];
  /** Stay, with the reason. */
  readonly kept: readonly { readonly object: ClusterObject; readonly reason: string }[];
}

/** The kinds of group-kinds as the server has them now; those that are gone have no objects either. */
export async function servedGroupKinds(
  client: ClusterClient,
  names: readonly string[],
): Promise<readonly ServedKind[]> {
  if (names.length === 0) return [];
  const all = await client.servedKinds();
  const byName = new Map(all.map((kind) => [groupKind(kind), kind]));
  return names.flatMap((name) => byName.get(name) ?? []);
}

/**
 * Kinds of which members may be there although no parent says so, because it was deleted: every kind that plans write and that the user may list and
 * delete in the whole cluster.
 */
export async function possibleKinds(client: ClusterClient): Promise<readonly ServedKind[]> {
  const kinds = (await client.servedKinds()).filter((kind) => APPLIED_KINDS.includes(kind.kind));
  const answers = await client.mayDo(
    kinds.flatMap(({ apiVersion, plural }) =>
      (['list', 'get', 'delete'] as const).map((verb) => ({
        verb,
        group: groupOf(apiVersion),
        resource: plural,
      })),
    ),
  );
  return kinds.filter((_, index) => answers.slice(3 * index, 3 * index + 3).every(Boolean));
}

/** Lists the members of the set, of these kinds, in all namespaces or, where listing those is not allowed, in each of `namespaces`. */
export async function findMembers(
  client: ClusterClient,
  set: ApplySet,
  {
    kinds,
    namespaces,
  }: { readonly kinds: readonly ServedKind[]; readonly namespaces: readonly string[] | undefined },
): Promise<readonly ClusterObject[]> {
  const labelSelector = `${PART_OF_LABEL}=${set.id}`;
  const places = kinds.flatMap((kind) =>
    kind.isNamespaced && namespaces !== undefined
      ? namespaces.map((namespace) => ({ kind, options: { labelSelector, namespace } }))
      : [{ kind, options: { labelSelector } }],
  );
  const lists = await mapBounded(places, 8, ({ kind, options }) => client.list(kind, options));
  return lists.flat();
}

/** Members that are not intended, and what becomes of them. */
export function leftovers(
  members: readonly ClusterObject[],
  intended: ReadonlySet<string>,
  set: ApplySet,
): Leftovers {
  const stray = members.filter((member) => !intended.has(keyOf(member)) && !hasOwner(member));
  const reasonOf = (object: ClusterObject): string | undefined => {
    if (!isOurs(object, set)) return 'it carries the label of the set, but no apply of ours made it';
    return NEVER_PRUNED.includes(object.kind)
      ? 'others may keep objects in it; delete it by hand'
      : undefined;
  };
  return {
    prunable: stray.filter((object) => reasonOf(object) === undefined),
    kept: stray.flatMap((object) => {
      const reason = reasonOf(object);
      return reason === undefined ? [] : [{ object, reason }];
    }),
  };
}

/** Objects that another object owns copy its labels (an autoscaler of KEDA, say) and go with it. */
function hasOwner(object: ClusterObject): boolean {
  const owners = object.metadata['ownerReferences'];
  return Array.isArray(owners) && owners.length > 0;
}
