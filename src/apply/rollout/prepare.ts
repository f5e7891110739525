import { diagnostic, hasErrors } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { compareText } from '../../units/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import type { ClusterClient, ClusterObject, ServedKind } from '../cluster/cluster-client.ts';
import { groupOf } from '../cluster/resource-path.ts';
import { PART_OF_LABEL, SYSTEM_NAMESPACE, applySetOf, asMember, readParent } from './apply-set.ts';
import type { ApplySet, SetRecord } from './apply-set.ts';
import { REQUESTS_AT_A_TIME, dryRun } from './dry-run.ts';
import { findMembers, leftovers, possibleKinds, servedGroupKinds } from './members.ts';
import type { Leftovers } from './members.ts';
import { namespacesOf, readNamespaces } from './namespaces.ts';
import type { LiveNamespaces } from './namespaces.ts';
import { groupKind, inWords, keyOf, objectCount, refOf } from './object-key.ts';
import { changedSince, liveChanged, nameTaken } from './ownership.ts';
import { missingPermissions } from './permissions.ts';
import { neededUses } from './needed-uses.ts';
import { plannedChanges } from './planned-changes.ts';
import type { PlannedChange } from './planned-changes.ts';
import { findKinds } from './served-kinds.ts';
import type { KnownKinds } from './served-kinds.ts';
import { rolloutSteps } from './steps.ts';
import type { RolloutStep } from './steps.ts';

/** What is to be applied. */
export interface RolloutRequest {
  readonly stack: string;
  /** SHA-256 of the plan. */
  readonly planHash: string;
  /** The objects of the plan as its manifests say them. */
  readonly manifests: readonly ClusterObject[];
  /** Takes fields that others own, and writes over what others changed. */
  readonly force: boolean;
}

/** Everything that is known before the first write. */
export interface Preparation {
  readonly set: ApplySet;
  /** What the parent says of the last run; undefined where there was none. */
  readonly record: SetRecord | undefined;
  readonly hasSystemNamespace: boolean;
  /** The objects to write, with the label of the set. */
  readonly intended: readonly ClusterObject[];
  /** What is there of them, by key. */
  readonly live: ReadonlyMap<string, ClusterObject>;
  readonly leftovers: Leftovers;
  /** Every object and what happens to it, in the order of the steps. */
  readonly changes: readonly PlannedChange[];
  readonly steps: readonly RolloutStep[];
  /** Errors forbid to go on. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Looks at the cluster and says what applying would do; writes nothing. All problems of a phase are reported together: kinds, namespaces and
 * permissions first, then names and changes by others, then what the server's dry run refuses. Rejects with `ClusterError` when the cluster
 * cannot be asked.
 */
export async function prepareRollout(client: ClusterClient, request: RolloutRequest): Promise<Preparation> {
  const set = applySetOf(request.stack);
  const ground = await readGround(client, set, request.manifests);
  const intended = intendedObjects(request.manifests, ground, set);
  if (hasErrors(ground.diagnostics)) return unprepared({ set, ground, intended });
  const { existing } = ground.namespaces;
  const live = await readLive(client, intended, existing);
  const left = await readLeftovers(client, { set, intended, ground });
  const problems = [
    ...[...live.values()].flatMap((object) => nameTaken(object, set) ?? []),
    ...staleness(request, ground.record, { live, intended }),
  ];
  const askable = intended.filter((object) => canBeAsked(object, ground));
  const tried = hasErrors(problems)
    ? { wouldBe: new Map<string, ClusterObject>(), diagnostics: [] }
    : await dryRun(client, askable, { live, force: request.force });
  const steps = rolloutSteps({ intended, live, prunable: left.prunable });
  return {
    set,
    record: ground.record,
    hasSystemNamespace: existing.has(SYSTEM_NAMESPACE),
    intended,
    live,
    leftovers: left,
    changes: plannedChanges({ steps, live, wouldBe: tried.wouldBe, kept: left.kept }),
    steps,
    diagnostics: [
      ...ground.diagnostics,
      ...problems,
      ...tried.diagnostics,
      ...unchecked(intended.length - askable.length),
      ...keptNotes(left),
    ],
  };
}

/** What must be known before objects are looked at one by one. */
interface Ground {
  readonly kinds: KnownKinds;
  /** Kinds that members had and the plan has no more. */
  readonly past: readonly ServedKind[];
  readonly namespaces: LiveNamespaces;
  readonly record: SetRecord | undefined;
  /** Namespaces to list members in; undefined where all may be listed. */
  readonly listed: readonly string[] | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

async function readGround(
  client: ClusterClient,
  set: ApplySet,
  manifests: readonly ClusterObject[],
): Promise<Ground> {
  const kinds = await findKinds(client, manifests);
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
function intendedObjects(
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

async function readLive(
  client: ClusterClient,
  intended: readonly ClusterObject[],
  namespaces: ReadonlyMap<string, ClusterObject>,
): Promise<ReadonlyMap<string, ClusterObject>> {
  const places = intended.filter(
    ({ metadata }) => metadata.namespace === undefined || namespaces.has(metadata.namespace),
  );
  const found = await mapBounded(places, REQUESTS_AT_A_TIME, async (object) => {
    const live = await client.get(refOf(object));
    return live === undefined ? [] : [[keyOf(object), live] as const];
  });
  return new Map(found.flat());
}

async function readLeftovers(
  client: ClusterClient,
  {
    set,
    intended,
    ground,
  }: { readonly set: ApplySet; readonly intended: readonly ClusterObject[]; readonly ground: Ground },
): Promise<Leftovers> {
  const kinds = [...ground.kinds.served.values(), ...ground.past];
  const members = await findMembers(client, set, { kinds, namespaces: ground.listed });
  return leftovers(members, new Set(intended.map(keyOf)), set);
}

function staleness(
  request: RolloutRequest,
  record: SetRecord | undefined,
  {
    live,
    intended,
  }: { readonly live: ReadonlyMap<string, ClusterObject>; readonly intended: readonly ClusterObject[] },
): readonly Diagnostic[] {
  const found = request.force ? undefined : liveChanged(changedSince(record, live, intended));
  return found === undefined ? [] : [found];
}

/** The server can judge an object whose kind and namespace it has. */
function canBeAsked(object: ClusterObject, { kinds, namespaces }: Ground): boolean {
  const { namespace } = object.metadata;
  return (
    kinds.served.has(groupKind(object)) && (namespace === undefined || namespaces.existing.has(namespace))
  );
}

function unchecked(count: number): readonly Diagnostic[] {
  return count === 0
    ? []
    : [
        diagnostic('apply-unchecked', {
          summary: `The namespace or kind of ${objectCount(count)} is made by this apply; the server checks them when they are written.`,
        }),
      ];
}

function keptNotes({ kept }: Leftovers): readonly Diagnostic[] {
  return kept.map(({ object, reason }) =>
    diagnostic('apply-prune-kept', {
      summary: `${inWords(refOf(object))} is not part of the plan any more and stays: ${reason}.`,
      path: inWords(refOf(object)),
    }),
  );
}

function unprepared({
  set,
  ground,
  intended,
}: {
  readonly set: ApplySet;
  readonly ground: Ground;
  readonly intended: readonly ClusterObject[];
}): Preparation {
  return {
    set,
    record: ground.record,
    hasSystemNamespace: ground.namespaces.existing.has(SYSTEM_NAMESPACE),
    intended,
    live: new Map(),
    leftovers: { prunable: [], kept: [] },
    changes: [],
    steps: [],
    diagnostics: ground.diagnostics,
  };
}
