import { diagnostic, hasErrors } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import { SYSTEM_NAMESPACE, applySetOf } from './apply-set.ts';
import type { ApplySet, SetRecord } from './apply-set.ts';
import { REQUESTS_AT_A_TIME, dryRun } from './dry-run.ts';
import { intendedObjects, readGround } from './ground.ts';
import type { Ground } from './ground.ts';
import { exchangesOf } from './exchanges.ts';
import { findMembers, leftovers } from './members.ts';
import type { Leftovers } from './members.ts';
import { groupKind, inWords, keyOf, objectCount, refOf } from './object-key.ts';
import { changedSince, liveChanged, nameTaken } from './ownership.ts';
import { plannedChanges } from './planned-changes.ts';
import type { PlannedChange } from './planned-changes.ts';
import { quotaRoom } from './rooms.ts';
import type { Room } from './rooms.ts';
import { rolloutSteps } from './steps.ts';
import type { RolloutStep } from './steps.ts';

/** What is to be applied. */
export interface RolloutRequest {
  readonly stack: string;
  /** SHA-256 of the plan. */
  readonly planHash: string;
  /** Target profile that the objects were written for; what compares them later needs it. */
  readonly profile?: string;
  /** The objects of the plan as its manifests say them. */
  readonly manifests: readonly ClusterObject[];
  /** Takes fields that others own, and writes over what others changed. */
  readonly force: boolean;
  /** Pools whose nodes cannot become more; default: none. Quotas of the plan are known from its manifests. */
  readonly rooms?: readonly Room[];
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
  const { prunable } = left;
  const quotas = intended.flatMap((object) => quotaRoom(object) ?? []);
  const exchanges = exchangesOf({ intended, live, prunable, rooms: [...(request.rooms ?? []), ...quotas] });
  const steps = rolloutSteps({ intended, live, prunable, exchanges });
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
      ...exchanges.diagnostics,
      ...keptNotes(left),
    ],
  };
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
