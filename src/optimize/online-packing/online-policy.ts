import type { RandomStream } from '../../random/index.ts';
import type { ClusterState, PodPlacement } from './cluster-state.ts';
import type { ShapeWeight } from './pod-shape.ts';

/**
 * Chooses a place for one pod at a time. Every implementation passes the conformance suite: it places a pod whenever the pod
 * fits on some node (it never turns a pod away to keep room), on a node and GPUs where it fits, changes nothing itself, and
 * answers the same for the same cluster, arrivals and seed.
 */
export interface OnlinePolicy {
  readonly name: string;
  /** Where a pod of the shape (a number of `cluster.intern`) goes, or nothing when it fits nowhere. */
  choose(shape: number): PodPlacement | undefined;
}

/** What a policy is made from. */
export interface OnlinePolicySetup {
  /** The cluster it places on; it reads it and leaves changes to the caller. */
  readonly cluster: ClusterState;
  /** The mix of pods to expect, for the policies that use one; may be empty when nothing is known. */
  readonly expected: readonly ShapeWeight[];
  /** For the policies that draw: every policy gets a stream of its own. */
  readonly stream: RandomStream;
}

/** Makes a policy for one cluster. */
export type OnlinePolicyFactory = (setup: OnlinePolicySetup) => OnlinePolicy;
