import type { ClusterObject } from '../cluster/cluster-client.ts';

/** Fewest and most replicas of a pod set or of an autoscaler; equal where nothing scales. */
export interface ReplicaBounds {
  readonly min: number;
  readonly max: number;
}

/** Fields of each autoscaler that bound replicas, and their defaults (KEDA 2 and Kubernetes API references, 2026). */
const AUTOSCALERS: Readonly<
  Record<string, { readonly min: string; readonly max: string; readonly otherwise: ReplicaBounds }>
> = {
  ScaledObject: { min: 'minReplicaCount', max: 'maxReplicaCount', otherwise: { min: 0, max: 100 } },
  HorizontalPodAutoscaler: { min: 'minReplicas', max: 'maxReplicas', otherwise: { min: 1, max: 1 } },
};

/** Annotations in which pod sets that an autoscaler scales say their range. */
const MIN_ANNOTATION = 'plimsoll.dev/min-replicas';
const MAX_ANNOTATION = 'plimsoll.dev/max-replicas';
const WORKLOAD_LABEL = 'plimsoll.dev/workload';

type Plain = Readonly<Record<string, unknown>>;

/** Whether the object scales others. */
export function isAutoscaler({ kind }: ClusterObject): boolean {
  return Object.hasOwn(AUTOSCALERS, kind);
}

/** What an autoscaler scales, in its own namespace; kind `Deployment` unless it says otherwise (KEDA's default). */
export function autoscalerTarget(object: ClusterObject): { readonly kind: string; readonly name: string } {
  const target = (specOf(object)['scaleTargetRef'] ?? {}) as Plain;
  return { kind: textOf(target['kind']) || 'Deployment', name: textOf(target['name']) };
}

/** Whether the object itself says how many pods there are. */
export function statesReplicas(object: ClusterObject): boolean {
  return typeof specOf(object)['replicas'] === 'number';
}

/** The object with these replicas, where it states them. */
export function withReplicas(object: ClusterObject, replicas: number | undefined): ClusterObject {
  if (replicas === undefined || !statesReplicas(object)) return object;
  return { ...object, spec: { ...(object['spec'] as object), replicas } };
}

/** The replicas an object asks for; undefined where it asks for none. */
export function boundsOf(object: ClusterObject): ReplicaBounds | undefined {
  const spec = specOf(object);
  const fields = Object.hasOwn(AUTOSCALERS, object.kind) ? AUTOSCALERS[object.kind] : undefined;
  if (fields !== undefined) {
    return {
      min: numberOr(spec[fields.min], fields.otherwise.min),
      max: numberOr(spec[fields.max], fields.otherwise.max),
    };
  }
  const { replicas } = spec;
  return typeof replicas === 'number' ? { min: replicas, max: replicas } : undefined;
}

/** Whether writing the object would take replicas away: fewer at least, or fewer at most, than what is there. */
export function shrinks(intended: ClusterObject, live: ClusterObject | undefined): boolean {
  const after = boundsOf(intended);
  const before = live === undefined ? undefined : boundsOf(live);
  if (after === undefined || before === undefined) return false;
  return after.max < before.max || after.min < before.min;
}

/** The range that a pod set's annotations promise its autoscaler keeps; undefined where nothing scales it. */
export function scaledRange(object: ClusterObject): ReplicaBounds | undefined {
  const annotations = object.metadata.annotations ?? {};
  const min = Number(annotations[MIN_ANNOTATION]);
  const max = Number(annotations[MAX_ANNOTATION]);
  // The autoscaler of a pod set carries the same annotations, and has no replicas of its own.
  const isPodSet = !isAutoscaler(object) && !statesReplicas(object);
  return isPodSet && Number.isInteger(min) && Number.isInteger(max) ? { min, max } : undefined;
}

/** The workload that an object is for; empty where it says none. */
export function workloadOf(object: ClusterObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.labels?.[WORKLOAD_LABEL] ?? ''}`;
}

function specOf(object: ClusterObject): Plain {
  const spec = object['spec'];
  return typeof spec === 'object' && spec !== null ? (spec as Plain) : {};
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
