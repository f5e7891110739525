import type { ClusterState, PodPlacement } from './cluster-state.ts';
import type { OnlinePolicy } from './online-policy.ts';

/** What became of a sequence of arrivals. All columns have one entry per arrival. */
export interface ArrivalRecord {
  /** Where each pod went; nothing where it fitted nowhere. */
  readonly placements: readonly (PodPlacement | undefined)[];
  /** GPU milli asked for up to and with this pod, placed or not. */
  readonly arrivedGpuMilli: Float64Array;
  /** GPU milli held after this pod. */
  readonly allocatedGpuMilli: Float64Array;
}

/**
 * Lets pods arrive one after the other, as shape numbers of `cluster.intern`; each is placed at once or fails for good, and
 * none is moved. Changes the cluster. Throws when the policy places a pod where it does not fit.
 */
export function placeArrivals(
  cluster: ClusterState,
  policy: OnlinePolicy,
  arrivals: Int32Array,
): ArrivalRecord {
  const placements: (PodPlacement | undefined)[] = [];
  const arrivedGpuMilli = new Float64Array(arrivals.length);
  const allocatedGpuMilli = new Float64Array(arrivals.length);
  let arrived = 0;
  for (let i = 0; i < arrivals.length; i++) {
    const shape = arrivals[i]!;
    const { gpus, gpuMilli } = cluster.shape(shape);
    const placement = policy.choose(shape);
    if (placement !== undefined) cluster.place(shape, placement);
    placements.push(placement);
    arrived += gpus * gpuMilli;
    arrivedGpuMilli[i] = arrived;
    allocatedGpuMilli[i] = cluster.allocatedGpuMilli;
  }
  return { placements, arrivedGpuMilli, allocatedGpuMilli };
}
