import type { ClusterObject } from '../cluster/cluster-client.ts';

/** How far an object is: usable, on its way, or beyond help without a change. */
export type Readiness =
  | { readonly state: 'ready' }
  | { readonly state: 'waiting'; readonly reason: string; readonly isJudged: boolean }
  | { readonly state: 'failed'; readonly reason: string };

type Judge = (object: ClusterObject) => Readiness;

const READY: Readiness = { state: 'ready' };

/**
 * Kinds whose controller may be absent or say nothing: they count as ready when it has not spoken within this time after
 * the write (assumed: a controller that runs answers within a second or two).
 */
export const GRACE_SECONDS = 5;

/** How each kind shows that it is ready; a kind that is not listed is ready as soon as it is written. */
const JUDGE_OF_KIND: Readonly<Record<string, Judge>> = {
  // Conditions: Kubernetes API reference 1.36; each project's definitions, versions of docs/manifests.md.
  CustomResourceDefinition: byCondition('Established', { isCertain: true }),
  Namespace: (object) => (field(object, 'status', 'phase') === 'Active' ? READY : waiting('not active yet')),
  Deployment: deployment,
  StatefulSet: statefulSet,
  LeaderWorkerSet: leaderWorkerSet,
  NodePool: byCondition('Ready'),
  EC2NodeClass: byCondition('Ready'),
  AKSNodeClass: byCondition('Ready'),
  ScaledObject: byCondition('Ready'),
  ClusterQueue: byCondition('Active'),
  LocalQueue: byCondition('Active'),
  LLMInferenceService: byCondition('Ready', { isCertain: true }),
  DynamoGraphDeployment: byCondition('Ready', { isCertain: true }),
  DisaggregatedSet: byCondition('Available', { isCertain: true }),
  PodDisruptionBudget: disruptionBudget,
};

/** How far an object is, by what its controller wrote into it. */
export function readinessOf(object: ClusterObject): Readiness {
  const judge = Object.hasOwn(JUDGE_OF_KIND, object.kind) ? JUDGE_OF_KIND[object.kind] : undefined;
  return judge === undefined ? READY : judge(object);
}

/** Whether objects of a kind may have to be waited for. */
export function needsWaiting(kind: string): boolean {
  return Object.hasOwn(JUDGE_OF_KIND, kind);
}

/** `isJudged`: a controller has spoken, or must; without it the object counts as ready after `GRACE_SECONDS`. */
function waiting(reason: string, isJudged = true): Readiness {
  return { state: 'waiting', reason, isJudged };
}

function byCondition(type: string, { isCertain = false } = {}): Judge {
  return (object) => {
    const condition = conditionOf(object, type);
    if (condition === undefined) return waiting(`no condition ${type} yet`, isCertain);
    // A condition of an earlier generation says nothing of this one.
    const seen = condition.observedGeneration;
    if (seen !== undefined && seen < generationOf(object))
      return waiting('its controller has not seen it yet');
    if (condition.status === 'True') return READY;
    return waiting(`${type} is ${condition.status}${words(condition.reason, condition.message)}`);
  };
}

/** A rollout is over when all pods are of the new template and available (`kubectl rollout status`, 1.36). */
function deployment(object: ClusterObject): Readiness {
  const stuck = conditionOf(object, 'Progressing');
  if (!isObserved(object)) return waiting('its controller has not seen it yet');
  if (stuck?.reason === 'ProgressDeadlineExceeded') {
    return { state: 'failed', reason: `rollout is stuck${words(stuck.reason, stuck.message)}` };
  }
  const wanted = numberAt(object, ['spec', 'replicas'], 1);
  const [updated, all, available] = counts(object, ['updatedReplicas', 'replicas', 'availableReplicas']);
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new template`);
  if (all > updated) return waiting(`${all - updated} old pods are ending`);
  return available < wanted ? waiting(`${available} of ${wanted} pods are available`) : READY;
}

function statefulSet(object: ClusterObject): Readiness {
  if (!isObserved(object)) return waiting('its controller has not seen it yet');
  const wanted = numberAt(object, ['spec', 'replicas'], 1);
  const [updated, ready] = counts(object, ['updatedReplicas', 'readyReplicas']);
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new template`);
  return ready < wanted ? waiting(`${ready} of ${wanted} pods are ready`) : READY;
}

/**
 * Groups of pods, not pods, are counted here (LeaderWorkerSet 0.5 and later, `status`). Since 0.9.0 the status says which generation it is of; before
 * that, right counts may be those of the last template, so they are believed only once the controller has had time to look.
 */
function leaderWorkerSet(object: ClusterObject): Readiness {
  const saysGeneration = typeof field(object, 'status', 'observedGeneration') === 'number';
  if (saysGeneration && !isObserved(object)) return waiting('its controller has not seen it yet');
  const wanted = numberAt(object, ['spec', 'replicas'], 1);
  const [updated, ready] = counts(object, ['updatedReplicas', 'readyReplicas']);
  if (updated < wanted) return waiting(`${updated} of ${wanted} groups are of the new template`);
  if (ready < wanted) return waiting(`${ready} of ${wanted} groups are ready`);
  return saysGeneration ? READY : waiting('its controller does not say which generation it has seen', false);
}

function disruptionBudget(object: ClusterObject): Readiness {
  return isObserved(object) ? READY : waiting('its controller has not seen it yet', false);
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

function conditionOf(object: ClusterObject, type: string): Condition | undefined {
  const conditions = field(object, 'status', 'conditions');
  return Array.isArray(conditions)
    ? (conditions as readonly Condition[]).find((condition) => condition.type === type)
    : undefined;
}

function isObserved(object: ClusterObject): boolean {
  return numberAt(object, ['status', 'observedGeneration'], 0) >= generationOf(object);
}

function generationOf(object: ClusterObject): number {
  return object.metadata.generation ?? 0;
}

function counts<const Names extends readonly string[]>(
  object: ClusterObject,
  names: Names,
): { readonly [Index in keyof Names]: number } {
  return names.map((name) => numberAt(object, ['status', name], 0)) as { [Index in keyof Names]: number };
}

function numberAt(
  object: ClusterObject,
  [outer, inner]: readonly [string, string],
  otherwise: number,
): number {
  const value = field(object, outer, inner);
  return typeof value === 'number' ? value : otherwise;
}

function field(object: ClusterObject, outer: string, inner: string): unknown {
  const holder = object[outer];
  return typeof holder === 'object' && holder !== null
    ? (holder as Record<string, unknown>)[inner]
    : undefined;
}

function words(...parts: readonly (string | undefined)[]): string {
  const said = parts.filter((part) => part !== undefined && part !== '');
  return said.length === 0 ? '' : ` (${said.join(': ')})`;
}
