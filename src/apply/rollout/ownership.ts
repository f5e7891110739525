import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { isWrittenByUs, ownDigest } from './applied-fields.ts';
import { PART_OF_LABEL } from './apply-set.ts';
import type { ApplySet, SetRecord } from './apply-set.ts';
import { inWords, keyOf, objectCount, refOf } from './object-key.ts';

/** Whether a live object belongs to the set. */
export function isMember(live: ClusterObject, set: ApplySet): boolean {
  return live.metadata.labels?.[PART_OF_LABEL] === set.id;
}

/** Whether a member may be deleted: one of our applies gave it its label, nobody's hand. */
export function isOurs(live: ClusterObject, set: ApplySet): boolean {
  return isMember(live, set) && isWrittenByUs(live);
}

/** What is wrong with writing over `live`: `apply-name-taken` where somebody else made it; undefined where we did. */
export function nameTaken(live: ClusterObject, set: ApplySet): Diagnostic | undefined {
  if (isMember(live, set)) return undefined;
  const words = inWords(refOf(live));
  const other = live.metadata.labels?.[PART_OF_LABEL];
  const { namespace, name } = live.metadata;
  const place = namespace === undefined ? '' : ` -n ${namespace}`;
  return diagnostic('apply-name-taken', {
    summary: `${words} exists already and was not made by this plan.`,
    detail: `${other === undefined ? 'It belongs to no set of objects.' : `It belongs to the set ${other}.`} Nothing was written.`,
    path: words,
    fix:
      other === undefined
        ? `Rename or delete it, or hand it over: \`kubectl label ${live.kind.toLowerCase()} ${name}${place} ${PART_OF_LABEL}=${set.id}\`.`
        : 'Give the workload, pool or stack another name.',
  });
}

/** An object that was changed, or deleted, by somebody else since we wrote it last. */
export interface LiveChange {
  readonly object: string;
  readonly what: 'changed' | 'deleted';
  /** Who writes to it beside us. */
  readonly managers: readonly string[];
}

/**
 * The objects that others changed in fields of ours, or deleted, since the last run. A run that did not end says nothing of
 * objects it may have written itself: for those only conflicts of fields tell.
 */
export function changedSince(
  record: SetRecord | undefined,
  live: ReadonlyMap<string, ClusterObject>,
  intended: readonly ClusterObject[],
): readonly LiveChange[] {
  if (record === undefined || record.state !== 'complete') return [];
  return intended.flatMap((object): readonly LiveChange[] => {
    const key = keyOf(object);
    const digest = record.digests[key];
    if (digest === undefined) return [];
    const found = live.get(key);
    const words = inWords(refOf(object));
    if (found === undefined) return [{ object: words, what: 'deleted', managers: [] }];
    return ownDigest(found) === digest
      ? []
      : [{ object: words, what: 'changed', managers: lateManagers(found) }];
  });
}

/** The diagnostic of changes by others; undefined where there are none. Exit code 5. */
export function liveChanged(changes: readonly LiveChange[]): Diagnostic | undefined {
  if (changes.length === 0) return undefined;
  const words = changes.map(
    ({ object, what, managers }) =>
      `${object}: ${what}${managers.length === 0 ? '' : ` (${managers.join(', ')})`}`,
  );
  return diagnostic('apply-live-changed', {
    summary: `${objectCount(changes.length)} of the plan changed in the cluster since the last apply: ${changes
      .map((change) => change.object)
      .slice(0, 5)
      .join(', ')}${changes.length > 5 ? ', …' : ''}.`,
    detail: words.join('\n'),
    path: changes[0]?.object ?? '',
    fix: 'Look at the changes with `plimsoll drift`; take them into the stack, or write over them with --force-conflicts.',
  });
}

/** Managers that wrote main fields after us, as far as the server says. */
function lateManagers(live: ClusterObject): readonly string[] {
  const entries = live.metadata.managedFields ?? [];
  const names = entries
    .filter((entry) => entry.manager !== 'plimsoll' && !entry.subresource)
    .map((entry) => entry.manager);
  return [...new Set(names)].sort();
}
