import { APPLY_WAVES, applyWave } from '../../synth/index.ts';
import type { ApplyWave } from '../../synth/index.ts';
import { compareText } from '../../units/index.ts';
import type { ClusterObject } from '../cluster/cluster-client.ts';
import type { Exchanges } from './exchanges.ts';
import { keyOf } from './object-key.ts';
import { autoscalerTarget, isAutoscaler, shrinks, statesReplicas } from './replicas.ts';

/** What a step is for. */
export type StepKind =
  /** Writes objects of a wave and waits for them. */
  | 'write'
  /** Takes autoscalers away from pod sets that state their replicas from now on. */
  | 'release'
  /** Takes replicas of old pod sets away where there is no room for old and new ones. */
  | 'drain'
  /** Adds replicas of new ones in that room. */
  | 'fill'
  /** Waits until everything new or larger has all its pods, before anything old goes. */
  | 'settle'
  /** Writes what becomes smaller. */
  | 'shrink'
  /** Deletes what the plan no longer has. */
  | 'prune';

/** Objects that are written or deleted together; the next step starts when they are ready, or gone. */
export interface RolloutStep {
  readonly kind: StepKind;
  readonly wave: ApplyWave;
  /** Objects to write (`write`, `shrink`) or to wait for (`settle`), in order. */
  readonly writes: readonly ClusterObject[];
  /** Live objects to delete. */
  readonly deletes: readonly ClusterObject[];
  /** Replicas that pod sets get in this step instead of their own, by key. */
  readonly counts?: ReadonlyMap<string, number>;
}

/** What the order is made from. */
export interface RolloutContent {
  readonly intended: readonly ClusterObject[];
  /** What is there of each, by key. */
  readonly live: ReadonlyMap<string, ClusterObject>;
  /** Members of the set that the plan no longer has and that may be deleted. */
  readonly prunable: readonly ClusterObject[];
  /** How pod sets take each other's place where there is no room for both; default: nowhere. */
  readonly exchanges?: Pick<Exchanges, 'start' | 'strides' | 'leaving'>;
}

/** Waves whose objects may shrink: pods and what decides how many there are. */
const SIZED: readonly ApplyWave[] = ['workloads', 'autoscalers'];

/**
 * The steps, first to last. Surge first, then drain: all that is new or grows is written and has its pods before anything shrinks or is
 * deleted, so no promise of the plan is broken on the way; deleting goes through the waves backward. Where there is no room for that, old and new
 * replicas take turns right after the workloads are written. Steps without work are left out.
 */
export function rolloutSteps(content: RolloutContent): readonly RolloutStep[] {
  const { intended, live, prunable, exchanges } = content;
  const sorted = [...intended].sort((a, b) => compareText(keyOf(a), keyOf(b)));
  const shrinking = new Set(sorted.filter((object) => shrinks(object, live.get(keyOf(object)))));
  const released = prunable.filter(
    (object) => isReleased(object, sorted) || scalesOne(object, exchanges?.leaving),
  );
  const pruned = prunable.filter((object) => !released.includes(object));
  const ofWave = (wave: ApplyWave) => sorted.filter((object) => applyWave(object.kind) === wave);
  const writes = APPLY_WAVES.map((wave) =>
    step(
      'write',
      wave,
      ofWave(wave).filter((object) => !shrinking.has(object)),
    ),
  );
  const beforeWorkloads = APPLY_WAVES.indexOf('workloads');
  const drains = [
    ...SIZED.map((wave) =>
      step(
        'shrink',
        wave,
        ofWave(wave).filter((object) => shrinking.has(object)),
      ),
    ),
    ...[...APPLY_WAVES].reverse().map((wave) => deletion('prune', wave, pruned)),
  ].filter(hasWork);
  const settle = step(
    'settle',
    'workloads',
    drains.length === 0 ? [] : (writes[beforeWorkloads]?.writes ?? []),
  );
  return [
    ...writes.slice(0, beforeWorkloads),
    deletion('release', 'autoscalers', released),
    ...writes.slice(beforeWorkloads, beforeWorkloads + 1).map((each) => ({ ...each, ...startOf(exchanges) })),
    ...(exchanges?.strides ?? []).map(({ kind, objects, counts }): RolloutStep => ({
      ...step(kind, 'workloads', objects),
      counts,
    })),
    ...writes.slice(beforeWorkloads + 1),
    settle,
    ...drains,
  ].filter(hasWork);
}

/** A step in words: `pools`, `shrink workloads`, `prune support`. */
export function stepName({ kind, wave }: Pick<RolloutStep, 'kind' | 'wave'>): string {
  return kind === 'write' ? wave : `${kind} ${wave}`;
}

function startOf(exchanges: RolloutContent['exchanges']): Pick<RolloutStep, 'counts'> {
  return exchanges === undefined || exchanges.start.size === 0 ? {} : { counts: exchanges.start };
}

/** Whether an object scales one of these pod sets. */
function scalesOne(object: ClusterObject, podSets: ReadonlySet<string> | undefined): boolean {
  if (podSets === undefined || !isAutoscaler(object)) return false;
  const { kind, name } = autoscalerTarget(object);
  const { namespace = '' } = object.metadata;
  return [...podSets].some((key) => key.startsWith(kind) && key.endsWith(`/${namespace}/${name}`));
}

function step(kind: StepKind, wave: ApplyWave, writes: readonly ClusterObject[]): RolloutStep {
  return { kind, wave, writes, deletes: [] };
}

function deletion(kind: StepKind, wave: ApplyWave, objects: readonly ClusterObject[]): RolloutStep {
  const deletes = objects
    .filter((object) => applyWave(object.kind) === wave)
    .sort((a, b) => compareText(keyOf(a), keyOf(b)));
  return { kind, wave, writes: [], deletes };
}

function hasWork({ writes, deletes }: RolloutStep): boolean {
  return writes.length + deletes.length > 0;
}

/** Whether an autoscaler goes while the pod set it scaled stays and states its replicas: the two would fight over them. */
function isReleased(object: ClusterObject, intended: readonly ClusterObject[]): boolean {
  if (!isAutoscaler(object)) return false;
  const target = autoscalerTarget(object);
  return intended.some(
    (candidate) =>
      candidate.kind === target.kind &&
      candidate.metadata.name === target.name &&
      candidate.metadata.namespace === object.metadata.namespace &&
      statesReplicas(candidate),
  );
}
