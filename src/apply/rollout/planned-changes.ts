import { formatPath } from '../../plan/index.ts';
import type { ObjectChange } from '../../plan/index.ts';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import { handoverOf } from './replica-handover.ts';
import { isUnchanged, liveDiff } from './live-diff.ts';
import { keyOf, refOf } from './object-key.ts';
import { stepName } from './steps.ts';
import type { RolloutStep } from './steps.ts';

/** What applying does to one object. */
export type RolloutAction = 'create' | 'change' | 'unchanged' | 'delete' | 'keep';

/** One object of a rollout, before it is written. */
export interface PlannedChange {
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** The step that does it, in words; empty for what stays. */
  readonly step: string;
  readonly action: RolloutAction;
  /** Fields that change, with secrets hidden; empty for whole objects. */
  readonly changes: readonly ObjectChange[];
}

/** What the changes are told from. */
export interface ChangeFacts {
  readonly steps: readonly RolloutStep[];
  readonly live: ReadonlyMap<string, ClusterObject>;
  /** What the server's dry run gave, by key. */
  readonly wouldBe: ReadonlyMap<string, ClusterObject>;
  readonly kept: readonly { readonly object: ClusterObject }[];
}

/** Every object of the steps, once, in their order; then what stays although the plan no longer has it. */
export function plannedChanges({ steps, live, wouldBe, kept }: ChangeFacts): readonly PlannedChange[] {
  const written = steps
    .filter(({ kind }) => !['settle', 'drain', 'fill'].includes(kind))
    .flatMap((step) => [
      ...step.writes.map((object) => changeOf(object, { step, live, wouldBe })),
      ...step.deletes.map((object): PlannedChange => ({
        ...named(object),
        step: stepName(step),
        action: 'delete',
        changes: [],
      })),
    ]);
  return [
    ...written,
    ...kept.map(({ object }): PlannedChange => ({ ...named(object), step: '', action: 'keep', changes: [] })),
  ];
}

function changeOf(
  object: ClusterObject,
  { step, live, wouldBe }: Pick<ChangeFacts, 'live' | 'wouldBe'> & { readonly step: RolloutStep },
): PlannedChange {
  const facts = { ...named(object), step: stepName(step) };
  const before = live.get(facts.key);
  const after = wouldBe.get(facts.key);
  if (before === undefined) return { ...facts, action: 'create', changes: [] };
  if (after === undefined) return { ...facts, action: 'change', changes: [] };
  if (isUnchanged(before, after)) return { ...facts, action: 'unchanged', changes: [] };
  const isHandedOver = handoverOf(object, before, 0).before !== undefined;
  const changes = liveDiff(before, after).filter(
    // A dry run cannot see that the replicas change hands first and stay.
    (change) => !(isHandedOver && formatPath(change.path) === 'spec.replicas' && !statesReplicas(object)),
  );
  return { ...facts, action: 'change', changes };
}

function statesReplicas(object: ClusterObject): boolean {
  return (object['spec'] as { readonly replicas?: unknown } | undefined)?.replicas !== undefined;
}

function named(object: ClusterObject): Omit<PlannedChange, 'step' | 'action' | 'changes'> {
  return { key: keyOf(object), ...refOf(object) };
}
