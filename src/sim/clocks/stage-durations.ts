import type { StepBatch } from '../schedulers/scheduler.ts';
import type { StepTimeModel } from '../step-time-model.ts';
import { checked, StepDuration } from './step-duration.ts';

/** How long a step takes on each pipeline stage, and how it passes them. Refuses times as `StepDuration` does. */
export class StageDurations {
  readonly #steps: StepTimeModel;
  readonly #step: StepDuration;
  readonly #times: Float64Array;

  constructor(steps: StepTimeModel) {
    this.#steps = steps;
    this.#step = new StepDuration(steps, false);
    this.#times = new Float64Array(steps.pipelineDepth);
  }

  /** Takes up a step; gives the seconds it keeps a stage busy in the mean of the stages. */
  fill(batch: StepBatch): number {
    const times = this.#times;
    if (this.#steps.stageTimes === undefined) {
      const time = this.#step.ofStep(batch);
      times.fill(time);
      return time;
    }
    this.#steps.stageTimes(batch, times);
    let sum = 0;
    for (let stage = 0; stage < times.length; stage++) sum += checked(times[stage]!);
    return sum / times.length;
  }

  /**
   * Sends the step taken up last through the stages from `start` on; gives when it leaves the last one.
   * @param free when each stage is free of the step before; moved to when this one leaves it
   */
  pass(start: number, free: Float64Array): number {
    let end = start;
    for (let stage = 0; stage < free.length; stage++) {
      end = Math.max(end, free[stage]!) + this.#times[stage]!;
      free[stage] = end;
    }
    return end;
  }
}
