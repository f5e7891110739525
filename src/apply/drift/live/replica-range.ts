import { MAX_REPLICAS_ANNOTATION, MIN_REPLICAS_ANNOTATION } from '../../../synth/index.ts';
import type { FieldDifference } from './compare-fields.ts';
import { textFields, valueAt } from './plain.ts';
import type { PlainObject } from './plain.ts';

/** Fewest and most replicas of a pod set. */
export interface ReplicaRange {
  readonly min: number;
  readonly max: number;
}

/** The replicas that the plan allows an object; undefined where it says nothing. A stated count is its own range. */
export function plannedReplicas(planned: PlainObject): ReplicaRange | undefined {
  const stated = valueAt(planned, 'spec', 'replicas');
  if (typeof stated === 'number') return { min: stated, max: stated };
  const annotations = textFields(valueAt(planned, 'metadata', 'annotations'));
  const [min, max] = [annotations[MIN_REPLICAS_ANNOTATION], annotations[MAX_REPLICAS_ANNOTATION]].map(Number);
  if (min === undefined || max === undefined || !Number.isInteger(min) || !Number.isInteger(max))
    return undefined;
  return { min, max };
}

/** Replicas left to an autoscaler that lie outside the planned range. */
export function replicaDifference(planned: PlainObject, live: PlainObject): readonly FieldDifference[] {
  if (valueAt(planned, 'spec', 'replicas') !== undefined || !hasReplicas(planned)) return [];
  const range = plannedReplicas(planned);
  const count = valueAt(live, 'spec', 'replicas');
  if (range === undefined || typeof count !== 'number') return [];
  if (count >= range.min && count <= range.max) return [];
  return [
    {
      path: ['spec', 'replicas'],
      planned: `${String(range.min)} to ${String(range.max)}`,
      live: count,
    },
  ];
}

/** Kinds that hold a number of replicas themselves; an autoscaler carries the same annotations. */
function hasReplicas(planned: PlainObject): boolean {
  return ['Deployment', 'StatefulSet', 'LeaderWorkerSet', 'ReplicaSet'].includes(String(planned['kind']));
}

/** Ready replicas of a live object, and those asked for; undefined where its status does not say. */
export function readyReplicas(
  live: PlainObject,
): { readonly ready: number; readonly wanted: number } | undefined {
  const wanted = valueAt(live, 'spec', 'replicas');
  const ready = valueAt(live, 'status', 'readyReplicas') ?? 0;
  return hasReplicas(live) && typeof wanted === 'number' && typeof ready === 'number'
    ? { ready, wanted }
    : undefined;
}
