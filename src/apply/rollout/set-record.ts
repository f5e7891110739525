import { compareText } from '../../units/index.ts';
import type { SetRecord } from './apply-set.ts';
import { namespacesOf } from './namespaces.ts';
import { groupKind, keyOf } from './object-key.ts';
import type { Preparation } from './prepare.ts';

/** What the parent says while a rollout goes on: every kind and namespace that members had or will have, so that none is lost sight of. */
export function firstRecord(
  { record, intended, leftovers }: Preparation,
  { planHash, run, profile }: Pick<SetRecord, 'planHash' | 'run' | 'profile'>,
): SetRecord {
  const objects = [...intended, ...leftovers.prunable, ...leftovers.kept.map((item) => item.object)];
  return {
    planHash,
    ...(profile === undefined ? {} : { profile }),
    state: 'applying',
    step: '',
    run,
    groupKinds: sorted([...(record?.groupKinds ?? []), ...objects.map(groupKind)]),
    namespaces: sorted([...(record?.namespaces ?? []), ...namespacesOf(objects)]),
    digests: record?.digests ?? {},
    ...(record?.resourceVersion === undefined ? {} : { resourceVersion: record.resourceVersion }),
  };
}

/** What it says when all is done: only what is left. */
export function lastRecord({ intended, leftovers }: Preparation, record: SetRecord): SetRecord {
  const left = [...intended, ...leftovers.kept.map((item) => item.object)];
  const keys = new Set(intended.map(keyOf));
  return {
    ...record,
    state: 'complete',
    step: '',
    groupKinds: sorted(left.map(groupKind)),
    namespaces: sorted(namespacesOf(left)),
    digests: Object.fromEntries(Object.entries(record.digests).filter(([key]) => keys.has(key))),
  };
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(compareText);
}
