import type { ClusterObject } from '../../cluster/cluster-client.ts';
import { scaledRange } from '../../rollout/replicas.ts';
import type { ReplicaBounds } from '../../rollout/replicas.ts';
import type { FieldDifference } from './compare-fields.ts';
import { valueAt } from './plain.ts';
import type { PlainObject } from './plain.ts';

/** Kinds that hold a number of replicas themselves; an autoscaler carries the same annotations. */
const REPLICATED = ['Deployment', 'StatefulSet', 'LeaderWorkerSet', 'ReplicaSet'];

/** Replicas of a live object: ready, asked for, and the fewest that the plan has; absent figures are not said. */
export interface LiveReplicas {
  readonly ready: number;
  readonly wanted: number;
  readonly planned?: ReplicaBounds;
}

/** Replicas left to an autoscaler that lie outside the planned range. */
export function replicaDifference(planned: PlainObject, live: PlainObject): readonly FieldDifference[] {
  const range = rangeOf(planned);
  const count = valueAt(live, 'spec', 'replicas');
  const isStated = valueAt(planned, 'spec', 'replicas') !== undefined;
  if (isStated || range === undefined || typeof count !== 'number') return [];
  if (count >= range.min && count <= range.max) return [];
  const wanted = `${String(range.min)} to ${String(range.max)}`;
  return [{ path: ['spec', 'replicas'], planned: wanted, live: count }];
}

/** What a live object says of its replicas; undefined of kinds that have none. */
export function liveReplicas(planned: PlainObject, live: PlainObject): LiveReplicas | undefined {
  const wanted = valueAt(live, 'spec', 'replicas');
  const ready = valueAt(live, 'status', 'readyReplicas') ?? 0;
  if (!REPLICATED.includes(String(live['kind'])) || typeof wanted !== 'number' || typeof ready !== 'number') {
    return undefined;
  }
  const range = rangeOf(planned);
  return { ready, wanted, ...(range === undefined ? {} : { planned: range }) };
}

/** The replicas that the plan allows an object; a stated count is its own range. */
function rangeOf(planned: PlainObject): ReplicaBounds | undefined {
  if (!REPLICATED.includes(String(planned['kind']))) return undefined;
  const stated = valueAt(planned, 'spec', 'replicas');
  if (typeof stated === 'number') return { min: stated, max: stated };
  return scaledRange(planned as ClusterObject);
}
