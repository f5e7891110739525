/** What a replica is doing: on its way, serving, serving on notice, or about to go without taking more requests. */
export type ReplicaState = 'starting' | 'ready' | 'noticed' | 'draining' | 'gone';

/** One replica of a fleet; the run mutates it. */
export interface SpotReplica {
  readonly id: number;
  /** Index of its offering. */
  readonly offering: number;
  readonly launchedAt: number;
  state: ReplicaState;
  /** Whether the cloud takes it back, so that it no longer counts as held. */
  isReclaimed: boolean;
  /** When it goes at the latest once it is on notice or drains, seconds. */
  goneAt: number;
  /** Ids of the requests that run, in any order. */
  readonly running: number[];
}
