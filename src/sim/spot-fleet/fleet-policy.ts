/** One offering as a controller sees it at a tick. Counts are replicas; events are those since the last tick. */
export interface OfferingView {
  readonly id: string;
  readonly zone: string;
  readonly capacityType: 'on-demand' | 'spot';
  /** Dollars per hour of one replica. */
  readonly price: number;
  /** Seconds from a launch until the replica answers. */
  readonly startup: number;
  /** Seconds of warning before a reclaim. */
  readonly notice: number;
  /** Replicas that serve, and that are on their way. */
  readonly ready: number;
  readonly starting: number;
  /** Replicas on notice that still take requests, and replicas that finish their last ones. */
  readonly noticed: number;
  readonly draining: number;
  /** Launches refused, replicas that became ready, and replicas that got notice while they served or started. */
  readonly refused: number;
  readonly becameReady: number;
  readonly reclaimed: number;
}

/** What a controller sees at a tick: nothing of the future, nothing of capacity that it did not ask for. */
export interface FleetView {
  /** Seconds since the start, and since the last tick. */
  readonly now: number;
  readonly sinceLast: number;
  readonly offerings: readonly OfferingView[];
  /** Requests that arrived since the last tick, that wait now, and that run now. */
  readonly arrivals: number;
  readonly waiting: number;
  readonly running: number;
}

/** Replicas to launch (positive) or to end (negative) on an offering, by its index in the view. */
export interface FleetAction {
  readonly offering: number;
  readonly change: number;
}

/**
 * Decides at every tick what to launch and to end. Stateful: one run, one policy. A launch that finds no capacity is refused
 * at once and seen at the next tick. Ended replicas finish what they run; those that start go first.
 */
export interface FleetPolicy {
  readonly name: string;
  /**
   * Seconds before the end of its notice at which a replica stops taking requests; absent: it stops when the notice comes,
   * as a node that is cordoned and drained at once.
   */
  readonly drainSeconds?: number;
  decide(view: FleetView): readonly FleetAction[];
}
