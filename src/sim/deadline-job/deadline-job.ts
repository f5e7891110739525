/** A job that must end by a deadline and keeps its progress when its instance goes (NSDI '24, "Can't Be Late", section 3.1). */
export interface DeadlineJob {
  /** Computation, seconds > 0. */
  readonly workSeconds: number;
  /** Time from the start of the job to its deadline, seconds. */
  readonly deadlineSeconds: number;
  /** Time that every start of an instance costs before the job moves on: launch, set-up, progress lost since the last checkpoint; seconds ≥ 0. */
  readonly changeoverSeconds: number;
  /** Prices per hour of the same instance type, > 0. */
  readonly onDemandPrice: number;
  readonly spotPrice: number;
}

/** What the job runs on. */
export type DeadlineMode = 'idle' | 'spot' | 'on-demand';

/** What a policy sees at the beginning of a tick. One object is reused for all ticks of a run. */
export interface DeadlineState {
  /** Seconds to the deadline. */
  readonly remainingSeconds: number;
  /** Seconds of computation left, > 0. */
  readonly workSeconds: number;
  /** Mode until now; a spot instance that was taken away leaves the job idle. */
  readonly mode: DeadlineMode;
  /** Seconds of the running instance's changeover still to pass; 0 when idle. */
  readonly changeoverSeconds: number;
  /** Whether a spot instance can be had or kept during this tick. */
  readonly isSpotAvailable: boolean;
}

/** Chooses the mode of each tick. Stateful: it may learn from what it sees. */
export interface DeadlinePolicy {
  readonly name: string;
  /** Begins a run of a job whose decisions are `tickSeconds` apart. */
  start(job: DeadlineJob, tickSeconds: number): void;
  /** The mode of the tick that begins; never spot without capacity. */
  decide(state: DeadlineState): DeadlineMode;
}

/** What a run cost and how it went. */
export interface DeadlineOutcome {
  /** In the unit of the prices. */
  readonly cost: number;
  /** Seconds after the start at which the work was done. */
  readonly endSeconds: number;
  readonly isMissed: boolean;
  /** Seconds of computation, changeovers not counted. */
  readonly spotSeconds: number;
  readonly onDemandSeconds: number;
  /** Instances started. */
  readonly starts: number;
}

/** Cost of the job on one on-demand instance from start to end, its changeover included. */
export function onDemandCost({ workSeconds, changeoverSeconds, onDemandPrice }: DeadlineJob): number {
  return ((workSeconds + changeoverSeconds) / 3600) * onDemandPrice;
}
