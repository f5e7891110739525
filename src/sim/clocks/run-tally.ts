import type { Scheduler } from '../schedulers/scheduler.ts';

/** Running sums of a run; the difference of two marks describes the time between them. */
export interface RunMark {
  readonly time: number;
  /** Seconds in which a step ran; of pipelines in the mean of the stages. */
  readonly busy: number;
  /** Σ over steps of sequences × step time. */
  readonly sequenceSeconds: number;
  readonly outputTokens: number;
}

/** Sums of the steps of one data-parallel rank. */
export class RunTally {
  steps = 0;
  busy = 0;
  sequenceSeconds = 0;
  /** End of the last step. */
  time = 0;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Notes `steps` equal batches of `sequences` sequences that take `duration` seconds together. */
  step(steps: number, sequences: number, duration: number): void {
    this.steps += steps;
    this.busy += duration;
    this.sequenceSeconds += sequences * duration;
  }

  /** The sums so far. */
  mark(time: number): RunMark {
    return {
      time,
      busy: this.busy,
      sequenceSeconds: this.sequenceSeconds,
      outputTokens: this.#scheduler.outputTokens,
    };
  }
}
