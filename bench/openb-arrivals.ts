/** The arrivals of the FGD experiments: one list of pods, shuffled and grown (or cut) to a share of the cluster's GPUs. */
import { gpuMilliOf } from '../src/optimize/online-packing/index.ts';
import type { ArrivalRecord, ClusterNode, PodShape } from '../src/optimize/online-packing/index.ts';
import { randomStream } from '../src/random/index.ts';

/** GPU demand that arrives, as a share of the capacity (the experiments' tuning ratio). */
export const ARRIVING_DEMAND = 1.3;

/**
 * The pods in the order in which they arrive: the list shuffled, then pods drawn from it with replacement until the next one
 * would pass `ARRIVING_DEMAND` of `capacityMilli`; a list above that loses pods at random. As in
 * hkust-adsl/kubernetes-scheduler-simulator (`SortClusterPods`, `TunePodsByNodeTotalResource`, read 2026-11), which counts
 * the last pod with one of its GPUs; its random numbers are another generator's, so seeds agree in law only.
 */
export function openbArrivals(
  list: readonly PodShape[],
  capacityMilli: number,
  seed: number,
): readonly PodShape[] {
  const stream = randomStream(seed, 'openb/arrivals');
  const pods = shuffled(list, seed, 'openb/order');
  const limit = ARRIVING_DEMAND * capacityMilli;
  let demand = pods.reduce((sum, pod) => sum + gpuMilliOf(pod), 0);
  if (demand === 0) return pods;
  while (demand > limit) demand -= gpuMilliOf(pods.splice(stream.integer(pods.length), 1)[0]!);
  for (;;) {
    const pod = list[stream.integer(list.length)]!;
    if (demand + pod.gpuMilli > limit) return pods;
    demand += gpuMilliOf(pod);
    pods.push(pod);
  }
}

/** The nodes in an order drawn from the seed, by which policies settle ties (the experiments rename the nodes so). */
export function openbNodes(nodes: readonly ClusterNode[], seed: number): readonly ClusterNode[] {
  return shuffled(nodes, seed, 'openb/nodes');
}

/**
 * Allocated GPUs in per cent of the capacity when the arrived demand is `percent` of it: the mean over the arrivals at which
 * the arrived demand rounds to that (as the experiments' analysis takes it); of the last arrival when there are none.
 */
export function allocatedAt(record: ArrivalRecord, capacityMilli: number, percent: number): number {
  let sum = 0;
  let count = 0;
  let before = 0;
  for (let i = 0; i < record.arrivedGpuMilli.length; i++) {
    const arrived = (100 * record.arrivedGpuMilli[i]!) / capacityMilli;
    if (arrived < percent + 0.5) before = record.allocatedGpuMilli[i]!;
    if (Math.round(arrived) !== percent) continue;
    sum += record.allocatedGpuMilli[i]!;
    count++;
  }
  return (100 * (count > 0 ? sum / count : before)) / capacityMilli;
}

function shuffled<T>(items: readonly T[], seed: number, name: string): T[] {
  const stream = randomStream(seed, name);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
