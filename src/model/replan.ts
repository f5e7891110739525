/** How a plan of services was made from the plan before it. */
export interface ReplanEvidence {
  /** Whether all was planned anew in the end, the plan before serving for the count of moves alone. */
  readonly isFromScratch: boolean;
  /** Why it was planned anew; absent where it was not. */
  readonly reason?: string;
  /** By window, sorted by id: what changes when the plan before is replaced in this window. */
  readonly windows: readonly ReplanWindow[];
  /** Services that were placed anew because their load, size or rules changed, sorted. */
  readonly changed: readonly string[];
  /** USD that moving one pod is worth. */
  readonly moveCost: number;
  /** Cost over the relaxation of the last plan that was made from scratch, ≥ 1: what drift is measured from. */
  readonly looseness: number;
}

/** Pods and nodes of one window against those of the plan before. */
export interface ReplanWindow {
  readonly window: string;
  readonly pods: ReplanCounts;
  readonly nodes: Omit<ReplanCounts, 'moved'>;
  /** Moved pods of the service that moves most. */
  readonly mostMovedOfOne: number;
  /** Memory that moved pods ask for, bytes. */
  readonly movedMemory: number;
  /** Bytes sent if pods moved while they run; pods of stateless services restart instead and send nothing. */
  readonly liveTraffic: number;
  /** Longest start-up of a moved pod, seconds. */
  readonly restartSeconds: number;
}

/** What stays where it is, what changes its node, what is new and what goes. */
export interface ReplanCounts {
  readonly kept: number;
  readonly moved: number;
  readonly added: number;
  readonly removed: number;
}
