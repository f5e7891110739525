/** Version of the JSON of `plimsoll pack`; fields are only ever added within a version. */
export const PACK_FORMAT_VERSION = 1;

/** One priority level of a packing. */
export interface PackLevel {
  readonly priority: number;
  readonly pods: number;
  readonly placedBefore: number;
  readonly placed: number;
  /** Most pods of this level that any placement with these counts above it has. Absent for `--online`, which proves nothing. */
  readonly bound?: number;
}

/** One step to carry out, in this order. */
export interface PackReportStep {
  readonly action: 'evict' | 'move' | 'place';
  readonly pod: string;
  readonly priority: number;
  readonly from?: string;
  readonly to?: string;
  /** Of an eviction: the pod is placed by a later step. */
  readonly isPlacedLater?: boolean;
}

/** A pod that has no node in the answer. */
export interface UnplacedPod {
  readonly pod: string;
  readonly priority: number;
  readonly reason: 'no-node-allowed' | 'too-large' | 'no-room' | 'not-considered';
}

/** A packing as shown and as data. */
export interface PackReport {
  readonly formatVersion: typeof PACK_FORMAT_VERSION;
  readonly nodes: number;
  /** Pods that take part, pods that stay where they are, completed ones passed over. */
  readonly pods: {
    readonly considered: number;
    readonly staying: number;
    readonly pending: number;
    readonly completed: number;
  };
  readonly mode: 'optimize' | 'online';
  /** Rule of `--online`. */
  readonly onlineRule?: string;
  readonly levels: readonly PackLevel[];
  /** Whether the counts per level are proven best. */
  readonly provenCounts: boolean;
  readonly alreadyOptimal: boolean;
  /** Running pods that change node or lose it. */
  readonly moves: number;
  /** No placement with these counts has fewer moves. */
  readonly movesBound: number;
  /** Of the moves: running pods that have no node afterwards. */
  readonly evictions: number;
  readonly steps: readonly PackReportStep[];
  readonly unplaced: readonly UnplacedPod[];
  readonly stop: 'proven' | 'work-limit' | 'time-limit' | 'online';
  readonly considered: {
    /** Resources that can run out. */
    readonly resources: readonly string[];
    readonly disruptionBudgets: number;
    /** What the dump holds and the packing leaves aside, in sentences. */
    readonly notConsidered: readonly string[];
  };
}
